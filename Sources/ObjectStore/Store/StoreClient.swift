public import Core

/// Signs requests to one bucket, sends them, and judges the answers.
///
/// For use by one thread.
public final class StoreClient {
    /// How connections are made.
    public struct Transport: Sendable, Equatable {
        var http = HTTPClient.Options()

        public init(
            caFile: String? = nil, caPath: String? = nil, verifies: Bool = true,
            proxy: String? = nil, connectTimeout: Int64 = 10_000_000_000,
            silence: Int64 = 60_000_000_000
        ) {
            http.caFile = caFile
            http.caPath = caPath
            http.verifies = verifies
            http.proxy = proxy
            http.connectTimeout = connectTimeout
            http.silence = silence
        }
    }

    public let endpoint: StoreEndpoint
    private let chain: CredentialChain
    private let http: HTTPClient
    private let clock: () -> Timestamp
    /// What the store's clock is ahead of ours, in nanoseconds.
    public private(set) var skew: Int64 = 0

    public init(
        _ endpoint: StoreEndpoint, credentials: CredentialChain, transport: Transport,
        clock: @escaping () -> Timestamp
    ) {
        self.endpoint = endpoint
        chain = credentials
        http = HTTPClient(transport.http)
        self.clock = clock
    }

    /// Sends requests at once and waits for all answers, in the same order.
    ///
    /// What fails because of our clock or an ended key is repeated once with better ones.
    ///
    /// - Parameter isOverdue: ends the waiting; what has no answer by then has failed.
    /// - Throws: when nothing can be sent at all: no key, no libcurl.
    public func send(
        _ requests: [StoreRequest], until isOverdue: () -> Bool = { false }
    ) throws(OperationError) -> [Result<StoreAnswer, StoreFailure>] {
        if requests.isEmpty { return [] }
        var results = try sendOnce(requests, isOverdue)
        var again: [Int] = []
        for (index, result) in results.enumerated() {
            guard case .failure(let failure) = result else { continue }
            if failure.kind == .skewed { again.append(index) }
            if failure.kind == .expired {
                chain.renew()
                again.append(index)
            }
        }
        if again.isEmpty || isOverdue() { return results }
        let second = try sendOnce(again.map { requests[$0] }, isOverdue)
        for (index, result) in zip(again, second) { results[index] = result }
        return results
    }

    /// Sends one request.
    public func send(_ request: StoreRequest) throws(OperationError) -> Result<
        StoreAnswer, StoreFailure
    > {
        try send([request])[0]
    }

    private func sendOnce(
        _ requests: [StoreRequest], _ isOverdue: () -> Bool
    ) throws(OperationError) -> [Result<StoreAnswer, StoreFailure>] {
        let credentials = try chain.credentials()
        let now = Timestamp(nanoseconds: clock().nanoseconds &+ skew)
        let signed = requests.map { sign($0, credentials, at: now) }
        return try http.perform(signed, until: isOverdue).map { result in
            switch result {
            case .failure(let failure): return .failure(StoreFailure(failure))
            case .success(let response):
                if (200...299).contains(response.status) {
                    return .success(StoreAnswer(response: response))
                }
                let failure = StoreFailure(response, now: now)
                if failure.kind == .skewed, let date = response["date"].flatMap(HTTPDate.parse) {
                    skew = date.nanoseconds(since: clock())
                }
                return .failure(failure)
            }
        }
    }

    /// Adds what every request has and the signature.
    func sign(
        _ request: StoreRequest, _ credentials: Credentials, at time: Timestamp
    ) -> HTTPRequest {
        let query = PercentEncoding.query(request.query)
        let hash =
            request.body.map { $0.withBytes { Digest.sha256($0) }.hex }
            ?? SignatureV4.emptyHash
        var headers = request.headers
        headers.append(("x-amz-content-sha256", hash))
        headers.append(("x-amz-date", SignatureV4.stamp(time)))
        if let token = credentials.sessionToken {
            headers.append(("x-amz-security-token", token))
        }
        let steps = SignatureV4(credentials: credentials, region: endpoint.region).sign(
            method: request.method, path: endpoint.path(request.key), query: query,
            headers: headers + [("host", endpoint.hostHeader)], payloadHash: hash, at: time)
        headers.append(("authorization", steps.authorization))
        return HTTPRequest(
            method: request.method, url: endpoint.url(request.key, query: query),
            headers: headers + request.unsignedHeaders, body: request.body,
            answerLimit: request.answerLimit)
    }
}
