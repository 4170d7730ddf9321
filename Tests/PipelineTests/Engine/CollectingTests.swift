import Core
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Journals
@testable import Pipeline

/// Collects records of each source and delivers them, into a file named after the first, when it
/// has `count` or is told to hand over.
private final class HoardingOutput: CollectingOutput {
    static let info = PluginInfo(
        kind: .output, name: "hoarding", summary: "Hoards",
        options: [
            OptionSpec("path", .path, required: true, help: ""),
            OptionSpec("count", .integer(1...1_000_000), default: "25", help: ""),
            OptionSpec("fail_at", .integer(0...1_000), default: "0", help: ""),
            OptionSpec("fail_times", .integer(1...1_000), default: "1", help: ""),
            OptionSpec("again", .boolean, default: "true", help: ""),
        ])

    private let path: String
    private let count: Int
    private let failing: Range<Int>
    let canCommitAgain: Bool
    let pause: Int64 = 0
    private var sources: [OutputSource] = []
    private var held: [Int: (start: UInt64, end: UInt64, lines: [UInt64])] = [:]
    private var isHandingOver = false
    private var commits = 0
    static let opens = Mutex(0)
    static let failures = Mutex(0)
    private var engine = OutputEngine()

    init(settings: PluginSettings) throws(SettingsError) {
        path = settings.text("path") ?? ""
        count = settings.integer("count") ?? 0
        let first = settings.integer("fail_at") ?? 0
        failing = first..<first + (settings.integer("fail_times") ?? 0)
        canCommitAgain = settings.boolean("again")
    }

    func prepare(sources: [OutputSource], engine: OutputEngine) {
        self.sources = sources
        self.engine = engine
    }

    func open(resuming state: [UInt8], log: Log) throws(OperationError) {
        Self.opens.withLock { $0 += 1 }
        held = [:]
    }

    func write(_ batch: borrowing RecordBatch) throws(OperationError) { preconditionFailure() }

    func write(_ batch: borrowing RecordBatch, from origin: BatchOrigin) throws(OperationError) {
        var one = held[origin.source] ?? (origin.firstRecord, origin.firstRecord, [])
        precondition(one.end == origin.firstRecord, "records come in order, without gaps")
        batch.forEachRow { row in
            if let column = row.shape.column(named: "n") {
                one.lines.append(row.unsigned(at: column) ?? 0)
            }
        }
        one.end = origin.firstRecord + UInt64(batch.count)
        held[origin.source] = one
    }

    func handOver() { isHandingOver = true }

    func commit() throws(OperationError) -> [UInt8] {
        commits += 1
        if failing.contains(commits) {
            Self.failures.withLock { $0 += 1 }
            // As an answer does that ends meanwhile.
            engine.wake()
            throw OperationError(
                .fileWriteFailed, call: "test", target: path, reason: "as asked", canRetry: true)
        }
        for (source, one) in held where isHandingOver || one.lines.count >= count {
            let name = "\(path)/\(sources[source].name)-\(one.start)"
            let text = one.lines.map { "\($0)\n" }.joined()
            _ = FileManager.default.createFile(atPath: name, contents: Data(text.utf8))
            held[source] = nil
        }
        isHandingOver = false
        return []
    }

    func delivered(of source: Int) -> UInt64 { held[source]?.start ?? .max }
    func destination(of row: Row, tag: String, received: Timestamp) -> String { path }
}

