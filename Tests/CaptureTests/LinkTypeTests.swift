import Core
import Testing

@testable import Capture

@Suite struct LinkTypeTests {
    static let payload: [UInt8] = [0x2a, 0x2b]
    static let v4 = PacketBuilder.ipv4(PacketBuilder.udp(payload))
    static let v6 = PacketBuilder.ipv6(PacketBuilder.udp(payload))

    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var link: UInt32
        var frame: [UInt8]
    }

    static let frames: [Case] = {
        func cooked(_ type: [UInt8]) -> [UInt8] {
            [0, 0, 0, 1, 0, 6] + [UInt8](repeating: 0, count: 8) + type
        }
        func cooked2(_ type: [UInt8]) -> [UInt8] {
            type + [UInt8](repeating: 0, count: 18)
        }
        let ethernet = PacketBuilder.ethernet
        return [
            Case(testDescription: "Ethernet IPv4", link: 1, frame: ethernet(v4, 0x0800, [])),
            Case(testDescription: "Ethernet IPv6", link: 1, frame: ethernet(v6, 0x86dd, [])),
            Case(testDescription: "802.1Q", link: 1, frame: ethernet(v4, 0x0800, [0x8100])),
            Case(
                testDescription: "802.1ad and 802.1Q", link: 1,
                frame: ethernet(v6, 0x86dd, [0x88a8, 0x8100])),
            Case(
                testDescription: "three tags", link: 1,
                frame: ethernet(v4, 0x0800, [0x9100, 0x9100, 0x8100])),
            Case(
                testDescription: "PPPoE", link: 1,
                frame: ethernet(
                    [0x11, 0, 0, 1, 0, UInt8(v4.count + 2), 0, 0x21] + v4, 0x8864, [])),
            Case(
                testDescription: "MPLS", link: 1,
                frame: ethernet([0, 1, 0, 64, 0, 2, 1, 64] + v4, 0x8847, [])),
            Case(
                testDescription: "padded frame", link: 1,
                frame: ethernet(v4 + [0, 0, 0], 0x0800, [])),
            Case(testDescription: "Linux cooked", link: 113, frame: cooked([8, 0]) + v4),
            Case(
                testDescription: "Linux cooked, tagged", link: 113,
                frame: cooked([0x81, 0]) + [0, 5, 0x86, 0xdd] + v6),
            Case(testDescription: "Linux cooked v2", link: 276, frame: cooked2([0x86, 0xdd]) + v6),
            Case(
                testDescription: "Linux cooked v2, tagged", link: 276,
                frame: cooked2([0x81, 0]) + [0, 5, 8, 0] + v4),
            Case(testDescription: "raw 101", link: 101, frame: v6),
            Case(testDescription: "raw 12", link: 12, frame: v4),
            Case(testDescription: "raw 14", link: 14, frame: v4),
            Case(testDescription: "IPv4", link: 228, frame: v4),
            Case(testDescription: "IPv6", link: 229, frame: v6),
            Case(testDescription: "null, little", link: 0, frame: [2, 0, 0, 0] + v4),
            Case(testDescription: "null, big", link: 0, frame: [0, 0, 0, 2] + v4),
            Case(testDescription: "null, Darwin IPv6", link: 0, frame: [30, 0, 0, 0] + v6),
            Case(testDescription: "loop", link: 108, frame: [0, 0, 0, 24] + v6),
        ]
    }()

    @Test(arguments: frames)
    func findsThePayload(behind link: Case) throws {
        let file = PacketBuilder.pcap([.init(bytes: link.frame)], link: link.link)
        let reading = try Reading(file)
        #expect(reading.payloads == [Self.payload])
        #expect(reading.summary.damaged == 0)
    }

    @Test(arguments: frames)
    func survivesFramesCutAnywhere(link: Case) throws {
        for length in 0..<link.frame.count {
            let cut = Array(link.frame.prefix(length))
            let file = PacketBuilder.pcap(
                [.init(bytes: cut, originalLength: link.frame.count)], link: link.link)
            #expect(try Reading(file).summary.truncated == 1)
            // The same frame, but the file claims that it is whole.
            let lie = try Reading(PacketBuilder.pcap([.init(bytes: cut)], link: link.link))
            #expect(
                lie.entries.allSatisfy { $0.datagram.isTruncated || $0.payload == Self.payload })
        }
    }

    @Test func countsOtherProtocols() throws {
        let frames = [
            PacketBuilder.ethernet([0, 1, 8, 0], type: 0x0806),
            PacketBuilder.ethernet(PacketBuilder.ipv4([8, 0, 0, 0], transport: 1)),
            PacketBuilder.ethernet(
                PacketBuilder.ipv4([UInt8](repeating: 0, count: 20), transport: 6)),
        ]
        let reading = try Reading(PacketBuilder.pcap(frames.map { .init(bytes: $0) }))
        #expect(reading.summary.otherPackets == 2 && reading.summary.tcpPackets == 1)
        #expect(reading.entries.isEmpty && reading.summary.damaged == 0)
    }

    @Test func reportsUnsupportedLinkTypes() throws {
        let reading = try Reading(PacketBuilder.pcap([.init(bytes: Self.v4)], link: 127))
        #expect(reading.summary.problems == [.captureUnsupportedLink: 1])
    }
}
