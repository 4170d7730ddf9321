import Core
import Testing

@testable import Capture

@Suite struct PcapngReaderTests {
    static let payload: [UInt8] = [9, 8, 7]
    static let ip = PacketBuilder.ipv4(PacketBuilder.udp(payload))
    static let frame = PacketBuilder.ethernet(ip)

    static func file(_ order: ByteOrder) -> [UInt8] {
        PacketBuilder.section(order)
            + PacketBuilder.interface(link: 1, order, snapLength: 65_535)
            + PacketBuilder.interface(link: 101, order, resolution: 9)
            // A name resolution block and a custom one, to be skipped.
            + PacketBuilder.block(4, [0, 0, 0, 0], order)
            + PacketBuilder.block(0x4bad_beef, [UInt8](repeating: 0xff, count: 100), order)
            + PacketBuilder.enhancedPacket(frame, time: 1_700_000_000_000_001, order)
            + PacketBuilder.enhancedPacket(
                ip, interface: 1, time: 1_700_000_000_000_000_002, order)
            + PacketBuilder.obsoletePacket(frame, time: 1_700_000_000_000_003, order)
            + PacketBuilder.simplePacket(frame, order)
    }

    @Test(arguments: [ByteOrder.big, .little])
    func readsAllPacketBlocks(order: ByteOrder) throws {
        let reading = try Reading(Self.file(order))
        #expect(reading.payloads == [[UInt8]](repeating: Self.payload, count: 4))
        #expect(
            reading.entries.map(\.datagram.time.nanoseconds) == [
                1_700_000_000_000_001_000, 1_700_000_000_000_000_002, 1_700_000_000_000_003_000, 0,
            ])
        #expect(reading.summary.damaged == 0)
    }

    @Test func readsSectionsOfDifferentByteOrders() throws {
        let reading = try Reading(Self.file(.big) + Self.file(.little))
        #expect(reading.entries.count == 8 && reading.summary.damaged == 0)
    }

    @Test func forgetsInterfacesAtANewSection() throws {
        let file =
            Self.file(.big) + PacketBuilder.section(.little)
            + PacketBuilder.enhancedPacket(Self.frame, time: 0, .little)
        let reading = try Reading(file)
        #expect(reading.entries.count == 4)
        #expect(reading.summary.problems == [.captureBadBlock: 1])
    }

    @Test func cutsSimplePacketsAtTheSnapLength() throws {
        let file =
            PacketBuilder.section(.little)
            + PacketBuilder.interface(link: 1, .little, snapLength: UInt32(Self.frame.count - 1))
            + PacketBuilder.simplePacket(Self.frame, .little)
        let reading = try Reading(file)
        #expect(reading.payloads == [[9, 8]])
        #expect(reading.summary.truncated == 1)
    }

    @Test(
        arguments: [
            (UInt8(0), UInt64(1_700_000_000), 1_700_000_000_000_000_000),
            (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
            (6, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
            (9, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
            (10, 17_000_000_001_234_567_899, 1_700_000_000_123_456_789),
            (18, 12_300_000_000_000_000_000, 12_300_000_000),
            (0x80, 1_700_000_000, 1_700_000_000_000_000_000),
            (0x8a, 1_700_000_000 << 10 | 512, 1_700_000_000_500_000_000),
            (0xa0, 1_700_000_000 << 32 | 0x4000_0000, 1_700_000_000_250_000_000),
            (0xff, .max, 0),
            (19, 10_000_000_000_000_000_000, 1_000_000_000),
            (127, .max, 0),
            (0, .max, .max),
        ] as [(UInt8, UInt64, Int64)])
    func readsTimesOfAnyResolution(resolution: UInt8, units: UInt64, nanoseconds: Int64) throws {
        let file =
            PacketBuilder.section(.big)
            + PacketBuilder.interface(link: 1, .big, resolution: resolution)
            + PacketBuilder.enhancedPacket(Self.frame, time: units, .big)
        #expect(try Reading(file).entries.first?.datagram.time.nanoseconds == nanoseconds)
    }

    @Test func addsTheInterfacesTimeOffset() throws {
        let file =
            PacketBuilder.section(.big)
            + PacketBuilder.interface(link: 1, .big, offset: -5)
            + PacketBuilder.enhancedPacket(Self.frame, time: 7_000_000, .big)
        #expect(try Reading(file).entries.first?.datagram.time.nanoseconds == 2_000_000_000)
    }

    @Test func readsEveryPrefixOfAFile() throws {
        let file = Self.file(.little)
        var most = 0
        for length in 12...file.count {
            let reading = try Reading(Array(file.prefix(length)))
            #expect(reading.entries.count >= most)
            most = reading.entries.count
        }
        #expect(most == 4)
    }

    @Test func stopsAtABlockShorterThanItsFrame() throws {
        var file = Self.file(.big)
        let end = file.count
        file += [0, 0, 0, 6, 0, 0, 0, 8, 0, 0, 0, 8]
        let reading = try Reading(file)
        #expect(reading.summary.firstProblems == [DecodeError(.captureBadBlock, at: end)])
    }
}