@Suite(.serialized) struct CollectingTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.file("out"), withIntermediateDirectories: true)
    }

    private func run(
        _ options: String, count: Int = 95, storage: String = "filesystem", input: String = "",
        service: String = ""
    ) throws -> Ledger {
        try runAgent(
            """
            service: {storage.path: \(directory.file("storage")), flush: 0.01\(service)}
            pipeline:
              inputs:
                - {name: counting, tag: a, count: \(count), storage.type: \(storage)\(input)}
                - {name: counting, tag: a, first: 100000, count: 30, storage.type: \(storage)}
              outputs:
                - {name: hoarding, match: a, path: \(directory.file("out")), \(options)}
            """,
            Registry(
                inputs: [CountingInput.self], filters: [], outputs: [HoardingOutput.self]),
            in: directory)
    }

    private func delivered() throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: directory.file("out"))
            .flatMap { try numbers("out/\($0)", in: directory) }.sorted()
    }

    private func checkLedger(_ ledger: Ledger) {
        for delivery in ledger.deliveries {
            #expect(delivery.delivered == delivery.recovered + delivery.input.journaled)
            #expect(delivery.waiting == 0)
        }
    }

    @Test(arguments: ["memory", "filesystem"])
    func deliversWhatIsCollectedAtTheEnd(storage: String) throws {
        checkLedger(try run("count: 40", storage: storage))
        #expect(try delivered() == Array(0..<95) + Array(100_000..<100_030))
    }

    /// A commit is called again, or everything is read again, as the output says.
    @Test(arguments: [true, false])
    func goesOnAfterAFailedCommit(again: Bool) throws {
        let before = HoardingOutput.opens.withLock { $0 }
        checkLedger(try run("count: 40, fail_at: 1, again: \(again)"))
        #expect(try delivered() == Array(0..<95) + Array(100_000..<100_030))
        #expect(HoardingOutput.opens.withLock { $0 } - before == (again ? 1 : 2))
    }

    /// Answers that ring do not make a stopping agent try without a pause.
    @Test func pausesBetweenTriesWhileItStops() throws {
        let before = HoardingOutput.failures.withLock { $0 }
        let ledger = try run("fail_at: 1, fail_times: 1000", service: ", grace: 1")
        // At most the first one, one when the agent is told to stop, and 250, 500 and 1000 ms later.
        #expect((1...6).contains(HoardingOutput.failures.withLock { $0 } - before))
        #expect(ledger.deliveries.reduce(0) { $0 + $1.waiting } == 125)
    }

    /// What an input's memory has no room for is not collected any longer.
    @Test func handsOverBeforeTheJournalIsFull() throws {
        checkLedger(
            try run(
                "count: 1000000", count: 4_000, storage: "memory", input: ", mem_buf_limit: 40K"))
        #expect(try delivered().count == 4_030)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.file("out")).count > 2)
    }

    /// The cursor stays before the first record that is not delivered.
    @Test func movesTheCursorNoFurtherThanDelivered() throws {
        let journal = try Journal(
            name: "j", settings: JournalSettings(storage: .memory), log: .silent)
        var problems: [SettingsProblem] = []
        let place = SourceLocation(file: "t", line: 1, column: 1)
        let output = try HoardingOutput(
            settings: PluginSettings(
                info: HoardingOutput.info, instanceName: "h", location: place,
                entries: [
                    Setting.Entry(
                        key: "path", keyLocation: place,
                        value: Setting(
                            .scalar(directory.file("out"), isPlain: true), at: place))
                ], parsers: NoParsers(), problems: &problems))
        let delivery = try Delivery(
            output: output, cursorFile: nil, quarantine: nil, log: .silent)
        let account = InputLedger(name: "j", tag: "t", filters: [])
        let ledger = DeliveryLedger(output: "h", input: account)
        delivery.addSource(journal, limits: ReaderLimits(), ledger: ledger)
        try delivery.open()
        var committed: [UInt64] = []
        for round in 0..<4 {
            var batch = RecordBatch(tag: "t")
            var builder = RecordBuilder()
            for number in 0..<10 {
                builder.begin()
                builder.add("n", unsigned: UInt64(round * 10 + number))
                builder.finish(into: &batch)
            }
            try journal.append(batch)
            try delivery.pump { false }
            committed.append(delivery.sources[0].reader.committed.record)
        }
        #expect(committed == [0, 0, 30, 30])
        #expect(ledger.delivered == 30)
        delivery.close()
        #expect(delivery.sources[0].reader.position.record == 30)
        try delivery.open()
        try delivery.pump { false }
        delivery.finish()
        try delivery.pump { false }
        #expect(delivery.sources[0].reader.committed.record == 40)
        #expect(ledger.delivered == 40)
    }
}
