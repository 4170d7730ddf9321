import Core
import Foundation
import System
import TestKit
import Testing

@Suite struct DirectoryWatchTests {
    private func events(_ watch: inout DirectoryWatch) throws -> [String] {
        var found: [String] = []
        try watch.takeEvents { event in
            let line = "\(event.kind) \(event.name)\(event.isDirectory ? "/" : "")"
            if found.last != line { found.append(line) }
        }
        return found
    }

    @Test func tellsWhatHappensToFiles() throws {
        let directory = try TemporaryDirectory()
        var watch = try DirectoryWatch()
        let number = try watch.add(directory.path)
        #expect(try watch.add(directory.path + "/.") == number)
        #expect(try events(&watch) == [])
        let path = directory.file("a")
        let file = try FileDescriptor.open(path, [.write, .create])
        #expect(try events(&watch) == ["name a"])
        try Array("x".utf8).withBytes { (bytes) throws in try file.write(bytes, target: path) }
        #expect(try events(&watch) == ["content a"])
        try FileSystem.rename(path, to: directory.file("b"))
        #expect(try events(&watch) == ["name a", "name b"])
        try FileSystem.makeDirectories(directory.file("sub"))
        #expect(try events(&watch) == ["name sub/"])
    }

    @Test func tellsThatTheDirectoryIsGone() throws {
        let directory = try TemporaryDirectory()
        try FileSystem.makeDirectories(directory.file("sub"))
        var watch = try DirectoryWatch()
        _ = try watch.add(directory.file("sub"))
        try FileManager.default.removeItem(atPath: directory.file("sub"))
        #expect(try events(&watch).contains("end "))
    }

    @Test func refusesFiles() throws {
        let directory = try TemporaryDirectory()
        let watch = try DirectoryWatch()
        let path = try directory.write("", to: "a")
        #expect(throws: OperationError.self) { try watch.add(path) }
    }
}
