public import Core

/// Asks sources in turn, keeps the key, and asks again before it ends.
public final class CredentialChain {
    private let sources: [any CredentialSource]
    private let clock: () -> Timestamp
    private var current: Credentials?

    /// A key is renewed this long before its end, so that no request in flight outlives it.
    private static let margin: Int64 = 300_000_000_000

    public init(_ sources: [any CredentialSource], clock: @escaping () -> Timestamp) {
        self.sources = sources
        self.clock = clock
    }

    /// The key to sign with.
    ///
    /// - Throws: `credentialsMissing` when no source has one.
    public func credentials() throws(OperationError) -> Credentials {
        if let current, !isEnding(current) { return current }
        for source in sources {
            guard let found = try source.load() else { continue }
            current = found
            return found
        }
        throw OperationError(
            .credentialsMissing, call: "sign", target: "credentials",
            reason: "there is no key in the options, the environment or the shared files",
            canRetry: true)
    }

    /// Forgets the key: the store says that it has ended.
    public func renew() { current = nil }

    private func isEnding(_ credentials: Credentials) -> Bool {
        guard let expiry = credentials.expiry else { return false }
        return expiry.nanoseconds(since: clock()) < Self.margin
    }
}
