import Core
import Foundation
import Parsers
import Synchronization
import System
import TestKit
import Testing

@testable import InStdin

struct StdinInputTests {
    private func makeInput(_ options: [(String, String)] = []) throws -> StdinInput {
        try StdinInput(
            settings: PluginSettings(
                testing: StdinInput.info, options, parsers: ParserLibrary.stock))
    }

    @Test func readsLinesUntilTheEnd() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            "{\"a\":1}\n\nnot json\n{\"a\":2,\"time\":\"2024-01-02T03:04:05Z\"}", to: "lines")
        let input = try makeInput()
        try input.open(FileDescriptor.open(path, .read))
        let sink = CollectingSink()
        input.run(into: sink)
        let lines = sink.lines.map { $0.replacing(#/"time":"[^"]*",?/#, with: "") }
        #expect(
            lines == [
                #"{"a":1}"#, #"{"message":"not json","parse_error":"E2502"}"#, #"{"a":2}"#,
            ])
        #expect(sink.lines.last?.contains("2024-01-02T03:04:05.000Z") == true)
        #expect(sink.ledger.snapshot.map(\.name) == ["stdin"])
        #expect(sink.ledger.snapshot.first?.problems == [.parserBadJSON: 1])
    }

    @Test func keepsLongLines() throws {
        let directory = try TemporaryDirectory()
        let long = String(repeating: "x", count: 600)
        let path = try directory.write(long + "\n{\"a\":1}\n", to: "lines")
        let input = try makeInput([("buffer_size", "256")])
        try input.open(FileDescriptor.open(path, .read))
        let sink = CollectingSink()
        input.run(into: sink)
        #expect(sink.lines.count == 4)
        #expect(sink.ledger.snapshot.first?.problems == [.parserLineTooLong: 3])
    }

    @Test func stopsWhileWaiting() throws {
        let pipe = Pipe()
        let input = try makeInput()
        try input.open(FileDescriptor(owning: dup(pipe.fileHandleForReading.fileDescriptor)))
        let sink = CollectingSink(limit: 1) { input.stop() }
        // The writing end stays open: only `stop` can end the run.
        pipe.fileHandleForWriting.write(Data("{\"a\":1}\n".utf8))
        input.run(into: sink)
        #expect(sink.lines.count == 1)
        try pipe.fileHandleForWriting.close()
    }

    @Test func stopsBeforeItRuns() throws {
        let pipe = Pipe()
        let input = try makeInput()
        input.stop()
        try input.open(FileDescriptor(owning: dup(pipe.fileHandleForReading.fileDescriptor)))
        input.run(into: CollectingSink())
        try pipe.fileHandleForWriting.close()
    }

    @Test func decodesWithTheParserNamed() throws {
        let decoder = try makeInput([("parser", "syslog")]).makeDecoder(ledger: SourceLedger())
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .any, port: 0), transport: .file, received: .now())
        Array("<13>1 2024-01-02T03:04:05Z host app - - - hello".utf8).withBytes {
            decoder.decode($0, from: source, into: &batch)
        }
        #expect(batch.jsonLines().first?.contains("hello") == true)
    }

    @Test(arguments: [
        ([("parser", "nobody")], ErrorCode.unknownParser), ([("buffer_size", "1")], .outOfRange),
        ([("buffer_size", "x")], .invalidValue), ([("listen", "x")], .unknownKey),
    ])
    func refusesBadOptions(options: [(String, String)], code: ErrorCode) {
        let error = #expect(throws: SettingsError.self) { try makeInput(options) }
        #expect(error?.problems.map(\.code) == [code])
    }
}
