public import Core
import System

/// The key of a profile in the shared files `~/.aws/credentials` and `~/.aws/config`.
public struct ProfileCredentials: CredentialSource {
    private let profile: String?
    private let environment: (String) -> String?

    /// - Parameter profile: `nil` takes `AWS_PROFILE`, else `default`; a profile that is named must
    ///   be there.
    public init(profile: String?, environment: @escaping (String) -> String?) {
        self.profile = profile
        self.environment = environment
    }

    public func load() throws(OperationError) -> Credentials? {
        let named = profile ?? environment("AWS_PROFILE")
        let name = named ?? "default"
        let paths = Self.paths(environment)
        for path in paths where FileSystem.kind(of: path) == .file {
            let content = try FileSystem.readFile(path, limit: 1 << 20)
            guard let section = ProfileFile(String(decoding: content, as: UTF8.self))[name] else {
                continue
            }
            guard let keyID = section["aws_access_key_id"],
                let secret = section["aws_secret_access_key"]
            else {
                guard let command = section["credential_process"] else { continue }
                return try ProcessCredentials.load(command)
            }
            return Credentials(
                keyID: keyID, secret: secret, sessionToken: section["aws_session_token"])
        }
        if named == nil { return nil }
        throw OperationError(
            .credentialsMissing, call: "sign", target: "profile \(name)",
            reason: "no key in \(paths.joined(separator: " or "))", canRetry: true)
    }

    /// Where the shared files are, in the order they are asked.
    static func paths(_ environment: (String) -> String?) -> [String] {
        let home = (environment("HOME") ?? "/root") + "/.aws"
        return [
            environment("AWS_SHARED_CREDENTIALS_FILE") ?? home + "/credentials",
            environment("AWS_CONFIG_FILE") ?? home + "/config",
        ]
    }
}
