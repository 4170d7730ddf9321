import Core
import Glibc
import System
import TestKit
import Testing

@testable import OutFile

/// Large files are written into blocks reserved in advance, of which none are left behind.
@Suite struct ReservedBlocksTests {
    private func usage(_ path: String) throws -> (length: Int, onDisk: Int) {
        var status = stat()
        // `status` and the path live for the call.
        try #require(unsafe stat(path, &status) == 0)
        return (Int(status.st_size), Int(status.st_blocks) * 512)
    }

    /// An output that has written a file of some megabytes and has it open.
    private func writeLargeFile(in directory: TemporaryDirectory) throws -> Engine {
        let engine = try Engine(["path": directory.path])
        let hosts = [String(repeating: "a long name ", count: 100)]
        for first in stride(from: 0, to: 6_000, by: 500) {
            try engine.deliver(makeBatch(first..<first + 500, hosts: hosts))
        }
        return engine
    }

    @Test func areGivenBackWhenTheFileIsClosed() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("t")
        let engine = try writeLargeFile(in: directory)
        let length = try usage(path).length
        #expect(length > 7 << 20)
        engine.output.close()
        #expect(try usage(path).length == length)
        #expect(try usage(path).onDisk <= length + 65_536)
        #expect(try PackedFile(path).numbers() == Array(0..<6_000))
    }

    @Test func areGivenBackByTheNextStartAfterAKill() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("t")
        let engine = try writeLargeFile(in: directory)
        engine.output.close()
        let length = try usage(path).length
        do {
            let file = try FileDescriptor.open(path, .write)
            guard file.reserve(from: length, count: 8 << 20) else { return }
        }
        #expect(try usage(path).onDisk > length + (7 << 20))
        try engine.restart()
        #expect(try usage(path).length == length)
        #expect(try usage(path).onDisk <= length + 65_536)
    }
}
