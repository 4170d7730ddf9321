import Foundation
import System
import TestKit
import Testing

@Suite struct FilePatternTests {
    @Test func expandsToWhatExists() throws {
        let directory = try TemporaryDirectory()
        for name in ["b.log", "a.log", "c.txt", ".hidden.log"] {
            _ = try directory.write("", to: name)
        }
        #expect(
            FilePattern.expand(directory.file("*.log"))
                == ["a.log", "b.log"].map(directory.file))
        #expect(FilePattern.expand(directory.file("?.t[x]t")) == [directory.file("c.txt")])
        #expect(FilePattern.expand(directory.file("*.none")) == [])
    }

    @Test(arguments: [
        ("*.log", "a.log", true), ("*.log", "d/a.log", true), ("a?c", "abc", true),
        ("*.log", "a.txt", false), ("[ab]", "c", false),
    ])
    func matches(pattern: String, text: String, expected: Bool) {
        #expect(FilePattern.matches(pattern, text) == expected)
    }

    @Test func tellsFilesApart() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("four", to: "a")
        try FileManager.default.createSymbolicLink(
            atPath: directory.file("link"), withDestinationPath: path)
        let status = try #require(FileSystem.status(of: path))
        #expect(status.kind == .file)
        #expect(status.size == 4)
        #expect(status.linkCount == 1)
        #expect(FileSystem.status(of: directory.file("link")) == status)
        #expect(try FileDescriptor.open(path, .read).status(target: path) == status)
        #expect(FileSystem.target(ofLink: path) == nil)
        #expect(FileSystem.target(ofLink: directory.file("link"))?.hasSuffix("/a") == true)
        #expect(FileSystem.status(of: directory.file("none")) == nil)
    }
}
