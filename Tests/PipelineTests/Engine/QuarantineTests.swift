import Core
import Foundation
import System
import TestKit
import Testing
import YAML

@testable import Journals
@testable import Pipeline

/// Refuses, at the commit, every batch with a record whose `n` is divisible by `refuses`.
private final class PickyOutput: Output {
    static let info = PluginInfo(
        kind: .output, name: "picky", summary: "Refuses records",
        options: [
            OptionSpec("path", .path, required: true, help: ""),
            OptionSpec("refuses", .integer(0...1_000_000), default: "0", help: ""),
        ])

    private let path: String
    private let divisor: UInt64
    private var pending: [UInt64] = []

    init(settings: PluginSettings) throws(SettingsError) {
        path = settings.text("path") ?? ""
        divisor = UInt64(settings.integer("refuses") ?? 0)
    }

    func open(resuming state: [UInt8], log: Log) throws(OperationError) {
        pending = []
        let file = try FileDescriptor.open(path, [.write, .create])
        try file.truncate(to: Int(String(decoding: state, as: UTF8.self)) ?? 0, target: path)
    }

    func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        batch.forEachRow { row in
            if let column = row.shape.column(named: "n") {
                pending.append(row.unsigned(at: column) ?? 0)
            }
        }
    }

    func commit() throws(OperationError) -> [UInt8] {
        let divisor = self.divisor
        if divisor > 0, pending.contains(where: { $0 % divisor == 0 }) {
            throw OperationError(
                .recordRefused, call: "test", target: path, reason: "as asked", canRetry: false)
        }
        let file = try FileDescriptor.open(path, [.write, .append])
        let text = pending.map { "\($0)\n" }.joined()
        try Array(text.utf8).withBytes { (bytes) throws(OperationError) in
            try file.write(bytes, target: path)
        }
        pending = []
        return Array(String(try file.size(target: path)).utf8)
    }

    func destination(of row: Row, tag: String, received: Timestamp) -> String { path }
}

@Suite struct QuarantineTests {
    private static let registry = Registry(
        inputs: [CountingInput.self], filters: [], outputs: [PickyOutput.self, LineOutput.self])

    private func run(_ text: String, in directory: TemporaryDirectory) throws -> Ledger {
        try runAgent(text, Self.registry, in: directory)
    }

    private func quarantined(in directory: TemporaryDirectory) throws -> [Int] {
        let path = Quarantine.directory(of: "picky.0", in: directory.file("s"))
        let journal = try Journal(
            name: "q", settings: Quarantine.settings(directory: path, isDurable: false),
            log: .silent)
        let reader = JournalReader(journal, from: nil, log: .silent)
        var batch = RecordBatch()
        var numbers: [Int] = []
        while try reader.next(into: &batch) {
            batch.forEachRow { row in
                if let column = row.shape.column(named: "n") {
                    numbers.append(Int(row.unsigned(at: column) ?? 0))
                }
            }
        }
        return numbers
    }

    private func configuration(
        _ directory: TemporaryDirectory, refuses divisor: Int, first: Int = 0,
        storage: String = "filesystem"
    ) -> String {
        """
        service: {storage.path: \(directory.file("s")), storage.type: \(storage)}
        pipeline:
          inputs: [{name: counting, tag: a, first: \(first), count: 95}]
          outputs:
            - {name: picky, match: a, path: \(directory.file("picky")), refuses: \(divisor)}
            - {name: lines, match: a, path: \(directory.file("all"))}
        """
    }

    @Test(arguments: [1, 2, 7, 50, 200], ["memory", "filesystem"])
    func keepsJustTheRecordsThatAreRefused(_ divisor: Int, storage: String) throws {
        let directory = try TemporaryDirectory()
        let ledger = try run(
            configuration(directory, refuses: divisor, first: 1, storage: storage), in: directory)
        let refused = (1..<96).filter { $0 % divisor == 0 }
        #expect(try numbers("picky", in: directory) == (1..<96).filter { $0 % divisor != 0 })
        #expect(try numbers("all", in: directory) == Array(1..<96))
        #expect(try refused.isEmpty || quarantined(in: directory) == refused)
        let delivery = ledger.deliveries[0]
        #expect(delivery.quarantined == refused.count)
        #expect(delivery.delivered == 95 - refused.count)
        #expect(delivery.waiting == 0)
        #expect(ledger.deliveries[1].delivered == 95)
    }

    @Test func dropsWithAReasonWhereThereIsNoStorage() throws {
        let directory = try TemporaryDirectory()
        let ledger = try run(
            """
            pipeline:
              inputs: [{name: counting, tag: a, count: 30}]
              outputs: [{name: picky, match: a, path: \(directory.file("picky")), refuses: 10}]
            """, in: directory)
        #expect(ledger.deliveries[0].dropped == [.recordRefused: 3])
        #expect(ledger.deliveries[0].delivered == 27)
    }

    /// A crash between keeping a record and moving behind it reads the record again.
    @Test func keepsARecordOnceWhateverIsReadAgain() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 {
            let quarantine = Quarantine(
                storagePath: directory.file("s"), output: "picky.0", isDurable: false, log: .silent)
            let reason = OperationError(
                .recordRefused, call: "t", target: "t", reason: "t", canRetry: false)
            for number in 1...3 {
                var batch = RecordBatch(tag: "t")
                var builder = RecordBuilder()
                builder.begin()
                builder.add("n", unsigned: UInt64(number))
                builder.finish(into: &batch)
                let place = JournalPosition(segment: 1, offset: 40, record: UInt64(number))
                try quarantine.keep(&batch, from: "j", at: place, because: reason)
            }
        }
        #expect(try quarantined(in: directory) == [1, 2, 3])
    }
}
