import Core
import TestKit
import Testing

@testable import ObjectStore

@Suite struct ObjectReaderTests {
    let store: FakeStore
    private let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    init() throws {
        store = try FakeStore()
        store.put(bytes, at: "b/k")
    }

    private func patient(_ waits: @escaping (Int64) -> Void = { _ in }) throws -> PatientStore {
        let endpoint = try #require(
            StoreEndpoint(store.endpoint, region: "r", bucket: "b", addressing: .path))
        let clock = { Timestamp.now() }
        return PatientStore(
            StoreClient(
                endpoint,
                credentials: CredentialChain(
                    [FixedCredentials(Credentials(keyID: "k", secret: "s"))], clock: clock),
                transport: StoreClient.Transport(silence: 1_000_000_000), clock: clock),
            wait: waits)
    }

    private func reader(
        _ key: String = "k", _ waits: @escaping (Int64) -> Void = { _ in }
    ) throws -> ObjectReader {
        ObjectReader(
            key, in: try patient(waits), headers: [("x-word", "w")], pieceSize: 1_500, parallel: 3)
    }

    private func readAll(_ reader: ObjectReader) throws -> [UInt8] {
        var buffer = ByteBuffer()
        while try reader.read(into: &buffer, atMost: 100) > 0 {
            #expect(reader.progress.done == buffer.count)
        }
        return buffer.bytes.makeArray()
    }

    @Test func readsAnObjectInPieces() throws {
        let reader = try reader()
        #expect(store.requests.isEmpty)
        #expect(try readAll(reader) == bytes)
        #expect(reader.progress == (10_000, 10_000))
        #expect(store.requests.count == 7)
        #expect(store.requests.allSatisfy { $0.headers["x-word"] == "w" })
        #expect(store.requests.dropFirst().allSatisfy { $0.headers["if-match"] != nil })
        for request in store.requests {
            #expect(request.headers["accept-encoding"] == "gzip")
            #expect(request.headers["authorization"]?.contains("accept-encoding") == false)
        }
    }

    @Test(arguments: [0, 1, 1_499, 1_500, 1_501, 6_000, 6_001])
    func readsObjectsOfAnyLength(length: Int) throws {
        store.put(Array(bytes.prefix(length)), at: "b/k")
        #expect(try readAll(reader()) == Array(bytes.prefix(length)))
    }

    @Test func takesAllOfItFromAStoreWithoutRanges() throws {
        let bytes = self.bytes
        store.fail { _, _ in .reply(Reply(200, bytes: bytes)) }
        #expect(try readAll(reader()) == bytes)
        #expect(store.requests.count == 1)
    }

    @Test(
        arguments: [
            .reply(FakeStore.error(503, "SlowDown", headers: ["Retry-After": "3"])),
            .reply(Reply(500)), .after(.cut), .after(.none), .resetBody,
            .reply(Reply(206, headers: ["Content-Range": "bytes 0-9/99"], "0123456789")),
        ] as [FakeStore.Fault])
    func readsOnAfterTrouble(fault: FakeStore.Fault) throws {
        for number in 0..<7 {
            store.fail { _, count in count == number ? fault : nil }
            var pauses: [Int64] = []
            #expect(try readAll(reader("k") { pauses.append($0) }) == bytes)
            // A request without a body is not reset.
            #expect(pauses.count <= 1)
            if case .reply(let reply) = fault, reply.status == 503 {
                #expect(pauses == [3_000_000_000])
            }
        }
    }

    @Test func givesUpInTheEnd() throws {
        store.fail { _, _ in .reply(Reply(500)) }
        var pauses: [Int64] = []
        let error = #expect(throws: OperationError.self) {
            try readAll(reader("k") { pauses.append($0 / 1_000_000) })
        }
        #expect(error?.code == .storeFailed && error?.target == "s3://b/k")
        #expect(pauses == [250, 500, 1_000, 2_000])
    }

    @Test(
        arguments: [
            (FakeStore.error(403, "AccessDenied"), .storeDenied),
            (FakeStore.error(403, "InvalidObjectState"), .storeDenied),
            (FakeStore.error(404, "NoSuchKey"), .objectMissing),
            (FakeStore.error(404, "NoSuchBucket"), .storeNoBucket),
        ] as [(Reply, ErrorCode)])
    func saysAtOnceWhatWillNotPass(reply: Reply, code: ErrorCode) throws {
        store.fail { _, _ in .reply(reply) }
        let error = #expect(throws: OperationError.self) { try readAll(reader()) }
        #expect(error?.code == code)
        #expect(store.requests.count == 1)
    }

    @Test func noticesThatItIsReplaced() throws {
        let reader = try reader()
        var buffer = ByteBuffer()
        _ = try reader.read(into: &buffer, atMost: 1)
        store.put(bytes.reversed(), at: "b/k")
        let error = #expect(throws: OperationError.self) { try readAll(reader) }
        #expect(error?.code == .objectChanged)
    }

    /// Whatever becomes of the requests made ahead, each object is read in its own time.
    @Test(arguments: [-1, 0, 3, 7, 8, 12, 19])
    func asksForManyObjectsAtOnce(failing: Int) throws {
        let keys = (0..<20).map { "many/\($0)" }
        for (number, key) in keys.enumerated() {
            store.put(Array(bytes.prefix(number * 7)), at: "b/\(key)")
        }
        store.fail { _, count in count == failing ? .reply(Reply(500)) : nil }
        let store = try patient()
        let lookahead = ObjectLookahead(keys, in: store, headers: [])
        for (number, key) in keys.enumerated() {
            let reader = ObjectReader(key, in: store, lookahead: lookahead)
            #expect(try readAll(reader) == Array(bytes.prefix(number * 7)))
            if number == 1, failing < 0 { #expect(self.store.requests.count == 9) }
        }
        let gone = ObjectReader("gone", in: store, lookahead: lookahead)
        let error = #expect(throws: OperationError.self) { try readAll(gone) }
        #expect(error?.code == .objectMissing)
    }

    @Test func listsKeysPageByPage() throws {
        let keys = ["a b", "a+c", "a/ü&<x>", "a%20", "a1", "a2", "a3", "a3/"]
        for key in keys { store.put([1], at: "b/\(key)") }
        // A folder that a program made.
        store.put([], at: "b/a/")
        let store = try patient()
        var found: [String] = []
        var page: String?
        repeat {
            let one = try store.objects(prefix: "a", page: page)
            #expect(one.keys.count <= 3)
            found += one.keys
            page = one.next
        } while page != nil
        #expect(found == keys.sorted())
        #expect(try store.objects(prefix: "nope", page: nil) == ObjectPage(keys: [], next: nil))
    }

    @Test(
        arguments: [
            "", "<html>", "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents></Contents></ListBucketResult>",
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%4</Key></Contents>"
                + "</ListBucketResult>",
        ])
    func takesNoListThatMakesNoSense(text: String) throws {
        store.fail { _, _ in .reply(Reply(200, text)) }
        let error = #expect(throws: OperationError.self) {
            try patient().objects(prefix: "", page: nil)
        }
        #expect(error?.code == .storeFailed)
    }
}
