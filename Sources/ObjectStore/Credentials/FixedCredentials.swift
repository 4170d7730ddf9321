public import Core

/// The key that stands in the configuration.
public struct FixedCredentials: CredentialSource {
    private let credentials: Credentials

    public init(_ credentials: Credentials) { self.credentials = credentials }

    public func load() throws(OperationError) -> Credentials? { credentials }
}

/// The key in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
public struct EnvironmentCredentials: CredentialSource {
    private let environment: (String) -> String?

    public init(environment: @escaping (String) -> String?) { self.environment = environment }

    public func load() throws(OperationError) -> Credentials? {
        guard let keyID = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY")
        else { return nil }
        return Credentials(
            keyID: keyID, secret: secret, sessionToken: value("AWS_SESSION_TOKEN"))
    }

    private func value(_ name: String) -> String? {
        environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
