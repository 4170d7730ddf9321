import Codec
import Core
import TestKit
import Testing

@testable import Capture

@Suite struct GzipSourceTests {
    static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        var encoder = try GzipEncoder()
        var output = ByteBuffer()
        try bytes.withBytes { span throws(OperationError) in
            try encoder.append(span, to: &output)
        }
        try encoder.finish(to: &output)
        let text = output.bytes
        return (0..<text.byteCount).map { text.byte(at: $0) }
    }

    @Test(arguments: CaptureFileTests.corpus.indices)
    func readsCompressedCaptures(index: Int) throws {
        let plain = CaptureFileTests.corpus[index]
        let reading = try Reading(try Self.compressed(plain))
        #expect(reading.payloads == (try Reading(plain)).payloads)
        #expect(reading.summary.damaged == 0)
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
