import Codec
import Core
import Foundation
import Glibc
import TestKit
import Testing

@testable import InTail

@Suite struct TailReaderTests {
    private let fromHead = [("read_from_head", "on")]

    private func gzip(_ text: String) throws -> [UInt8] {
        var encoder = try GzipEncoder()
        var output = ByteBuffer()
        try Array(text.utf8).withBytes { (bytes) throws(OperationError) in
            try encoder.append(bytes, to: &output)
        }
        try encoder.finish(to: &output)
        return output.bytes.makeArray()
    }

    @Test func beginsAtTheEndUnlessToldOtherwise() throws {
        for (options, expected) in [([], ["new"]), (fromHead, ["old", "new"])] {
            let bench = try TailBench(options) { _ = try $0.write("old\n", to: "x.log") }
            bench.step()
            try bench.append("new\n", to: "x.log")
            bench.step()
            #expect(bench.sink.logs == expected)
        }
    }

    @Test func readsLaterFilesFromTheirBeginning() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("a\n", to: "x.log")
        bench.step()
        #expect(bench.sink.logs == ["a"])
    }

    @Test func waitsForTheEndOfALine() throws {
        let bench = try TailBench(fromHead)
        bench.step()
        try bench.append("one\nfirst half, ", to: "x.log")
        bench.step()
        #expect(bench.sink.logs == ["one"])
        #expect(bench.sink.filePlaces.map(\.offset) == [4])
        try bench.append("second half\n", to: "x.log")
        bench.step()
        #expect(bench.sink.logs == ["one", "first half, second half"])
    }

    @Test func waitsForALineThatGrowsSlowly() throws {
        let bench = try TailBench(fromHead)
        bench.step()
        for _ in 0..<30 {
            try bench.append([UInt8](repeating: 0x78, count: 1000), to: "x.log")
            bench.step()
        }
        #expect(bench.sink.lines == [])
        try bench.append("\nnext\n", to: "x.log")
        bench.step()
        #expect(bench.sink.logs.map(\.count) == [30_000, 4])
    }

    @Test func takesTheRestForALineAtTheEnd() throws {
        let bench = try TailBench(fromHead) { _ = try $0.write("a\nb", to: "x.log") }
        bench.step()
        bench.reader.finish(now: 0)
        #expect(bench.sink.logs == ["a", "b"])
        #expect(bench.sink.filePlaces.map(\.offset) == [3])
    }

    @Test(arguments: [
        ([], ["a", "b", "", "c\u{0}d", "\u{fffd}"]),
        ([("skip_empty_lines", "on")], ["a", "b", "c\u{0}d", "\u{fffd}"]),
    ])
    func keepsWhatALineHolds(options: [(String, String)], expected: [String]) throws {
        let bench = try TailBench(fromHead + options)
        bench.step()
        try bench.append(Array("a\nb\r\n\r\nc\0d\n".utf8) + [0xff, 0x0a], to: "x.log")
        bench.step()
        #expect(bench.sink.logs == expected)
    }

    @Test func keepsLongLinesInPieces() throws {
        let long = String(repeating: "0123456789", count: 60)
        let bench = try TailBench(fromHead + [("buffer_max_size", "256")]) {
            _ = try $0.write("a\n\(long)\nb\n", to: "x.log")
        }
        bench.step()
        #expect(bench.sink.lines.count == 5)
        #expect(bench.sink.problems() == [.parserLineTooLong: 3])
        let pieces = bench.sink.lines.compactMap {
            $0.firstMatch(of: #/"message":"([0-9]*)"/#).map { String($0.output.1) }
        }
        #expect(pieces.joined() == long)
    }

    @Test func dropsLongLinesWhenAsked() throws {
        let long = String(repeating: "0123456789", count: 60)
        let options = [("buffer_max_size", "256"), ("skip_long_lines", "on")]
        let bench = try TailBench(fromHead + options) {
            _ = try $0.write("a\n\(long)\nb\n\(long)\n\(long)", to: "x.log")
        }
        bench.step()
        bench.reader.finish(now: 0)
        #expect(bench.sink.logs == ["a", "b"])
        #expect(bench.sink.problems() == [.parserLineTooLong: 3])
    }

    @Test func readsCompressedFilesOnce() throws {
        let lines = (0..<20_000).map { "line \($0)" }
        let bench = try TailBench(path: "*.gz", fromHead)
        bench.step()
        try bench.append(gzip(lines.joined(separator: "\n")), to: "x.gz")
        bench.step()
        #expect(bench.sink.logs == lines)
        #expect(bench.sink.filePlaces.map(\.isComplete) == [true])
        #expect(bench.reader.openCount == 0)
        try bench.restart()
        bench.step()
        bench.reader.finish(now: 0)
        #expect(bench.sink.lines == [])
    }

    @Test func passesOverCompressedFilesThatWereThereBefore() throws {
        let bench = try TailBench(path: "*.gz")
        try bench.append(gzip("old\n"), to: "x.gz")
        bench.step()
        #expect(bench.sink.lines == [])
        try bench.append(gzip("new\n"), to: "y.gz")
        bench.step()
        #expect(bench.sink.logs == ["new"])
    }

    @Test func goesOnInTheMiddleOfACompressedFile() throws {
        // Hardly compressible, so that it takes several turns.
        var random = SeededRandom(seed: 7)
        let lines = (0..<20_000).map { "\($0) \(random.next()) \(random.next())" }
        let content = try gzip(lines.joined(separator: "\n") + "\n")
        let bench = try TailBench(path: "*.gz", fromHead)
        try bench.append(content, to: "x.gz")
        var found: [String] = []
        for limit in [2, 3, 1, .max] {
            try bench.restart(limit: limit)
            bench.step()
            found += bench.sink.logs
        }
        #expect(found == lines)
    }

    @Test func readsACompressedFileAsItIsWritten() throws {
        let content = try gzip("one\ntwo\n")
        let bench = try TailBench(path: "*.gz", fromHead)
        for byte in content {
            try bench.append([byte], to: "x.gz")
            bench.step()
        }
        #expect(bench.sink.logs == ["one", "two"])
        #expect(bench.sink.filePlaces.map(\.isComplete) == [true])
    }

    @Test func survivesDamagedCompressedFiles() throws {
        let content = try gzip((0..<50).map { "line \($0)\n" }.joined())
        for damaged in Damage.flips(of: content, count: 100) {
            let bench = try TailBench(path: "*.gz", fromHead)
            try bench.append(damaged, to: "x.gz")
            bench.step()
            bench.reader.finish(now: 0)
        }
    }

    @Test func readsManyCompressedFiles() throws {
        var random = SeededRandom(seed: 3)
        let bench = try TailBench(path: "*.gz", fromHead)
        for index in 0..<9 {
            let text = (0..<2000).map { "\(index) \($0) \(random.next())\n" }.joined()
            try bench.append(gzip(text), to: "\(index).gz")
        }
        bench.step()
        #expect(Set(bench.sink.logs).count == 18_000)
        #expect(bench.sink.lines.count == 18_000)
    }

    @Test func leavesExcludedFilesOut() throws {
        let bench = try TailBench(fromHead + [("exclude_path", "*debug*, secret.log")]) {
            for name in ["a.log", "a-debug.log", "secret.log", "other.txt"] {
                _ = try $0.write(name + "\n", to: name)
            }
        }
        bench.step()
        #expect(bench.sink.logs == ["a.log"])
    }

    @Test func readsFilesOfSeveralPatternsOnce() throws {
        let bench = try TailBench(path: "*.log,a*,sub/*/x.log", fromHead) { directory in
            try FileManager.default.createDirectory(
                atPath: directory.file("sub/deep"), withIntermediateDirectories: true)
            for name in ["a.log", "b.log", "a.txt", "sub/deep/x.log"] {
                _ = try directory.write(name + "\n", to: name)
            }
        }
        bench.step()
        #expect(bench.sink.logs == ["a.log", "b.log", "a.txt", "sub/deep/x.log"])
    }

    @Test func followsLinksToTheirFile() throws {
        let bench = try TailBench(fromHead)
        try FileManager.default.createDirectory(
            atPath: bench.directory.file("real"), withIntermediateDirectories: false)
        try bench.append("a\n", to: "real/1")
        try FileManager.default.createSymbolicLink(
            atPath: bench.directory.file("x.log"),
            withDestinationPath: bench.directory.file("real/1"))
        // A second name of the same file.
        try FileManager.default.linkItem(
            atPath: bench.directory.file("real/1"), toPath: bench.directory.file("y.log"))
        bench.step()
        #expect(bench.sink.logs == ["a"])
        #expect(bench.reader.directories().contains { $0.hasSuffix("/real") })
        // The link is turned to the next file.
        try bench.append("b\n", to: "real/1")
        try bench.append("c\n", to: "real/2")
        try bench.remove("x.log")
        try FileManager.default.createSymbolicLink(
            atPath: bench.directory.file("x.log"),
            withDestinationPath: bench.directory.file("real/2"))
        bench.step()
        #expect(bench.sink.logs.sorted() == ["a", "b", "c"])
    }

    @Test func givesEveryFileATurn() throws {
        let bench = try TailBench(fromHead) { directory in
            let line = String(repeating: "x", count: 1023) + "\n"
            _ = try directory.write(String(repeating: line, count: 1024), to: "a.log")
            _ = try directory.write("b\n", to: "b.log")
            _ = try directory.write("c\n", to: "c.log")
        }
        bench.reader.scan(now: 0)
        bench.reader.readOnce(now: 0)
        #expect(bench.sink.lines.count == 256 + 2)
        #expect(bench.reader.hasWork)
        bench.step()
        #expect(bench.sink.lines.count == 1026)
    }

    @Test func readsMoreFilesThanItMayHoldOpen() throws {
        let bench = try TailBench(fromHead, openLimit: 3) { directory in
            for index in 0..<20 { _ = try directory.write("a\(index)\n", to: "\(index).log") }
        }
        bench.step()
        #expect(bench.reader.openCount <= 3)
        for index in 0..<20 { try bench.append("b\(index)\n", to: "\(index).log") }
        // Closed files are found under their new names.
        for index in 0..<10 { try bench.rename("\(index).log", to: "\(index).old") }
        bench.step()
        bench.step(after: 6)
        #expect(bench.sink.lines.count == 40)
        #expect(Set(bench.sink.logs).count == 40)
        #expect(bench.sink.filePlaces.count == 10)
    }

    @Test func triesFilesAgainThatMayNotBeRead() throws {
        // Root may read everything: a path that cannot be opened stands in.
        guard getuid() != 0 else { return }
        let bench = try TailBench(fromHead) { _ = try $0.write("a\n", to: "x.log") }
        let path = bench.directory.file("x.log")
        func setPermissions(_ mode: Int) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        try setPermissions(0)
        bench.step()
        #expect(bench.sink.lines == [])
        try setPermissions(0o600)
        bench.step()
        #expect(bench.sink.logs == ["a"])
    }

    @Test func passesOverFilesThatAreTooOld() throws {
        let bench = try TailBench(fromHead + [("ignore_older", "1h")]) { directory in
            let path = try directory.write("a\n", to: "x.log")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: path)
        }
        bench.step()
        #expect(bench.sink.lines == [])
        try bench.append("b\n", to: "x.log")
        bench.step()
        #expect(bench.sink.logs == ["a", "b"])
    }

    @Test func passesOverWhatIsNoFile() throws {
        let bench = try TailBench(fromHead) { directory in
            try FileManager.default.createDirectory(
                atPath: directory.file("d.log"), withIntermediateDirectories: false)
            // The path lives for the call.
            _ = unsafe mkfifo(directory.file("p.log"), 0o600)
        }
        bench.step()
        #expect(bench.reader.table.count == 0)
    }

    @Test func writesPathAndOffset() throws {
        let bench = try TailBench(fromHead + [("path_key", "file"), ("offset_key", "at")]) {
            _ = try $0.write("a\nbc\n", to: "x.log")
            _ = try $0.write("d\n", to: "longer.log")
        }
        bench.step()
        let home = bench.directory.path
        #expect(
            bench.sink.lines == [
                #"{"log":"d","file":"\#(home)/longer.log","at":0}"#,
                #"{"log":"a","file":"\#(home)/x.log","at":0}"#,
                #"{"log":"bc","file":"\#(home)/x.log","at":2}"#,
            ])
    }

    @Test func parsesLines() throws {
        let options = [("parser", "json"), ("path_key", "file"), ("offset_key", "at")]
        let bench = try TailBench(fromHead + options) {
            _ = try $0.write("{\"a\":1,\"time\":\"2024-01-02T03:04:05Z\"}\nno\n", to: "x.log")
        }
        bench.step()
        #expect(bench.sink.lines.count == 2)
        #expect(bench.sink.lines[0].contains(#""a":1"#))
        #expect(bench.sink.lines[1].contains(#""message":"no""#))
        for (line, offset) in zip(bench.sink.lines, [0, 38]) {
            #expect(line.contains(#""at":\#(offset)"#) && line.contains("x.log"))
        }
        #expect(bench.sink.problems() == [.parserBadJSON: 1])
    }

    @Test func joinsExceptionReports() throws {
        let text = """
            start
            java.lang.IllegalStateException: broken
            \tat a.B.c(B.java:1)
            Caused by: java.io.IOException: disk
            \tat d.E.f(E.java:2)
            end

            """
        let bench = try TailBench(fromHead + [("multiline.parser", "java")]) {
            _ = try $0.write(text, to: "x.log")
        }
        bench.step()
        #expect(bench.sink.logs.map { $0.split(separator: "\n").count } == [1, 4, 1])
        // A group at the end waits, and its place with it.
        try bench.append("x.Error: y\n\tat z\n", to: "x.log")
        bench.step()
        #expect(bench.sink.lines.count == 3)
        #expect(bench.sink.filePlaces.map(\.offset) == [text.utf8.count])
        bench.step(after: 5)
        #expect(bench.sink.logs.last == "x.Error: y\n\tat z")
        #expect(bench.sink.filePlaces.map(\.offset) == [text.utf8.count + 17])
    }
}
