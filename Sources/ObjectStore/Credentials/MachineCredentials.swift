public import Core
import System

/// The key of the machine's role on EC2, by IMDSv2.
public struct InstanceCredentials: CredentialSource {
    private let environment: (String) -> String?
    private let http: HTTPClient

    public init(environment: @escaping (String) -> String?) {
        self.environment = environment
        var options = HTTPClient.Options()
        // Elsewhere nobody answers at that address.
        options.connectTimeout = 1_000_000_000
        options.silence = 5_000_000_000
        http = HTTPClient(options)
    }

    public func load() throws(OperationError) -> Credentials? {
        if environment("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        let origin =
            environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        var ask = HTTPRequest(method: "PUT", url: origin + "/latest/api/token")
        ask.headers = [("x-aws-ec2-metadata-token-ttl-seconds", "21600")]
        ask.body = Payload(RawSpan())
        guard case .success(let token) = try http.perform(ask), token.status == 200 else {
            return nil
        }
        let path = origin + "/latest/meta-data/iam/security-credentials/"
        guard let role = try get(path, token.text)?.text.split(separator: "\n").first,
            let answer = try get(path + role, token.text)
        else { return nil }
        return try LentCredentials.json(answer.body, from: path + role)
    }

    private func get(_ url: String, _ token: String) throws(OperationError) -> HTTPResponse? {
        var request = HTTPRequest(method: "GET", url: url)
        request.headers = [("x-aws-ec2-metadata-token", token)]
        guard case .success(let answer) = try http.perform(request), answer.status == 200
        else { return nil }
        return answer
    }
}

/// The key of a task on ECS or of a pod on EKS, from the address in the environment.
public struct ContainerCredentials: CredentialSource {
    private let environment: (String) -> String?
    private let http: HTTPClient

    public init(environment: @escaping (String) -> String?) {
        self.environment = environment
        var options = HTTPClient.Options()
        options.connectTimeout = 2_000_000_000
        options.silence = 5_000_000_000
        http = HTTPClient(options)
    }

    public func load() throws(OperationError) -> Credentials? {
        let url: String
        if let path = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://169.254.170.2" + path
        } else if let whole = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            url = whole
        } else {
            return nil
        }
        var request = HTTPRequest(method: "GET", url: url)
        var token = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            token = try SecretFile.text(file)
        }
        if let token { request.headers = [("authorization", token)] }
        switch try http.perform(request) {
        case .failure(let failure): throw StoreFailure(failure).operation("get key", url)
        case .success(let answer) where answer.status == 200:
            return try LentCredentials.json(answer.body, from: url)
        case .success(let answer):
            throw LentCredentials.missing(url, "HTTP \(answer.status)")
        }
    }
}

/// Small files with tokens in them, which somebody renews.
enum SecretFile {
    static func text(_ path: String) throws(OperationError) -> String {
        let bytes = try FileSystem.readFile(path, limit: 1 << 20)
        return String(decoding: bytes.filter { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self)
    }
}
