import Core
import Foundation
import TestKit
import Testing

@testable import InTail

@Suite struct ResumeTests {
    /// Small files with every kind of line.
    private static let texts = [
        "one\ntwo\r\n\nfour\nfive", "\n\n\n", "é\u{0}\n\u{1F600}\nlast\n",
        String(repeating: "x", count: 700) + "\nshort\n" + String(repeating: "y", count: 513),
        "a\nTraceback (most recent call last):\n  File \"x\", line 1\n    f()\nOops: no\nb\n",
    ]

    /// What a reader gives that sees the file at once.
    private func whole(_ text: String, _ options: [(String, String)]) throws -> [String] {
        let bench = try TailBench(options) { _ = try $0.write(text, to: "x.log") }
        bench.step()
        bench.reader.finish(now: 0)
        return bench.sink.lines.map(withoutTime)
    }

    private func withoutTime(_ line: String) -> String {
        line.replacing(#/"time":"[^"]*",?/#, with: "")
    }

    @Test(arguments: texts)
    func losesAndDoublesNothingWhereverTheFileStood(text: String) throws {
        let options = [
            ("read_from_head", "on"), ("buffer_max_size", "256"), ("offset_key", "at"),
        ]
        let expected = try whole(text, options)
        let bytes = Array(text.utf8)
        for count in 0...bytes.count {
            let bench = try TailBench(options) { directory in
                try Data(bytes.prefix(count)).write(
                    to: URL(fileURLWithPath: directory.file("x.log")))
            }
            bench.step()
            var lines = bench.sink.lines
            try bench.append(Array(bytes.dropFirst(count)), to: "x.log")
            try bench.restart()
            bench.step()
            bench.reader.finish(now: 0)
            lines += bench.sink.lines
            #expect(lines.map(withoutTime) == expected, "stopped at byte \(count)")
        }
    }

    @Test func keepsAGroupOfLinesWholeOverARestart() throws {
        let text = Self.texts[4]
        let options = [("read_from_head", "on"), ("multiline.parser", "python")]
        let expected = try whole(text, options)
        #expect(expected.count == 3)
        let bytes = Array(text.utf8)
        for count in 0...bytes.count {
            let bench = try TailBench(options) { directory in
                try Data(bytes.prefix(count)).write(
                    to: URL(fileURLWithPath: directory.file("x.log")))
            }
            bench.step()
            var lines = bench.sink.lines
            try bench.append(Array(bytes.dropFirst(count)), to: "x.log")
            try bench.restart()
            bench.step()
            bench.reader.finish(now: 0)
            lines += bench.sink.lines
            #expect(lines == expected, "stopped at byte \(count)")
        }
    }

    @Test(arguments: 0...4)
    func losesNothingWhenTheJournalTakesNoMore(limit: Int) throws {
        // Two turns of lines for each file.
        let line = String(repeating: "z", count: 99)
        let bench = try TailBench([("read_from_head", "on")]) { directory in
            for name in ["a.log", "b.log"] {
                let text = (0..<4000).map { "\(name) \($0) \(line)\n" }.joined()
                _ = try directory.write(text, to: name)
            }
        }
        try bench.restart(limit: limit)
        bench.step()
        #expect(bench.reader.isOver == (limit < 3))
        var lines = bench.sink.logs
        try bench.restart()
        bench.step()
        lines += bench.sink.logs
        #expect(lines.count == 8000)
        #expect(Set(lines).count == 8000)
    }

    @Test func readsAllOfANewFileWithAnOldNumber() throws {
        let bench = try TailBench([("read_from_head", "on")]) {
            _ = try $0.write("one\ntwo\n", to: "x.log")
        }
        bench.step()
        // The same inode with other content, as after removal and reuse.
        try bench.overwrite("x.log", with: "three\nfour\nfive\n")
        try bench.restart()
        bench.step()
        #expect(bench.sink.logs == ["three", "four", "five"])
    }

    @Test func readsFilesThatAppearedWhileTheAgentWasDown() throws {
        let bench = try TailBench { _ = try $0.write("old\n", to: "a.log") }
        bench.step()
        #expect(bench.sink.logs == [])
        try bench.append("new\n", to: "a.log")
        try bench.append("first\n", to: "b.log")
        try bench.restart()
        bench.step()
        #expect(bench.sink.logs == ["new", "first"])
    }

    @Test func beginsAtTheEndOfThePatternThatIsNew() throws {
        let bench = try TailBench { _ = try $0.write("old\n", to: "a.txt") }
        bench.step()
        let sink = JournalSink(after: bench.sink)
        let reader = try TailBench.makeReader(
            [("path", bench.directory.file("*.txt"))], sink)
        reader.scan(now: 0)
        reader.readOnce(now: 0)
        #expect(sink.lines == [])
        let patterns = sink.places.all.compactMap { SourceName($0.source) }.filter {
            if case .pattern = $0 { true } else { false }
        }
        #expect(patterns == [.pattern(bench.directory.file("*.txt"))])
    }

    @Test func beginsWithTheLineThatIsNotEndedYet() throws {
        let bench = try TailBench { _ = try $0.write("old\nhalf", to: "x.log") }
        bench.step()
        try bench.append(" line\n", to: "x.log")
        bench.step()
        #expect(bench.sink.logs == ["half line"])
    }
}
