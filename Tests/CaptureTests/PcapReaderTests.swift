import Core
import Testing

@testable import Capture

@Suite struct PcapReaderTests {
    typealias Packet = PacketBuilder.Packet

    static let payload: [UInt8] = [1, 2, 3, 4, 5]
    static let frame = PacketBuilder.ethernet(PacketBuilder.ipv4(PacketBuilder.udp(payload)))

    @Test(arguments: [ByteOrder.big, .little], [false, true])
    func readsBothByteOrdersAndTimeUnits(order: ByteOrder, isNanosecond: Bool) throws {
        let file = PacketBuilder.pcap(
            [Packet(bytes: Self.frame)], order: order, isNanosecond: isNanosecond)
        let reading = try Reading(file)
        let entry = try #require(reading.entries.first)
        #expect(entry.payload == Self.payload)
        #expect(
            entry.datagram.time.nanoseconds
                == 1_700_000_000_000_000_000 + (isNanosecond ? 123_456 : 123_456_000))
        #expect(entry.datagram.source.description == "192.0.2.1:40000")
        #expect(entry.datagram.destination.description == "198.51.100.2:2055")
        #expect(entry.datagram.offset == 40)
        #expect(!entry.datagram.isTruncated)
        #expect(reading.summary.packets == 1 && reading.summary.damaged == 0)
    }

    @Test func ignoresCheckSequenceBitsOfLinkType() throws {
        let file = PacketBuilder.pcap([Packet(bytes: Self.frame)], link: 0x5400_0001)
        #expect(try Reading(file).payloads == [Self.payload])
    }

    @Test func flagsPacketsCutBySnapLength() throws {
        let cut = Array(Self.frame.dropLast(2))
        let file = PacketBuilder.pcap([Packet(bytes: cut, originalLength: Self.frame.count)])
        let reading = try Reading(file)
        #expect(reading.payloads == [[1, 2, 3]])
        #expect(reading.entries.first?.datagram.isTruncated == true)
        #expect(reading.summary.truncated == 1 && reading.summary.damaged == 0)
    }

    @Test func countsHeadersCutBySnapLengthAsTruncatedOnly() throws {
        let cut = Array(Self.frame.prefix(30))
        let file = PacketBuilder.pcap([Packet(bytes: cut, originalLength: Self.frame.count)])
        let reading = try Reading(file)
        #expect(reading.entries.isEmpty)
        #expect(reading.summary.truncated == 1 && reading.summary.damaged == 0)
    }

    @Test func readsEveryPrefixOfAFile() throws {
        let packets = [Packet](repeating: Packet(bytes: Self.frame), count: 3)
        let file = PacketBuilder.pcap(packets)
        let size = Self.frame.count + 16
        for length in 24...file.count {
            let reading = try Reading(Array(file.prefix(length)))
            let whole = (length - 24) / size
            #expect(reading.entries.count { !$0.datagram.isTruncated } == whole)
            let isCut = (length - 24) % size != 0
            let last = 24 + whole * size
            let isInPacket = length - last >= 16
            #expect(
                reading.summary.firstProblems
                    == (isCut
                        ? [DecodeError(.captureTruncated, at: isInPacket ? last + 16 : last)] : []))
        }
    }

    @Test func reportsAFileThatEndsInItsHeader() throws {
        for length in 4..<24 {
            let reading = try Reading(Array(PacketBuilder.pcap([]).prefix(length)))
            #expect(reading.summary.problems == [.captureTruncated: 1])
        }
    }

    @Test func stopsAtAnImpossibleLengthAndSaysWhere() throws {
        var file = PacketBuilder.pcap([Packet(bytes: Self.frame), Packet(bytes: Self.frame)])
        let second = 24 + 16 + Self.frame.count
        file[second + 11] = 0x7f
        let reading = try Reading(file)
        #expect(reading.entries.count == 1)
        #expect(reading.summary.firstProblems == [DecodeError(.captureBadBlock, at: second)])
    }
}
