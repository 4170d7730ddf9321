import Core
import ObjectStore
import TestKit
import Testing

@testable import OutS3

/// Something always shows that the store has got what was sent: a signature over it, a checksum that
/// the store confirms, or an ETag.
@Suite struct S3IntegrityTests {
    private func makeEngine(_ options: [String: String] = [:]) throws -> Engine {
        let engine = try Engine(
            ["checksum": "crc32c", "total_file_size": "1k"].merging(options) { $1 },
            make: { makeBatch($0, filler: 300) })
        engine.store.confirmChecksums()
        engine.output.habits.mayLeaveUnsigned = true
        return engine
    }

    private func hashes(_ engine: Engine) -> [String] {
        engine.store.requests.filter { $0.method == "PUT" }.map {
            let hash = $0.headers["x-amz-content-sha256"] ?? ""
            return hash.count == 64 ? "signed" : hash
        }
    }

    @Test(arguments: [true, false])
    func asksForAnETagWhereTheChecksumIsNotConfirmed(confirms: Bool) throws {
        let engine = try makeEngine()
        engine.store.confirmChecksums(confirms)
        engine.store.fail { _, count in count == 0 ? .wrongETag : nil }
        if confirms {
            try engine.deliver(1)
            try engine.drain(attempts: 1)
        } else {
            engine.end = 1
            #expect(throws: OperationError.self) { try engine.drain(attempts: 1) }
            try engine.drain()
        }
        #expect(engine.store.puts.values.max() == (confirms ? 1 : 2))
        #expect(try engine.numbers() == [0])
    }

    @Test func leavesPayloadsOutOfTheSignatureOnceAChecksumIsConfirmed() throws {
        let engine = try makeEngine()
        for _ in 0..<3 {
            try engine.deliver(5)
            try engine.drain()
        }
        #expect(hashes(engine) == ["signed", "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD"])
        #expect(try engine.numbers() == Array(0..<15))
    }

    @Test(
        arguments: [
            FakeStore.error(403, "AccessDenied"), FakeStore.error(400, "XAmzContentSHA256Mismatch"),
            FakeStore.error(501, "NotImplemented"), FakeStore.error(400, "InvalidRequest"),
        ])
    func signsPayloadsWhereTheStoreWantsThat(reply: Reply) throws {
        let engine = try makeEngine(["s3_key_format": "/$host/$POSITION"])
        engine.store.fail { request, _ in
            request.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD" ? .reply(reply) : nil
        }
        for _ in 0..<4 {
            try engine.deliver(5)
            try engine.drain(attempts: 1)
        }
        #expect(
            hashes(engine) == ["signed", "UNSIGNED-PAYLOAD", "signed", "signed", "signed"])
        #expect(engine.output.habits.checksum == .crc32c)
        #expect(try engine.numbers() == Array(0..<20))
    }

    @Test func signsPayloadsWhenChecksumsAreNotConfirmedAnyMore() throws {
        let engine = try makeEngine()
        for round in 0..<3 {
            if round == 1 { engine.store.confirmChecksums(false) }
            engine.end += 5
            try engine.drain()
        }
        #expect(hashes(engine) == ["signed", "UNSIGNED-PAYLOAD", "signed", "signed"])
        #expect(try engine.numbers() == Array(0..<15))
    }

    /// An upload that was begun with a checksum begins anew without one.
    @Test func leavesOutChecksumsThatPartsMayNotHave() throws {
        let engine = try Engine(
            ["checksum": "crc32c", "total_file_size": "90k"], partSize: 20_000,
            make: { makeBatch($0, filler: 300) })
        engine.store.fail { request, _ in
            request.query["partNumber"] != nil && request.headers["x-amz-checksum-crc32c"] != nil
                ? .reply(FakeStore.error(501, "NotImplemented")) : nil
        }
        engine.end = 200
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<200))
    }
}
