import Core
import Foundation
import Parsers
import TestKit
import Testing

@testable import InTail

@Suite struct ContainerTests {
    private static let options = [
        ("read_from_head", "on"), ("multiline.parser", "docker, cri, java"),
    ]

    private static func cri(_ log: String, _ tag: String, _ stream: String) -> String {
        "2024-05-06T07:08:09.5Z \(stream) \(tag) \(log)\n"
    }

    private static func docker(_ log: String, _ stream: String) -> String {
        #"{"log":"\#(log)","stream":"\#(stream)","time":"2024-05-06T07:08:09Z"}"# + "\n"
    }

    /// Files in which the pieces of streams interleave.
    private static let texts = [
        cri("a1 ", "P", "stderr") + cri("b1", "F", "stdout") + cri("b2", "F", "stdout")
            + "plain\n" + cri("a2", "F", "stderr") + cri("c1 ", "P", "stdout")
            + cri("a3 ", "P", "stderr") + cri("c2", "F", "stdout") + cri("a4", "F", "stderr"),
        docker("x.Error: y\\n", "stderr") + docker("b1 ", "stdout")
            + docker("\\tat c.d(e)\\n", "stderr") + docker("b2\\n", "stdout")
            + docker("b3\\n", "stdout") + docker("\\tat f", "stderr")
            + docker(".g(h)\\n", "stderr") + docker("b4\\n", "stdout") + docker("a2\\n", "stderr"),
    ]

    private func logs(_ text: String) throws -> [String] {
        let bench = try TailBench(Self.options) { _ = try $0.write(text, to: "x.log") }
        bench.step()
        bench.reader.finish(now: 0)
        return bench.sink.lines.sorted()
    }

    @Test func joinsThePiecesOfStreams() throws {
        let bench = try TailBench(Self.options) { _ = try $0.write(Self.texts[0], to: "x.log") }
        bench.step()
        #expect(bench.sink.logs == ["b1", "b2", "plain", "a1 a2", "c1 c2", "a3 a4"])
        #expect(bench.sink.filePlaces.map(\.offset) == [Self.texts[0].utf8.count])
        #expect(bench.sink.filePlaces.map(\.lanes) == [[]])
    }

    @Test(arguments: texts)
    func losesAndDoublesNothingWhereverTheFileStood(text: String) throws {
        let expected = try logs(text)
        #expect(expected.count == (text == Self.texts[0] ? 6 : 5))
        let bytes = Array(text.utf8)
        for count in 0...bytes.count {
            let bench = try TailBench(Self.options) { directory in
                try Data(bytes.prefix(count)).write(
                    to: URL(fileURLWithPath: directory.file("x.log")))
            }
            bench.step()
            var lines = bench.sink.lines
            // Twice, so that places are handed on that were not read past.
            try bench.restart()
            bench.step()
            lines += bench.sink.lines
            try bench.append(Array(bytes.dropFirst(count)), to: "x.log")
            try bench.restart()
            bench.step()
            bench.reader.finish(now: 0)
            lines += bench.sink.lines
            #expect(lines.sorted() == expected, "stopped at byte \(count)")
        }
    }

    @Test func waitsForTheRestOfALineAsLongAsForAGroup() throws {
        let bench = try TailBench(Self.options) { directory in
            _ = try directory.write(Self.cri("a1 ", "P", "stderr"), to: "x.log")
        }
        bench.step()
        #expect(bench.sink.lines == [])
        // The other stream does not let it wait longer.
        for _ in 0..<3 {
            try bench.append(Self.cri("b", "F", "stdout"), to: "x.log")
            bench.step(after: 1)
        }
        #expect(bench.sink.logs == ["b", "b", "b"])
        #expect(bench.sink.filePlaces.map(\.offset) == [0])
        bench.step(after: 1.5)
        #expect(bench.sink.logs == ["b", "b", "b", "a1 "])
        #expect(bench.sink.filePlaces.map(\.lanes) == [[]])
    }

    @Test func startsOverInAFileThatWasCut() throws {
        let bench = try TailBench(Self.options) { directory in
            _ = try directory.write(
                Self.cri("a1 ", "P", "stderr") + Self.cri("b1", "F", "stdout"), to: "x.log")
        }
        bench.step()
        try bench.restart()
        bench.step()
        try bench.overwrite("x.log", with: Self.cri("c1", "F", "stdout"))
        bench.step()
        #expect(bench.sink.logs == ["a1 ", "c1"])
    }

    @Test func namesTheFieldAsAsked() throws {
        let bench = try TailBench(Self.options + [("key", "message"), ("offset_key", "at")]) {
            _ = try $0.write(
                Self.docker("a\\n", "stdout") + Self.docker("\\n", "stderr"), to: "x.log")
        }
        bench.step()
        let time = #""time":"2024-05-06T07:08:09.000Z""#
        #expect(
            bench.sink.lines == [
                #"{\#(time),"message":"a\n","stream":"stdout","at":0}"#,
                #"{\#(time),"message":"\n","stream":"stderr","at":62}"#,
            ])
    }

    @Test func leavesEmptyLinesOutWhenAsked() throws {
        let bench = try TailBench(Self.options + [("skip_empty_lines", "on")]) {
            _ = try $0.write(
                Self.docker("\\n", "stdout") + Self.cri("", "F", "stdout")
                    + Self.cri("a", "F", "stdout"), to: "x.log")
        }
        bench.step()
        #expect(bench.sink.logs == ["a"])
    }

    @Test(arguments: [
        ([("multiline.parser", "docker,cobol")], ErrorCode.unknownParser),
        ([("multiline.parser", "cri"), ("parser", "json")], .conflictingKeys),
    ])
    func refusesSettings(options: [(String, String)], code: ErrorCode) throws {
        let error = #expect(throws: SettingsError.self) {
            try TailSettings(
                PluginSettings(
                    testing: TailInput.info, [("path", "x")] + options,
                    parsers: ParserLibrary.stock))
        }
        #expect(error?.problems.map(\.code) == [code])
    }

    @Test func decodesLinesAloneInADryRun() throws {
        let input = try TailInput(
            settings: PluginSettings(
                testing: TailInput.info, [("path", "x")] + Self.options,
                parsers: ParserLibrary.stock))
        let decoder = input.makeDecoder(ledger: SourceLedger())
        let source = PayloadSource(
            peer: Endpoint(address: .any, port: 0), transport: .file,
            received: Timestamp(seconds: 0))
        var batch = RecordBatch()
        for line in [Self.cri("a", "P", "stdout"), "plain\n"] {
            Array(line.utf8.dropLast()).withBytes { decoder.decode($0, from: source, into: &batch) }
        }
        #expect(
            batch.jsonLines() == [
                #"{"time":"2024-05-06T07:08:09.500Z","stream":"stdout","log":"a"}"#,
                #"{"log":"plain"}"#,
            ])
    }
}
