import Core
import System
import TestKit
import Testing

@testable import OutS3

/// Records are encoded while requests are under way.
@Suite struct S3OverlapTests {
    /// Parts of 20,000 bytes, two of them under way at most; nothing waits longer than it must.
    private func makeEngine(_ options: [String: String] = [:]) throws -> Engine {
        try Engine(
            ["total_file_size": "200k", "parallel_uploads": "2"].merging(options) { $1 },
            partSize: 20_000, overlaps: true, make: { makeBatch($0, filler: 300) })
    }

    @Test func goesOnWhileAPartIsUnderWay() throws {
        let engine = try makeEngine()
        engine.store.hold()
        for _ in 0..<8 { try engine.deliver(10) }
        // The upload is begun, and nobody has answered yet.
        #expect(engine.output.requests.count == 1)
        #expect(engine.read == 80)
        #expect(engine.position == 0)
        engine.store.release()
        for _ in 0..<40 { try engine.deliver(10) }
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<480))
        #expect(engine.position == 480)
    }

    /// More is not encoded than what is under way and the part that is being filled.
    @Test func waitsWhenAllThatMayBeUnderWayIs() throws {
        let engine = try makeEngine()
        for _ in 0..<8 { try engine.deliver(10) }
        while engine.output.objects.open.values.first?.upload == nil {
            engine.bell.wait(atMost: 10_000_000_000)
            try engine.commit()
        }
        engine.isOverdue = true
        engine.store.hold()
        #expect {
            for _ in 0..<100 { try engine.deliver(10) }
        } throws: {
            ($0 as? OperationError)?.code == .graceExpired
        }
        #expect(engine.output.requests.count == 2)
        let held = engine.output.objects.open.values.reduce(0) { $0 + $1.heldBytes }
        #expect(held < 4 * 20_000)
        engine.store.release()
    }

    /// A store that does not answer keeps nobody longer than the time to stop.
    @Test func givesUpWhenTheTimeToStopIsOver() throws {
        let engine = try makeEngine()
        engine.store.hold()
        for _ in 0..<8 { try engine.deliver(10) }
        engine.isOverdue = true
        #expect(throws: OperationError.self) { try engine.drain(attempts: 1) }
        #expect(!engine.output.canCommitAgain)
        engine.output.close()
        #expect(engine.output.requests.count == 0)
        engine.store.release()
        engine.isOverdue = false
        try engine.restart()
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<80))
    }

    /// Only what the store has confirmed ends a trouble: until then pauses grow.
    @Test func staysInTroubleUntilTheStoreConfirms() throws {
        let engine = try makeEngine(["total_file_size": "1k"])
        engine.store.fail { _, _ in .reply(FakeStore.error(500, "InternalError")) }
        try engine.deliver(30)
        engine.bell.wait(atMost: 10_000_000_000)
        for _ in 0..<3 { #expect(throws: OperationError.self) { try engine.commit() } }
        #expect(engine.position == 0)
        engine.store.fail { _, _ in nil }
        try engine.commit()
        #expect(engine.position == 30)
        #expect(try engine.numbers() == Array(0..<30))
    }

    /// The engine is told when an answer has come, and finds that there is something to do.
    @Test func ringsWhenAnAnswerHasCome() throws {
        let engine = try makeEngine(["total_file_size": "1k"])
        try engine.deliver(30)
        #expect(engine.bell.wait(atMost: 10_000_000_000))
        #expect(engine.output.deadline.map { $0 < engine.clock.now } == true)
        try engine.commit()
        #expect(engine.position == 30)
        #expect(engine.output.deadline == nil)
    }

    /// Objects end between 80 and 120 % of their size, whatever a round of reading brings.
    @Test(arguments: ["none", "gzip", "zstd"], ["1M", "3M"])
    func meetsTheSize(compression: String, size: String) throws {
        let engine = try Engine(
            [
                "total_file_size": size, "compression": compression,
                "s3_key_format": "/$POSITION\(compression == "none" ? "" : ".gz")",
            ], make: { makeBatch($0, filler: 180) })
        // What the agent reads between two commits: half a megabyte of rows.
        engine.step = 2_500
        for _ in 0..<(size == "1M" ? 8 : 20) { try engine.deliver(2_500) }
        let sizes = engine.store.objects.values.map(\.count)
        let target = size == "1M" ? 1_000_000 : 3_000_000
        #expect(!sizes.isEmpty)
        #expect(sizes.allSatisfy { (target * 8 / 10...target * 12 / 10).contains($0) }, "\(sizes)")
    }
}
