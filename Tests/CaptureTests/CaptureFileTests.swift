import Core
import TestKit
import Testing

@testable import Capture

@Suite struct CaptureFileTests {
    /// A source that hands out one byte at a time.
    final class TricklingSource: ByteStream {
        private let memory: MemorySource
        init(_ bytes: [UInt8]) { memory = MemorySource(bytes) }
        func read(
            into buffer: inout ByteBuffer, atMost count: Int
        ) throws(OperationError) -> Int { memory.read(into: &buffer, atMost: min(count, 1)) }
    }

    @Test func readsLinesOfAnyEnding() throws {
        let reading = try Reading(Array("one\ntwo\r\n\n\r\nthree".utf8))
        #expect(reading.lines == ["one", "two", "three"])
        #expect(reading.summary.lines == 3)
    }

    @Test(
        arguments: [
            ("11 <34>1 first6 <34>xy4 <1>z", ["<34>1 first"[...], "<34>xy", "<1>z"]),
            ("11 <34>1 first\n6 <34>xy\n<1>line\n", ["<34>1 first", "<34>xy", "<1>line"]),
            ("99 <34>1 first\nnext", ["99 <34>1 first", "next"]),
            ("5 <34>1 first\nnext", ["5 <34>1 first", "next"]), ("12 ", ["12 "]), ("7", ["7"]),
        ] as [(String, [Substring])])
    func readsOctetCountedFrames(stream: String, lines: [Substring]) throws {
        #expect(try Reading(Array(stream.utf8)).lines == lines.map(String.init))
    }

    @Test func cutsEndlessLines() throws {
        let long = String(repeating: "x", count: 3 << 20)
        let reading = try Reading(Array((long + "\nnext\n" + long).utf8))
        #expect(reading.lines.map(\.utf8.count) == [1 << 20, 4, 1 << 20])
        #expect(reading.summary.truncated == 2)
        #expect(reading.summary.problems == [.syslogTooLong: 2])
    }

    @Test func readsFromATricklingSource() throws {
        let bytes = Self.corpus[0]
        let whole = try Reading(bytes)
        let trickled = try Reading(TricklingSource(bytes))
        #expect(whole.payloads == trickled.payloads && !whole.payloads.isEmpty)
        let text = Array("a\nbb\n".utf8)
        #expect(try Reading(TricklingSource(text)).lines == ["a", "bb"])
    }

    @Test func readsAFileOnDisk() throws {
        let error = #expect(throws: OperationError.self) {
            try CaptureFile.open("/nonexistent/capture.pcap")
        }
        #expect(error?.code == .fileOpenFailed)
        #expect(throws: OperationError.self) { try CaptureFile.open("/") }
    }

    static let corpus: [[UInt8]] = {
        let fragments = FragmentStoreTests.parts
        let frames =
            LinkTypeTests.frames.filter { $0.link == 1 }.map(\.frame)
            + fragments.map { PacketBuilder.ethernet(FragmentStoreTests.v4($0)) }
            + fragments.map { PacketBuilder.ethernet(FragmentStoreTests.v6($0), type: 0x86dd) }
        return [
            PacketBuilder.pcap(frames.map { .init(bytes: $0) }),
            PacketBuilder.pcap(frames.map { .init(bytes: $0) }, order: .big, isNanosecond: true),
            PcapngReaderTests.file(.big) + PcapngReaderTests.file(.little),
            FlowMessageTests.v9 + FlowMessageTests.ipfix + FlowMessageTests.v5,
        ]
    }()

    @Test(arguments: corpus.indices)
    func survivesTruncationAtEveryByte(index: Int) throws {
        for file in Damage.truncations(of: Self.corpus[index]) {
            guard let reading = try? Reading(file) else { continue }
            #expect(reading.summary.datagrams == reading.entries.count)
        }
    }

    @Test(arguments: corpus.indices)
    func survivesFlippedBits(index: Int) throws {
        for file in Damage.flips(of: Self.corpus[index], count: 2000) {
            guard let reading = try? Reading(file) else { continue }
            #expect(reading.summary.datagrams == reading.entries.count)
            #expect(reading.entries.allSatisfy { $0.payload.count <= 65_535 })
        }
    }

    @Test func remembersTheFirstProblemsOnly() throws {
        let packets = (0..<100).map { _ in PacketBuilder.Packet(bytes: [0x45, 0]) }
        let summary = try Reading(PacketBuilder.pcap(packets, link: 101)).summary
        #expect(summary.problems == [.captureBadPacket: 100])
        #expect(summary.firstProblems.count == 16)
    }
}
