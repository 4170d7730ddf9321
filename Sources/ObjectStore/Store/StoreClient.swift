public import Core

/// Signs requests to one bucket, sends them, and judges the answers.
///
/// For use by one thread, but for `wake`.
public final class StoreClient {
    /// How connections are made.
    public struct Transport: Sendable, Equatable {
        var http = HTTPClient.Options()

        /// Whether TLS keeps what is sent from being changed on the way.
        public var isTrusted: Bool { http.verifies }

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

    /// Sends a request and waits for its answer.
    ///
    /// What fails because of our clock or an ended key is repeated once with better ones.
    ///
    /// - Throws: when nothing can be sent at all: no key, no libcurl.
    public func send(_ request: StoreRequest) throws(OperationError) -> Result<
        StoreAnswer, StoreFailure
    > {
        try send([request])[0]
    }

    /// Sends requests at once and waits for their answers, which come in the order of the requests.
    ///
    /// - Throws: as for one.
    func send(
        _ requests: [StoreRequest]
    ) throws(OperationError) -> [Result<StoreAnswer, StoreFailure>] {
        var answers = try sendOnce(requests)
        let again = answers.indices.filter {
            if case .failure(let failure) = answers[$0] { canRepeat(after: failure) } else { false }
        }
        if again.isEmpty { return answers }
        for (index, answer) in zip(again, try sendOnce(again.map { requests[$0] })) {
            answers[index] = answer
        }
        return answers
    }

    private func sendOnce(
        _ requests: [StoreRequest]
    ) throws(OperationError) -> [Result<StoreAnswer, StoreFailure>] {
        var tokens: [Int] = []
        do throws(OperationError) {
            for request in requests { tokens.append(try begin(request)) }
        } catch {
            // Nobody waits for those that have begun, and the next answers must not be theirs.
            cancel()
            throw error
        }
        var answers: [Int: Result<StoreAnswer, StoreFailure>] = [:]
        while answers.count < tokens.count {
            for (token, answer) in run(atMost: 1_000) { answers[token] = answer }
        }
        return tokens.compactMap { answers[$0] }
    }

    // MARK: Many at once

    /// Begins to send a request.
    ///
    /// - Returns: what `run` calls it.
    /// - Throws: when nothing can be sent at all: no key, no libcurl.
    func begin(_ request: StoreRequest) throws(OperationError) -> Int {
        let credentials = try chain.credentials()
        let now = Timestamp(nanoseconds: clock().nanoseconds &+ skew)
        return try http.begin(sign(request, credentials, at: now))
    }

    /// Goes on with all requests until one has ended or the time is over.
    ///
    /// - Returns: those that have.
    func run(
        atMost milliseconds: Int32
    ) -> [(token: Int, answer: Result<StoreAnswer, StoreFailure>)] {
        http.run(atMost: milliseconds).map { ($0.token, judge($0.result)) }
    }

    /// Ends the waiting of `run`; may be called by any thread.
    func wake() { http.wake() }

    /// Gives up all requests.
    func cancel() { http.cancel() }

    /// Whether a request that failed so may succeed at once: the clock was set by the answer, or
    /// another key is asked for now.
    func canRepeat(after failure: StoreFailure) -> Bool {
        if failure.kind == .expired { chain.renew() }
        return failure.kind == .skewed || failure.kind == .expired
    }

    private func judge(
        _ result: Result<HTTPResponse, HTTPFailure>
    ) -> Result<StoreAnswer, StoreFailure> {
        switch result {
        case .failure(let failure): return .failure(StoreFailure(failure))
        case .success(let response):
            if (200...299).contains(response.status) {
                return .success(StoreAnswer(response: response))
            }
            let now = Timestamp(nanoseconds: clock().nanoseconds &+ skew)
            let failure = StoreFailure(response, now: now)
            if failure.kind == .skewed, let date = response["date"].flatMap(HTTPDate.parse) {
                skew = date.nanoseconds(since: clock())
            }
            return .failure(failure)
        }
    }

    /// Adds what every request has and the signature.
    func sign(
        _ request: StoreRequest, _ credentials: Credentials, at time: Timestamp
    ) -> HTTPRequest {
        let query = PercentEncoding.query(request.query)
        let hash =
            request.isPayloadUnsigned
            ? "UNSIGNED-PAYLOAD" : request.body.map { $0.sha256.hex } ?? SignatureV4.emptyHash
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
