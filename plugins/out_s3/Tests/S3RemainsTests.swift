import Core
import ObjectStore
import TestKit
import Testing

@testable import OutS3

/// What an attempt before has left in the store is neither lost nor replaced by less.
@Suite struct S3RemainsTests {
    /// What was decided on before a crash can have lost records since: a whole object stays, another
    /// gets what is left.
    @Test(arguments: [(true, 10), (true, 25), (false, 10), (false, 25)])
    func keepsWholeObjectsWhenTheJournalHasLostRecords(isStored: Bool, lost: Int) throws {
        let engine = try Engine(["total_file_size": "1k"])
        engine.end = 25
        try engine.pump()
        if !isStored { engine.store.fail { _, _ in .reply(Reply(500)) } }
        try? engine.commit(saves: false)
        engine.store.fail { _, _ in nil }
        try engine.restart()
        engine.lose(before: lost)
        engine.end = 30
        try engine.drain()
        #expect(try engine.numbers() == Array((isStored ? 0 : lost)..<30))
        #expect(engine.position == 30)
        #expect(engine.store.puts["b/t/00000000000000000000"] == (isStored || lost < 25 ? 1 : nil))
    }

    /// As long as nobody knows whether the whole object is there, what is left must not replace it.
    @Test(arguments: [
        ["sse_customer_key": Array("0123456789abcdef0123456789abcdef".utf8).base64], [:],
    ])
    func asksAgainWhatIsThere(options: [String: String]) throws {
        let engine = try Engine(["total_file_size": "1k"].merging(options) { $1 })
        engine.end = 25
        try engine.pump()
        try engine.commit(saves: false)
        try engine.restart()
        engine.lose(before: 10)
        engine.end = 30
        engine.store.fail { request, _ in
            if request.method != "HEAD" { return nil }
            // Objects with a customer's key are shown to those who have it.
            let key = "x-amz-server-side-encryption-customer-key"
            return .reply(
                request.headers[key] == nil && !options.isEmpty
                    ? FakeStore.error(400, "InvalidRequest")
                    : FakeStore.error(503, "ServiceUnavailable"))
        }
        #expect(throws: OperationError.self) { try engine.drain(attempts: 3) }
        engine.store.fail { _, _ in nil }
        try engine.drain()
        #expect(engine.store.puts["b/t/00000000000000000000"] == 1)
        #expect(try engine.numbers() == Array(0..<30))
    }

    /// An object that a crash has left is not written again, and one of somebody else's stays.
    @Test func replacesNothingWhenItMustNot() throws {
        let engine = try Engine(["if_none_match": "on", "total_file_size": "1k"])
        engine.end = 25
        try engine.pump()
        try engine.commit(saves: false)
        try engine.restart()
        try engine.deliver(0)
        try engine.drain()
        #expect(engine.store.puts == ["b/t/00000000000000000000": 1])
        #expect(engine.position == 25)
        let other = try Engine(["if_none_match": "on"], store: engine.store)
        try other.deliver(3)
        #expect {
            try other.drain(attempts: 1)
        } throws: {
            ($0 as? OperationError)?.code == .storeRejected
        }
        #expect(engine.store.puts == ["b/t/00000000000000000000": 1])
    }

    /// A store that is away is asked once about uploads that a crash has left, not for each of them.
    @Test func asksOnceWhileTheStoreIsAway() throws {
        let engine = try Engine(
            ["total_file_size": "1M", "s3_key_format": "/$host/$POSITION"], partSize: 20_000,
            make: { makeBatch($0, hosts: (0..<5).map { "h\($0)" }, filler: 300) })
        engine.end = 400
        try engine.pump()
        try engine.commit()
        #expect(engine.store.openUploads == 5)
        try engine.restart()
        engine.store.fail { _, _ in .reply(FakeStore.error(503, "ServiceUnavailable")) }
        let before = engine.store.requests.count
        #expect(throws: Never.self) { try engine.commit() }
        #expect(engine.store.requests.count == before + 1)
        engine.store.fail { _, _ in nil }
        engine.end = 400
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<400))
        #expect(engine.store.openUploads == 0)
    }
}
