import Core
import Foundation
import TestKit
import Testing

@testable import InTail

@Suite struct RotationTests {
    @Test func readsWhatIsWrittenAfterTheRename() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("a\n", to: "x.log")
        bench.step()
        try bench.rename("x.log", to: "x.log.1")
        try bench.append("b\n", to: "x.log.1")
        try bench.append("c\n", to: "x.log")
        bench.step()
        try bench.append("d\n", to: "x.log.1")
        bench.step(after: 4)
        #expect(bench.sink.logs.sorted() == ["a", "b", "c", "d"])
        #expect(bench.sink.filePlaces.count == 2)
        // The wait begins again with every line.
        bench.step(after: 4)
        #expect(bench.sink.filePlaces.count == 2)
        bench.step(after: 2)
        #expect(bench.sink.filePlaces.map(\.offset) == [2])
        #expect(bench.reader.openCount == 1)
    }

    @Test func takesTheRestOfARenamedFileForALine() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("a\nrest", to: "x.log")
        bench.step()
        try bench.rename("x.log", to: "x.old")
        bench.step()
        #expect(bench.sink.logs == ["a"])
        bench.step(after: 6)
        #expect(bench.sink.logs == ["a", "rest"])
        #expect(bench.sink.filePlaces.isEmpty)
    }

    @Test func followsAFileThatStillFitsUnderItsNewName() throws {
        let bench = try TailBench(path: "x.log*")
        bench.step()
        try bench.append("a\n", to: "x.log")
        bench.step()
        try bench.rename("x.log", to: "x.log.1")
        try bench.append("b\n", to: "x.log")
        bench.step()
        try bench.append("c\n", to: "x.log.1")
        bench.step(after: 60)
        #expect(bench.sink.logs == ["a", "b", "c"])
        #expect(bench.sink.filePlaces.map(\.offset).sorted() == [2, 4])
    }

    @Test func readsARemovedFileToItsEnd() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("a\nb", to: "x.log")
        bench.reader.scan(now: 0)
        try bench.remove("x.log")
        bench.step()
        #expect(bench.sink.logs == ["a"])
        bench.step(after: 6)
        #expect(bench.sink.logs == ["a", "b"])
        #expect(bench.sink.filePlaces.isEmpty)
        #expect(bench.reader.openCount == 0)
    }

    @Test func startsOverWhenTheFileShrinks() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("one\ntwo\n", to: "x.log")
        bench.step()
        try bench.overwrite("x.log", with: "new\n")
        bench.step()
        #expect(bench.sink.logs == ["one", "two", "new"])
        #expect(bench.sink.problems() == [.fileTruncated: 1])
        #expect(bench.sink.filePlaces.map(\.offset) == [4])
    }

    @Test func startsOverWhenTheFileWasCutAndGrewBeyondTheOldPlace() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("one\ntwo\n", to: "x.log")
        bench.step()
        try bench.overwrite("x.log", with: "three\nfour\nfive\n")
        bench.step()
        #expect(bench.sink.logs == ["one", "two", "three", "four", "five"])
        #expect(bench.sink.problems() == [.fileTruncated: 1])
    }

    @Test func notesAFileThatWasEmptied() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("one\n", to: "x.log")
        bench.step()
        try bench.overwrite("x.log", with: "")
        bench.step()
        #expect(bench.sink.filePlaces.map(\.offset) == [0])
        try bench.append("two\n", to: "x.log")
        bench.step()
        #expect(bench.sink.logs == ["one", "two"])
    }

    @Test func findsAFileRenamedWhileTheAgentWasDown() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("a\n", to: "x.log")
        bench.step()
        try bench.append("b\nc", to: "x.log")
        try bench.rename("x.log", to: "x.old")
        try bench.append("d\n", to: "x.log")
        try bench.restart()
        bench.step()
        bench.step(after: 6)
        #expect(bench.sink.logs.sorted() == ["b", "c", "d"])
        #expect(bench.sink.filePlaces.map(\.offset) == [2])
    }

    @Test func forgetsAFileRemovedWhileTheAgentWasDown() throws {
        let bench = try TailBench()
        bench.step()
        try bench.append("a\n", to: "x.log")
        bench.step()
        #expect(bench.sink.filePlaces.count == 1)
        try bench.remove("x.log")
        try bench.restart()
        bench.step()
        #expect(bench.sink.filePlaces.isEmpty)
    }

    @Test func keepsPlacesInADirectoryThatIsNotThere() throws {
        let bench = try TailBench(path: "mount/*.log")
        try FileManager.default.createDirectory(
            atPath: bench.directory.file("mount"), withIntermediateDirectories: false)
        bench.step()
        try bench.append("a\n", to: "mount/x.log")
        bench.step()
        try bench.rename("mount", to: "away")
        try bench.restart()
        bench.step()
        #expect(bench.sink.filePlaces.count == 1)
        try bench.rename("away", to: "mount")
        try bench.append("b\n", to: "mount/x.log")
        bench.step()
        #expect(bench.sink.logs == ["b"])
    }
}
