public import Core

/// The key of a role that a web identity may take: service accounts on EKS.
///
/// - Source: `AssumeRoleWithWebIdentity`, AWS Security Token Service API Reference.
public struct WebIdentityCredentials: CredentialSource {
    private let endpoint: String
    private let environment: (String) -> String?
    private let http: HTTPClient

    /// - Parameter endpoint: of STS, as a URL.
    public init(
        endpoint: String, transport: StoreClient.Transport,
        environment: @escaping (String) -> String?
    ) {
        self.endpoint = endpoint
        self.environment = environment
        http = HTTPClient(transport.http)
    }

    public func load() throws(OperationError) -> Credentials? {
        guard let role = environment("AWS_ROLE_ARN"),
            let file = environment("AWS_WEB_IDENTITY_TOKEN_FILE")
        else { return nil }
        let request = STS.request(
            endpoint,
            [
                ("Action", "AssumeRoleWithWebIdentity"), ("RoleArn", role),
                ("RoleSessionName", environment("AWS_ROLE_SESSION_NAME") ?? "catchment"),
                ("WebIdentityToken", try SecretFile.text(file)),
            ])
        return try LentCredentials.sts(try http.perform(request), from: role)
    }
}

/// The key of a role that another key may take.
///
/// - Source: `AssumeRole`, AWS Security Token Service API Reference.
public final class AssumedRoleCredentials: CredentialSource {
    private let role: String
    private let externalID: String?
    private let endpoint: String
    private let region: String
    private let base: CredentialChain
    private let http: HTTPClient
    private let clock: () -> Timestamp

    /// - Parameters:
    ///   - endpoint: of STS, as a URL.
    ///   - base: whose key takes the role.
    public init(
        role: String, externalID: String?, endpoint: String, region: String,
        base: CredentialChain, transport: StoreClient.Transport,
        clock: @escaping () -> Timestamp
    ) {
        self.role = role
        self.externalID = externalID
        self.endpoint = endpoint
        self.region = region
        self.base = base
        self.clock = clock
        http = HTTPClient(transport.http)
    }

    public func load() throws(OperationError) -> Credentials? {
        let key = try base.credentials()
        let parameters =
            [("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", "catchment")]
            + (externalID.map { [("ExternalId", $0)] } ?? [])
        var request = STS.request(endpoint, parameters)
        let now = clock()
        let host = endpoint.split(separator: "/", omittingEmptySubsequences: true).dropFirst()
        request.headers += [
            ("host", String(host.first ?? "")), ("x-amz-date", SignatureV4.stamp(now)),
        ]
        if let token = key.sessionToken { request.headers.append(("x-amz-security-token", token)) }
        let hash = request.body?.sha256.hex ?? SignatureV4.emptyHash
        let steps = SignatureV4(credentials: key, region: region, service: "sts").sign(
            method: "POST", path: "/", query: "", headers: request.headers, payloadHash: hash,
            at: now)
        request.headers.append(("authorization", steps.authorization))
        do throws(OperationError) {
            return try LentCredentials.sts(try http.perform(request), from: role)
        } catch {
            // The key underneath may have ended.
            base.renew()
            throw error
        }
    }
}

/// Requests to AWS's Security Token Service.
enum STS {
    static func request(
        _ endpoint: String, _ parameters: [(name: String, value: String)]
    ) -> HTTPRequest {
        let text = PercentEncoding.query(parameters + [("Version", "2011-06-15")])
        var request = HTTPRequest(
            method: "POST", url: endpoint.hasSuffix("/") ? endpoint : endpoint + "/")
        request.headers = [("content-type", "application/x-www-form-urlencoded")]
        request.body = Array(text.utf8).withBytes { Payload($0) }
        return request
    }
}
