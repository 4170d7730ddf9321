import Core
import Testing

@testable import Capture

@Suite struct IPPacketTests {
    static let payload: [UInt8] = [5, 6, 7, 8]
    static let udp = PacketBuilder.udp(payload)

    func read(_ packet: [UInt8]) throws -> Reading {
        try Reading(PacketBuilder.pcap([.init(bytes: packet)], link: 101))
    }

    @Test func skipsIPv4Options() throws {
        let packet = PacketBuilder.ipv4(Self.udp, options: [7, 7, 4, 0, 0, 0, 0, 0])
        #expect(try read(packet).payloads == [Self.payload])
    }

    @Test(
        arguments: [
            ("hop by hop", UInt8(0), [UInt8](repeating: 0, count: 8)),
            ("routing", 43, [17, 1] + [UInt8](repeating: 0, count: 14)),
            ("destination options", 60, [17, 0, 1, 4, 0, 0, 0, 0]),
            ("authentication", 51, [17, 4] + [UInt8](repeating: 0, count: 22)),
            ("mobility", 135, [17, 0, 0, 0, 0, 0, 0, 0]),
            ("atomic fragment", 44, [17, 0, 0, 0, 0, 0, 0, 9]),
        ] as [(String, UInt8, [UInt8])])
    func skipsIPv6Extension(name: String, type: UInt8, header: [UInt8]) throws {
        let packet = PacketBuilder.ipv6([17] + header.dropFirst() + Self.udp, next: type)
        let reading = try read(packet)
        #expect(reading.payloads == [Self.payload])
        #expect(reading.entries.first?.datagram.source.description == "[2001:db8::1]:40000")
    }

    @Test func skipsAChainOfExtensions() throws {
        let chain: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0] + [17, 0, 1, 4, 0, 0, 0, 0]
        #expect(try read(PacketBuilder.ipv6(chain + Self.udp, next: 0)).payloads == [Self.payload])
    }

    @Test func reportsExtensionBeyondThePacket() throws {
        let reading = try read(PacketBuilder.ipv6([17, 255] + [UInt8](repeating: 0, count: 6)))
        #expect(reading.payloads == [[]] || reading.summary.damaged == 1)
        let hopByHop = try read(
            PacketBuilder.ipv6([17, 255] + [UInt8](repeating: 0, count: 14), next: 0))
        #expect(hopByHop.summary.problems == [.captureBadPacket: 1])
    }

    @Test func flagsPacketsLongerThanTheirBytes() throws {
        let packet = PacketBuilder.ipv4(Self.udp, totalLength: 1500)
        let reading = try read(packet)
        // The datagram is whole, whatever the IP header says.
        #expect(reading.payloads == [Self.payload])
        let lie = PacketBuilder.ipv4(PacketBuilder.udp(Self.payload, length: 1000))
        #expect(try read(lie).entries.first?.datagram.isTruncated == true)
    }

    @Test func takesLengthZeroAsTheRest() throws {
        #expect(try read(PacketBuilder.ipv4(Self.udp, totalLength: 0)).payloads == [Self.payload])
        #expect(try read(PacketBuilder.ipv6(Self.udp, payloadLength: 0)).payloads == [Self.payload])
        let udp = PacketBuilder.udp(Self.payload, length: 0)
        #expect(try read(PacketBuilder.ipv6(udp)).payloads == [Self.payload])
    }

    @Test func leavesOutWhatLiesBehindTheDatagram() throws {
        let short = PacketBuilder.udp(Self.payload, length: 10)
        #expect(try read(PacketBuilder.ipv4(short)).payloads == [[5, 6]])
    }

    @Test(
        arguments: [
            [0x45], [0x44] + [UInt8](repeating: 0, count: 30),
            [0x55] + [UInt8](repeating: 0, count: 30),
            PacketBuilder.ipv4(udp, totalLength: 19), PacketBuilder.ipv4([1, 2, 3]),
            PacketBuilder.ipv4(PacketBuilder.udp([1], length: 7)), [0x60, 0, 0],
        ] as [[UInt8]])
    func reportsContradictions(packet: [UInt8]) throws {
        let reading = try read(packet)
        #expect(reading.entries.isEmpty)
        #expect(reading.summary.problems == [.captureBadPacket: 1])
    }
}
