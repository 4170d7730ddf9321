import Core
import Foundation
import Synchronization
import System

@testable import Pipeline

/// Submits `count` records with the field `n`, in batches of ten, and ends.
final class CountingInput: Input {
    static let info = PluginInfo(
        kind: .input, name: "counting", summary: "Counts",
        options: [
            OptionSpec("count", .integer(0...1_000_000), default: "100", help: ""),
            OptionSpec("first", .integer(0...1_000_000), default: "0", help: ""),
        ])

    private let numbers: Range<Int>
    let listenAddresses: [ListenAddress] = []

    init(settings: PluginSettings) throws(SettingsError) {
        let first = settings.integer("first") ?? 0
        numbers = first..<first + (settings.integer("count") ?? 0)
    }

    func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder { preconditionFailure() }
    func open(log: Log) throws(OperationError) {}
    func stop() {}

    func run(into sink: any BatchSink) {
        var batch = RecordBatch(tag: sink.tag)
        var builder = RecordBuilder()
        for number in numbers {
            builder.begin()
            builder.add("n", unsigned: UInt64(number))
            builder.finish(into: &batch)
            if batch.count == 10 { sink.submit(&batch) }
        }
        sink.submit(&batch)
    }
}

/// Drops every record whose `n` is a multiple of `by`.
final class SievingFilter: Filter {
    static let info = PluginInfo(
        kind: .filter, name: "sieving", summary: "Sieves",
        options: [OptionSpec("by", .integer(1...1_000), default: "2", help: "")])

    private let divisor: UInt64

    init(settings: PluginSettings) throws(SettingsError) {
        divisor = UInt64(settings.integer("by") ?? 1)
    }

    func apply(to batch: inout RecordBatch) {
        _ = batch.retain { row in
            guard let column = row.shape.column(named: "n") else { return true }
            return (row.unsigned(at: column) ?? 0) % divisor != 0
        }
    }
}

/// Appends numbers to a file, one a line, and restores itself to the length it committed.
///
/// `fail_at` makes that call (counted from 1 over opens, writes and commits) fail, after half of
/// its work was done.
final class LineOutput: Output {
    static let info = PluginInfo(
        kind: .output, name: "lines", summary: "Writes lines",
        options: [
            OptionSpec("path", .path, required: true, help: ""),
            OptionSpec("fail_at", .integer(0...1_000), default: "0", help: ""),
        ])

    private let path: String
    private let failing: Int
    private var calls = 0
    private var pending = ""

    init(settings: PluginSettings) throws(SettingsError) {
        path = settings.text("path") ?? ""
        failing = settings.integer("fail_at") ?? 0
    }

    private func check() throws(OperationError) {
        calls += 1
        if calls == failing {
            throw OperationError(
                .fileWriteFailed, call: "test", target: path, reason: "as asked", canRetry: true)
        }
    }

    func open(resuming state: [UInt8], log: Log) throws(OperationError) {
        let file = try FileDescriptor.open(path, [.write, .create])
        try file.truncate(to: Int(String(decoding: state, as: UTF8.self)) ?? 0, target: path)
        pending = ""
        try check()
    }

    func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        batch.forEachRow { row in
            if let column = row.shape.column(named: "n") {
                pending += "\(row.unsigned(at: column) ?? 0)\n"
            }
        }
        try check()
    }

    func commit() throws(OperationError) -> [UInt8] {
        let file = try FileDescriptor.open(path, [.write, .append])
        try Array(pending.utf8).withBytes { (bytes) throws(OperationError) in
            try file.write(bytes, target: path)
        }
        pending = ""
        try check()
        return Array(String(try file.size(target: path)).utf8)
    }

    func destination(of row: Row, tag: String, received: Timestamp) -> String { path }
}
