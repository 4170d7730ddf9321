public import Core

/// The key of the machine's role on EC2, by IMDSv2.
public struct InstanceCredentials: CredentialSource {
    private let environment: (String) -> String?
    private let service = NearbyService(connectTimeout: 1_000_000_000)

    public init(environment: @escaping (String) -> String?) { self.environment = environment }

    public func load() throws(OperationError) -> Credentials? {
        if environment("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        let origin =
            environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        let token: String
        do throws(OperationError) {
            token =
                try service.answer(
                    origin + "/latest/api/token", method: "PUT",
                    headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")]
                ).text
        } catch {
            if error.code == .libraryMissing { throw error }
            // This is no machine of EC2.
            return nil
        }
        let headers = [(name: "x-aws-ec2-metadata-token", value: token)]
        let path = origin + "/latest/meta-data/iam/security-credentials/"
        let roles = try service.answer(path, headers: headers).text
        guard let role = roles.split(separator: "\n").first else {
            throw LentCredentials.missing(path, "the machine has no role")
        }
        return try LentCredentials.json(
            try service.answer(path + role, headers: headers).body, from: path + role)
    }
}
