public import Core

/// A key to an object store; its secret parts are never printed.
public struct Credentials: Sendable, Equatable, CustomStringConvertible {
    public var keyID: String
    public var secret: String
    /// Goes with temporary keys.
    public var sessionToken: String?
    /// When a temporary key ends; `nil` for one that lasts.
    public var expiry: Timestamp?

    public init(
        keyID: String, secret: String, sessionToken: String? = nil, expiry: Timestamp? = nil
    ) {
        self.keyID = keyID
        self.secret = secret
        self.sessionToken = sessionToken
        self.expiry = expiry
    }

    public var description: String { "key \(keyID)" }
}

extension Credentials: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["keyID": keyID]) }
}

/// Where a key comes from, and again when it is about to end.
public protocol CredentialSource {
    /// Reads or fetches a key.
    ///
    /// - Returns: `nil` when this source has none, and the next one is to be asked.
    /// - Throws: when it should have one and cannot give it.
    func load() throws(OperationError) -> Credentials?
}
