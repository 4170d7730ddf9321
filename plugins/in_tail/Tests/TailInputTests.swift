import Core
import Foundation
import Parsers
import Synchronization
import System
import TestKit
import Testing

@testable import InTail

@Suite struct TailInputTests {
    private func makeInput(_ options: [(String, String)]) throws -> TailInput {
        try TailInput(
            settings: PluginSettings(
                testing: TailInput.info, options, parsers: ParserLibrary.stock))
    }

    @Test func endsWhenEverythingIsRead() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("a\nb", to: "x.log")
        let input = try makeInput([
            ("path", directory.file("*.log")), ("read_from_head", "on"), ("exit_on_eof", "on"),
        ])
        try input.open(log: .silent)
        let sink = JournalSink()
        input.run(into: sink)
        #expect(sink.logs == ["a", "b"])
    }

    /// Runs until `wanted` lines came; each `step` is done when as many lines came as it says.
    private func follow(
        _ options: [(String, String)], steps: [Int: @Sendable (TemporaryDirectory) throws -> Void],
        until wanted: Int
    ) throws -> [String] {
        let directory = try TemporaryDirectory()
        let input = try makeInput([("path", directory.file("*.log"))] + options)
        try input.open(log: .silent)
        let count = Mutex(0)
        let sink = SteppingSink { lines in
            let total = count.withLock { count in
                count += lines
                return count
            }
            try? steps[total]?(directory)
            if total >= wanted { input.stop() }
        }
        // Ends a test that would hang.
        let watchdog = Doorbell()
        let guardian = Thread.start(name: "watchdog") {
            if !watchdog.wait(atMost: 20_000_000_000) { input.stop() }
        }
        input.run(into: sink)
        watchdog.ring()
        guardian.join()
        return sink.collected
    }

    @Test(arguments: ["on", "off"])
    func hearsOfNewFilesLinesAndRotation(events: String) throws {
        let lines = try follow(
            [("inotify_watcher", events), ("refresh_interval", "200ms")],
            steps: [
                // The first submit says which patterns are followed.
                0: { try $0.append("a\n", to: "x.log") },
                1: { try $0.append("b\n", to: "x.log") },
                2: {
                    try FileManager.default.moveItem(
                        atPath: $0.file("x.log"), toPath: $0.file("x.old"))
                    try $0.append("c\n", to: "x.old")
                    try $0.append("d\n", to: "x.log")
                },
            ], until: 4)
        #expect(lines.sorted() == ["a", "b", "c", "d"].map { #"{"log":"\#($0)"}"# })
    }

    @Test func stopsBeforeItRuns() throws {
        let input = try makeInput([("path", "/nowhere/*.log")])
        input.stop()
        try input.open(log: .silent)
        input.run(into: JournalSink())
    }

    @Test func decodesForDryRuns() throws {
        let decoder = try makeInput([("path", "/nowhere"), ("key", "text")])
            .makeDecoder(ledger: SourceLedger())
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .any, port: 0), transport: .file, received: .now())
        Array("hello".utf8).withBytes { decoder.decode($0, from: source, into: &batch) }
        #expect(batch.jsonLines() == [#"{"text":"hello"}"#])
    }

    @Test(arguments: [
        ([], ErrorCode.missingKey), ([("path", " , ")], .invalidValue),
        ([("path", "x"), ("parser", "nobody")], .unknownParser),
        ([("path", "x"), ("multiline.parser", "cobol")], .unknownParser),
        ([("path", "x"), ("buffer_max_size", "1")], .outOfRange),
        ([("path", "x"), ("rotate_wait", "soon")], .invalidValue),
    ])
    func refusesBadOptions(options: [(String, String)], code: ErrorCode) {
        let error = #expect(throws: SettingsError.self) { try makeInput(options) }
        #expect(error?.problems.map(\.code) == [code])
    }
}

/// A sink that does something after every batch.
private final class SteppingSink: BatchSink {
    let tag = "test"
    let ledger = SourceLedger()
    let log = Log.silent
    let isStopping = false
    private let lines = Mutex<[String]>([])
    private let afterBatch: @Sendable (Int) -> Void

    init(_ afterBatch: @escaping @Sendable (_ newLines: Int) -> Void) {
        self.afterBatch = afterBatch
    }

    var collected: [String] { lines.withLock { $0 } }

    func submit(_ batch: inout RecordBatch) -> Bool {
        let new = batch.jsonLines()
        batch.removeAll()
        lines.withLock { $0 += new }
        afterBatch(new.count)
        return true
    }
}
