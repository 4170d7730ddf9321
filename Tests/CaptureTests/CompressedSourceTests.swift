import Codec
import Core
import TestKit
import Testing

@testable import Capture

@Suite struct CompressedSourceTests {
    static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        var encoder = try GzipEncoder()
        return try collect { output throws(OperationError) in
            try bytes.withBytes { span throws(OperationError) in
                try encoder.append(span, to: &output)
            }
            try encoder.finish(to: &output)
        }
    }

    static func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
        var encoder = try ZstdEncoder()
        return try collect { output throws(OperationError) in
            try bytes.withBytes { span throws(OperationError) in
                try encoder.append(span, to: &output)
            }
            try encoder.finish(to: &output)
        }
    }

    private static func collect(
        _ write: (inout ByteBuffer) throws(OperationError) -> Void
    ) throws -> [UInt8] {
        var output = ByteBuffer()
        try write(&output)
        return output.bytes.makeArray()
    }

    @Test(arguments: CaptureFileTests.corpus.indices)
    func readsCompressedCaptures(index: Int) throws {
        let plain = CaptureFileTests.corpus[index]
        let reading = try Reading(try Self.compressed(plain))
        #expect(reading.payloads == (try Reading(plain)).payloads)
        #expect(reading.summary.damaged == 0)
    }

    @Test(arguments: CaptureFileTests.corpus.indices)
    func readsZstd(index: Int) throws {
        let plain = CaptureFileTests.corpus[index]
        let reading = try Reading(try Self.zstd(plain))
        #expect(reading.payloads == (try Reading(plain)).payloads)
        #expect(reading.summary.damaged == 0)
    }

    @Test func readsZstdFramesAsOneFileAndTellsWhenOneIsCut() throws {
        let file = try Self.zstd(Array("one\ntw".utf8)) + Self.zstd(Array("o\n".utf8))
        #expect(try Reading(file).lines == ["one", "two"])
        for cut in Damage.truncations(of: file) where cut.count >= 4 {
            guard let reading = try? Reading(cut) else { continue }
            let isWhole = cut.count == (try Self.zstd(Array("one\ntw".utf8))).count
            #expect((reading.summary.damaged == 0) == isWhole, "\(cut.count)")
        }
    }

    /// Four bytes that stand for 128 kB, a thousand times.
    @Test func takesZstdThatGrowsImmenselyPieceByPiece() throws {
        let block: [UInt8] = [0x02, 0x00, 0x10, UInt8(ascii: "\n")]
        var file: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
        for _ in 0..<1000 { file += block }
        file += [0x03, 0x00, 0x00, 0x00]
        let source = CompressedSource(
            MemorySource(file), beginning: ByteBuffer(), try ZstdDecoder())
        var buffer = ByteBuffer()
        var total = 0
        while try source.read(into: &buffer, atMost: 1) > 0 {
            total += buffer.count
            #expect(buffer.count <= 17 << 20)
            buffer.removeAll()
        }
        #expect(total >= 128_000_000)
    }

    @Test func readsSeveralMembersAsOneFile() throws {
        let file = try Self.compressed(Array("one\ntw".utf8)) + Self.compressed(Array("o\n".utf8))
        #expect(try Reading(file).lines == ["one", "two"])
    }

    @Test func readsWhatIsThereOfACutFile() throws {
        let lines = (0..<2000).map { "line \($0) \($0 &* 2_654_435_761)" }
        let file = try Self.compressed(Array(lines.joined(separator: "\n").utf8))
        let reading = try Reading(Array(file.prefix(file.count / 2)))
        #expect(reading.summary.problems == [.captureTruncated: 1])
        #expect((100..<2000).contains(reading.lines.count))
        #expect(reading.lines.dropLast().elementsEqual(lines.prefix(reading.lines.count - 1)))
    }

    @Test func survivesDamage() throws {
        let file = try Self.compressed(CaptureFileTests.corpus[0])
        for damaged in Damage.flips(of: file, count: 500) {
            guard let reading = try? Reading(damaged) else { continue }
            #expect(reading.summary.datagrams == reading.entries.count)
        }
        for cut in Damage.truncations(of: file) {
            guard let reading = try? Reading(cut), cut.count > 2 else { continue }
            #expect(reading.summary.damaged > 0)
        }
    }
}
