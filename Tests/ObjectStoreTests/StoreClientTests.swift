import Core
import TestKit
import Testing

@testable import ObjectStore

@Suite struct StoreClientTests {
    let store: FakeStore

    init() throws { store = try FakeStore() }

    private func client(
        _ endpoint: String? = nil, silence: Int64 = 60_000_000_000,
        clock: @escaping () -> Timestamp = { .now() }
    ) throws -> StoreClient {
        StoreClient(
            try #require(
                StoreEndpoint(
                    endpoint ?? store.endpoint, region: "us-east-1", bucket: "b",
                    addressing: .auto)),
            credentials: CredentialChain(
                [FixedCredentials(Credentials(keyID: "id", secret: "s", sessionToken: "t"))],
                clock: clock),
            transport: StoreClient.Transport(silence: silence), clock: clock)
    }

    private static func payload(_ text: String) -> Payload {
        Array(text.utf8).withBytes { Payload($0) }
    }

    private func put(_ client: StoreClient, _ key: String = "k") throws -> Result<
        StoreAnswer, StoreFailure
    > {
        try client.send(.put(key, Self.payload("body of it"), headers: []))
    }

    @Test func storesAndReadsBack() throws {
        let client = try client()
        let answer = try put(client, "a/ü $&.json").get()
        #expect(answer.etag == "\"\(Self.payload("body of it").md5.hex)\"")
        #expect(store.objects["b/a/ü $&.json"] == Array("body of it".utf8))
        let read = try client.send(.get("a/ü $&.json", limit: 100)).get()
        #expect(read.body == Array("body of it".utf8))
        #expect(try client.send(.head("a/ü $&.json")).get().length == 10)
        _ = try client.send(.delete("a/ü $&.json")).get()
        #expect(store.objects.isEmpty)
        let headers = try #require(store.requests.first?.headers)
        #expect(headers["x-amz-security-token"] == "t")
        #expect(headers["expect"] == nil)
        #expect(headers["authorization"]?.contains("host;x-amz-content-sha256") == true)
    }

    @Test(
        arguments: [
            (FakeStore.error(500, "InternalError"), .broken, true),
            (FakeStore.error(503, "SlowDown"), .throttled, true),
            (Reply(429), .throttled, true),
            (Reply(502, "<html>bad gateway"), .broken, true),
            (Reply(400), .rejected, true),
            (FakeStore.error(400, "InvalidArgument"), .rejected, false),
            (FakeStore.error(400, "RequestTimeout"), .broken, true),
            (FakeStore.error(403, "AccessDenied"), .denied, false),
            (FakeStore.error(403, "SignatureDoesNotMatch"), .denied, false),
            (FakeStore.error(404, "NoSuchBucket"), .noBucket, false),
            (FakeStore.error(404, "NoSuchUpload"), .noUpload, true),
            (Reply(301), .noBucket, false),
            (FakeStore.error(412, "PreconditionFailed"), .exists, true),
            (FakeStore.error(501, "NotImplemented"), .unsupported, false),
            (Reply(200).ending(.none), .unreachable, true),
            (Reply(200, "answer").ending(.cut), .unreachable, true),
        ] as [(Reply, StoreFailure.Kind, Bool)])
    func judgesAnswers(reply: Reply, kind: StoreFailure.Kind, canRetry: Bool) throws {
        store.fail { _, _ in .reply(reply) }
        guard case .failure(let failure) = try put(client()) else {
            Issue.record("it succeeded")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.canRetry == canRetry)
        let error = failure.operation("put", "b/k")
        #expect((3501...3512).contains(error.code.rawValue))
        #expect(!error.reason.isEmpty)
    }

    @Test(
        arguments: [
            Reply(
                400,
                "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message>"
                    + "<Region>eu-west-3</Region></Error>"),
            Reply(
                301, headers: ["x-amz-bucket-region": "eu-west-3"],
                "<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"),
            Reply(301, headers: ["x-amz-bucket-region": "eu-west-3"]),
        ])
    func tellsWhatHelps(reply: Reply) throws {
        store.fail { _, _ in .reply(reply) }
        guard case .failure(let failure) = try put(client()) else {
            throw StoreEndpointTests.None()
        }
        #expect(failure.kind == .noBucket)
        #expect(failure.operation("put", "x").reason.contains("region 'eu-west-3'"))
    }

    @Test(
        arguments: [
            (77, "error setting certificate file: /a", "correct 'tls.ca_file'"),
            (60, "SSL certificate problem: self-signed certificate", "'tls.ca_file'"),
            (35, "OpenSSL: wrong version number", "write http://"),
            (5, "Could not resolve proxy: p", "correct 'proxy'"),
        ] as [(Int32, String, String)])
    func tellsWhatHelpsWithoutAnAnswer(code: Int32, reason: String, words: String) {
        let failure = StoreFailure(HTTPFailure(code: code, reason: reason))
        let error = failure.operation("put", "x")
        #expect(error.reason.hasPrefix(reason) && error.reason.contains(words), "\(error)")
    }

    @Test func endsNoTextOfOthersWithAFullStop() throws {
        store.fail { _, _ in
            .reply(
                Reply(
                    403,
                    "<Error><Code>SignatureDoesNotMatch</Code><Message>Check it.</Message></Error>"
                ))
        }
        guard case .failure(let failure) = try put(client()) else {
            throw StoreEndpointTests.None()
        }
        let reason = failure.operation("put", "x").reason
        #expect(reason.contains("SignatureDoesNotMatch: Check it: the secret key is wrong"))
    }

    @Test func failsWhenNobodyListensOrAnswers() throws {
        let silent = try client(silence: 1_000_000_000)
        store.fail { _, _ in .reply(Reply(200).ending(.silence)) }
        guard case .failure(let stalled) = try put(silent) else { throw StoreEndpointTests.None() }
        #expect(stalled.kind == .unreachable)
        store.fail { _, _ in .resetBody }
        guard case .failure(let reset) = try put(silent) else { throw StoreEndpointTests.None() }
        #expect(reset.kind == .unreachable)
        guard
            case .failure(let noTLS) = try put(
                client(store.endpoint.replacing("http:", with: "https:")))
        else { throw StoreEndpointTests.None() }
        #expect(noTLS.kind == .untrusted)
        store.stop()
        guard case .failure(let refused) = try put(client()) else {
            throw StoreEndpointTests.None()
        }
        #expect(refused.kind == .unreachable)
    }

    @Test func correctsTheClockByTheAnswersDate() throws {
        store.refuseOtherClocks()
        let client = try client(clock: { Timestamp(seconds: 1_000_000_000) })
        _ = try put(client).get()
        _ = try put(client).get()
        #expect(store.requests.count == 3)
    }

    @Test func waitsAsLongAsTheStoreAsks() throws {
        for (header, seconds) in [("7", 7), ("100000", 3600), ("nonsense", nil)]
            as [(String, Int64?)]
        {
            store.fail { _, _ in
                .reply(FakeStore.error(503, "SlowDown", headers: ["Retry-After": header]))
            }
            guard case .failure(let failure) = try put(client()) else {
                throw StoreEndpointTests.None()
            }
            #expect(failure.retryAfter == seconds.map { $0 * 1_000_000_000 })
        }
    }

    /// Lends keys that end at once, and none the second time.
    private final class Hesitant: CredentialSource {
        private var loads = 0

        func load() throws(OperationError) -> Credentials? {
            loads += 1
            if loads == 2 { return nil }
            return Credentials(keyID: "id", secret: "s", expiry: Timestamp(seconds: 0))
        }
    }

    @Test func givesUpWhatHasBegunWhenTheRestCannotBeSent() throws {
        let client = StoreClient(
            try #require(
                StoreEndpoint(
                    store.endpoint, region: "us-east-1", bucket: "b", addressing: .auto)),
            credentials: CredentialChain([Hesitant()], clock: { .now() }),
            transport: StoreClient.Transport(), clock: { .now() })
        #expect(throws: OperationError.self) {
            _ = try client.send([.head("a"), .head("b")])
        }
        #expect(client.run(atMost: 10_000).isEmpty)
        let answer = try put(client).get()
        #expect(answer.etag == "\"\(Self.payload("body of it").md5.hex)\"")
    }

    @Test func distrustsAnErrorThatComesAsSuccess() throws {
        store.fail { _, _ in .reply(Reply(200, "<Error><Code>InternalError</Code></Error>")) }
        let answer = try client().send(
            .completeUpload("k", upload: "u", parts: [], headers: [])
        ).get()
        #expect(throws: StoreFailure.self) { try answer.checkCompletion() }
        #expect(throws: StoreFailure.self) { _ = try answer.uploadID() }
    }
}
