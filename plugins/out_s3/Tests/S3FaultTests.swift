import Core
import TestKit
import Testing

@testable import OutS3

/// Whatever goes wrong at whichever request, every record is in the store once.
@Suite struct S3FaultTests {
    enum Trouble: String, CaseIterable, Sendable {
        case refused, broken, busy, badRequest, reset, silent, cut, lost, lostAfter, wrongETag
        case errorAsSuccess

        var fault: FakeStore.Fault {
            switch self {
            case .refused: .reply(FakeStore.error(403, "AccessDenied"))
            case .broken: .reply(FakeStore.error(500, "InternalError"))
            case .busy: .reply(FakeStore.error(503, "SlowDown", headers: ["Retry-After": "1"]))
            case .badRequest: .reply(Reply(400))
            case .reset: .resetBody
            case .silent: .reply(Reply(200).ending(.silence))
            case .cut: .after(.cut)
            case .lost: .reply(Reply(200).ending(.none))
            // Carried out, but nobody learns of it.
            case .lostAfter: .after(.none)
            case .wrongETag: .wrongETag
            case .errorAsSuccess:
                .reply(Reply(200, "<Error><Code>InternalError</Code></Error>"))
            }
        }
    }

    /// Objects of one part and of several, of two hosts.
    private func makeEngine(overlaps: Bool = false) throws -> Engine {
        try Engine(
            ["total_file_size": "90k", "s3_key_format": "/$host/$POSITION"], partSize: 20_000,
            overlaps: overlaps,
            make: { makeBatch($0, hosts: Array(repeating: "a", count: 9) + ["b"], filler: 300) })
    }

    private func deliverAll(_ engine: Engine) throws {
        for _ in 0..<30 {
            engine.end += 10
            for _ in 0..<30 {
                do {
                    try engine.pump()
                    try engine.commit()
                    break
                } catch {
                    if !engine.output.canCommitAgain { try engine.open() }
                }
            }
        }
        try engine.drain()
    }

    @Test func needsNoMoreThanTheseRequests() throws {
        let engine = try makeEngine()
        try deliverAll(engine)
        #expect(engine.store.requests.count < 24, "\(engine.store.requests.count)")
        #expect(engine.store.requests.contains { $0.query["uploads"] != nil })
        #expect(engine.store.requests.contains { $0.method == "PUT" && $0.query.isEmpty })
    }

    @Test(arguments: Trouble.allCases, [false, true])
    func deliversOnceWhenOneRequestFails(trouble: Trouble, overlaps: Bool) throws {
        // Waiting for a silent store takes a second each time.
        let numbers =
            trouble == .silent ? [0, 2] : Array(stride(from: 0, to: 24, by: overlaps ? 3 : 1))
        for number in numbers {
            let engine = try makeEngine(overlaps: overlaps)
            engine.store.fail { _, count in count == number ? trouble.fault : nil }
            try deliverAll(engine)
            #expect(try engine.numbers() == Array(0..<300), "request \(number)")
            #expect(engine.position == 300)
            // What an answer that was lost had begun is left to the bucket's rules.
            #expect(engine.store.openUploads <= 1)
        }
    }

    @Test(arguments: Trouble.allCases.filter { $0 != .silent }, [false, true])
    func deliversOnceWhenTheProcessEndsToo(trouble: Trouble, overlaps: Bool) throws {
        for number in stride(from: overlaps ? 1 : 0, to: 24, by: overlaps ? 4 : 2) {
            let engine = try makeEngine(overlaps: overlaps)
            engine.store.fail { _, count in count == number ? trouble.fault : nil }
            for _ in 0..<30 {
                engine.end += 10
                try engine.pump()
                do { try engine.commit() } catch { try engine.restart() }
            }
            try engine.drain()
            #expect(try engine.numbers() == Array(0..<300), "request \(number)")
        }
    }

    /// The process ends between what the store has and what the cursor says.
    @Test func deliversOnceWhenTheProcessEndsBeforeTheCursor() throws {
        for number in 0..<30 {
            let engine = try makeEngine()
            for round in 0..<30 {
                engine.end += 10
                try engine.pump()
                try engine.commit(saves: round != number)
                if round == number { try engine.restart() }
            }
            try engine.drain()
            #expect(try engine.numbers() == Array(0..<300), "round \(number)")
            #expect(engine.store.openUploads == 0)
        }
    }

    @Test(
        arguments: [
            FakeStore.error(404, "NoSuchUpload"), FakeStore.error(400, "InvalidPart"), Reply(404),
        ])
    func beginsAgainWhenItsUploadIsGone(reply: Reply) throws {
        for number in 0..<20 {
            let engine = try makeEngine()
            engine.store.fail { request, count in
                guard count == number, request.query["uploadId"] != nil else { return nil }
                return .reply(reply)
            }
            try deliverAll(engine)
            #expect(try engine.numbers() == Array(0..<300), "request \(number)")
        }
    }

    /// Crashes and faults at random places, many times over.
    @Test(arguments: 1...12, [false, true])
    func deliversOnceThroughRandomTrouble(seed: Int, overlaps: Bool) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let engine = try Engine(
            [
                "total_file_size": "30k", "compression": seed % 2 == 0 ? "zstd" : "none",
                "s3_key_format": seed % 2 == 0 ? "/$host/$UUID.zst" : "/$host/$UUID",
                "max_open_objects": "\(1 + seed % 5)",
            ], partSize: 8_000, overlaps: overlaps,
            make: { makeBatch($0, hosts: ["a", "b", "c", "a", "d"], filler: 200) })
        let quick = Trouble.allCases.filter { $0 != .silent }
        for _ in 0..<80 {
            let trouble = quick[Int.random(in: 0..<quick.count, using: &random)]
            let when = Int.random(in: 0..<6, using: &random)
            engine.store.fail { _, count in count == when ? trouble.fault : nil }
            engine.end += Int.random(in: 0..<25, using: &random)
            do {
                try engine.pump()
                if Int.random(in: 0..<4, using: &random) == 0 { engine.output.handOver() }
                try engine.commit(saves: Int.random(in: 0..<5, using: &random) > 0)
            } catch {
                if !engine.output.canCommitAgain { try engine.open() }
            }
            if Int.random(in: 0..<4, using: &random) == 0 { try engine.restart() }
        }
        engine.store.fail { _, _ in nil }
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<engine.end))
    }
}
