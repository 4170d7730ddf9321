public import Core
import System

/// The services beside a machine or container that lend keys: one request, one small answer.
private struct NearbyService {
    private let http: HTTPClient

    /// - Parameter connectTimeout: nanoseconds; elsewhere nobody answers at these addresses.
    init(connectTimeout: Int64) {
        var options = HTTPClient.Options()
        options.connectTimeout = connectTimeout
        options.silence = 5_000_000_000
        http = HTTPClient(options)
    }

    func answer(
        _ url: String, method: String = "GET", headers: [(name: String, value: String)]
    ) throws(OperationError) -> Result<HTTPResponse, HTTPFailure> {
        var request = HTTPRequest(method: method, url: url)
        request.headers = headers
        if method == "PUT" { request.body = Payload(RawSpan()) }
        return try http.perform(request)
    }

    /// - Returns: the answer when it is one; `nil` when nobody is there or knows.
    func text(
        _ url: String, method: String = "GET", headers: [(name: String, value: String)]
    ) throws(OperationError) -> HTTPResponse? {
        guard case .success(let answer) = try answer(url, method: method, headers: headers),
            answer.status == 200
        else { return nil }
        return answer
    }
}

/// The key of the machine's role on EC2, by IMDSv2.
public struct InstanceCredentials: CredentialSource {
    private let environment: (String) -> String?
    private let service = NearbyService(connectTimeout: 1_000_000_000)

    public init(environment: @escaping (String) -> String?) { self.environment = environment }

    public func load() throws(OperationError) -> Credentials? {
        if environment("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" { return nil }
        let origin =
            environment("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        guard
            let token = try service.text(
                origin + "/latest/api/token", method: "PUT",
                headers: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")])?.text
        else { return nil }
        let headers = [(name: "x-aws-ec2-metadata-token", value: token)]
        let path = origin + "/latest/meta-data/iam/security-credentials/"
        guard
            let role = try service.text(path, headers: headers)?.text.split(separator: "\n").first,
            let key = try service.text(path + role, headers: headers)
        else { return nil }
        return try LentCredentials.json(key.body, from: path + role)
    }
}

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
        switch try service.answer(
            url, headers: token.map { [(name: "authorization", value: $0)] } ?? [])
        {
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
