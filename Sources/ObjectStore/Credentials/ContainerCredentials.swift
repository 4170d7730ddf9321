public import Core

/// The key of a task on ECS or of a pod on EKS, from the address in the environment.
public struct ContainerCredentials: CredentialSource {
    private let environment: (String) -> String?
    private let service = NearbyService(connectTimeout: 2_000_000_000)

    public init(environment: @escaping (String) -> String?) { self.environment = environment }

    public func load() throws(OperationError) -> Credentials? {
        let url: String
        if let path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2" + path
        } else if let whole = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            url = whole
        } else {
            return nil
        }
        var token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            token = try SecretFile.text(file)
        }
        let headers = token.map { [(name: "authorization", value: $0)] } ?? []
        return try LentCredentials.json(
            try service.answer(url, headers: headers).body, from: url)
    }
}
