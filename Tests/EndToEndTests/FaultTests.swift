import Core
import Foundation
import Journals
import System
import TestKit
import Testing
import YAML

@testable import Pipeline
@testable import catchment

/// Takes numbered records from a source with a place through a journal into files, without threads,
/// as a process does from its start to its end.
private final class Life {
    static let batchLength = 5
    let account = InputLedger(name: "in", tag: "t", filters: [])
    let ledger: DeliveryLedger
    let journal: Journal
    private let delivery: Delivery
    /// The number of the next record of the source.
    private var next: Int
    private var isOpen = false

    init(storage: String, output: OutputPlan, isDurable: Bool) throws {
        journal = try Journal(
            name: "in",
            settings: JournalSettings(
                storage: .filesystem(directory: storage + "/journal"),
                synchronization: isDurable ? .full : .normal, segmentLength: 1_500),
            log: .silent)
        next = Int(journal.recovery.places[[1]]?.first ?? 0)
        delivery = try Delivery(
            output: try output.makeOutput(),
            cursorFile: CursorFile(path: storage + "/out.cursor", isDurable: isDurable),
            quarantine: nil, log: .silent)
        ledger = DeliveryLedger(output: "out", input: account)
        delivery.addSource(journal, limits: ReaderLimits(), ledger: ledger)
    }

    /// Reads, keeps and delivers up to record `end`, trying again what fails.
    ///
    /// - Returns: whether it got there; not when something fails for good.
    func run(to end: Int) -> Bool {
        var failures = 0
        while next < end || ledger.waiting > 0 || !isOpen {
            do throws(OperationError) {
                if !isOpen {
                    try delivery.open()
                    isOpen = true
                }
                if next < end { try read() }
                // Some commits have more than one frame.
                if next % 3 == 0 || next >= end { try delivery.pump { false } }
                failures = 0
            } catch {
                failures += 1
                delivery.close()
                isOpen = false
                if failures == 4 { return false }
            }
        }
        delivery.close()
        return true
    }

    private func read() throws(OperationError) {
        var batch = RecordBatch(tag: "t")
        var builder = RecordBuilder()
        let count = Self.batchLength
        for number in next..<next + count {
            builder.begin()
            builder.add("n", unsigned: UInt64(number))
            builder.add("host", text: number % 4 == 0 ? "a" : "b")
            builder.finish(into: &batch)
        }
        batch.progress = [SourceProgress(source: [1], place: [UInt8(next + count)])]
        try journal.append(batch)
        account.countJournaled(count)
        next += count
    }
}

/// Whatever call on a file fails, in whatever way: after the next start every record is in the files
/// once, and the accounts agree.
@Suite struct FaultTests {
    static let records = 30

    struct Scenario: Sendable, CustomTestStringConvertible {
        var compress: String
        var isDurable: Bool
        var testDescription: String { "\(compress), \(isDurable ? "full" : "normal")" }
    }

    static let scenarios = ["none", "gzip", "zstd"].flatMap { compress in
        [false, true].map { Scenario(compress: compress, isDurable: $0) }
    }

    private func plan(_ scenario: Scenario, _ directory: TemporaryDirectory) throws -> OutputPlan {
        let sync = scenario.isDurable ? "full" : "normal"
        let path = try directory.write(
            """
            pipeline:
              inputs: [{name: dummy, tag: t}]
              outputs:
                - {name: file, match: t, path: \(directory.file("out")), file: $host, mkdir: on,
                   compress: \(scenario.compress), sync: \(sync), rotate_max_size: 120}
            """, to: "plan.yaml")
        let configuration = Configuration.load(path)
        let result = Plan.make(
            from: configuration.root, registry: Plugins.registry,
            problems: configuration.problems)
        return try #require(result.plan?.outputs.first, "\(result.problems)")
    }

    /// Lives until everything is delivered: once with the fault, and once more without it when that
    /// did not get to the end.
    ///
    /// - Returns: calls on files of the first life.
    private func live(_ scenario: Scenario, _ faults: FileFaults) throws -> Int {
        let directory = try TemporaryDirectory()
        let output = try plan(scenario, directory)
        let storage = directory.file("storage")
        var journaled: UInt64 = 0
        var isDone = false
        FileFaults.$current.withValue(faults) {
            guard
                let life = try? Life(
                    storage: storage, output: output, isDurable: scenario.isDurable)
            else { return }
            isDone = life.run(to: Self.records)
            journaled = life.journal.end.record
            let entered = life.account.journaled + life.ledger.recovered
            #expect(entered == life.ledger.delivered + life.ledger.waiting)
            #expect(life.account.journaled == journaled)
            if isDone { #expect(life.ledger.delivered == Self.records) }
        }
        // Even after a good end: the next start finds nothing to do.
        let life = try Life(storage: storage, output: output, isDurable: scenario.isDurable)
        #expect(life.journal.end.record >= journaled)
        #expect(life.run(to: Self.records))
        #expect(life.journal.end.record == Self.records)
        #expect(life.ledger.waiting == 0)
        if isDone { #expect(life.ledger.delivered == 0) }
        #expect(try numbers(in: directory) == Array(0..<Self.records))
        return faults.count
    }

    private func numbers(in directory: TemporaryDirectory) throws -> [Int] {
        try FileManager.default.contentsOfDirectory(atPath: directory.file("out"))
            .flatMap { try PackedFile(directory.file("out/" + $0)).numbers() }.sorted()
    }

    @Test(arguments: scenarios, FileFaults.Kind.allCases)
    func everyRecordIsDeliveredOnceWhateverFails(
        _ scenario: Scenario, kind: FileFaults.Kind
    ) throws {
        let calls = try live(scenario, FileFaults(kind, call: 0))
        #expect(calls > 25)
        for call in 1...calls {
            _ = try live(scenario, FileFaults(kind, call: call))
        }
    }

    /// The trouble goes away, and the process ends while it is picking itself up.
    @Test(arguments: 1...6)
    func everyRecordIsDeliveredOnceWhenTheEndComesSoonAfterAFault(_ distance: Int) throws {
        let scenario = Scenario(compress: "none", isDurable: true)
        let calls = try live(scenario, FileFaults(.broken, call: 0))
        for call in 1...calls {
            _ = try live(
                scenario, FileFaults(.broken, call: call, endingAt: call + distance))
        }
    }
}
