import Core
import TestKit
import Testing

@testable import InNetflow

@Suite struct SampledPacketTests {
    private static func read(
        _ hex: String, _ kind: SFlow.HeaderProtocol = .ethernet
    ) -> SampledPacket {
        var packet = SampledPacket()
        WireBytes(hex: hex).bytes.withBytes { packet.readHeader($0, kind) }
        return packet
    }

    private static let macs = "00005e005302 00005e005301 "
    private static let ipv6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 "

    @Test func readsTwoTags() {
        let packet = Self.read(Self.macs + "88a8 6bb8 8100 202a 0806 0001")
        #expect(packet.parts == [.ethernet, .tag, .innerTag, .etherType])
        #expect(packet.tag & 0xfff == 3000 && packet.tag >> 13 == 3)
        #expect(packet.innerTag == 0x202a && packet.etherType == 0x0806)
    }

    @Test func givesUpAfterFourTags() {
        let packet = Self.read(Self.macs + String(repeating: "8100 0001 ", count: 6) + "0800")
        #expect(packet.etherType == 0x8100 && !packet.hasNetworkLayer)
    }

    @Test func takesALengthForNoType() {
        #expect(Self.read(Self.macs + "0026 4242 03").parts == [.ethernet])
    }

    @Test func givesNoPortsToLaterFragments() {
        let packet = Self.read(
            "4500 0040 0063 00b9 40 11 0000 c000020a c6336414 0035 8000", .ipv4)
        #expect(packet.fragmentOffset == 185 && packet.fragmentID == 99)
        #expect(!packet.parts.contains(.ports))
    }

    @Test func skipsExtensionHeaders() {
        // Hop-by-hop of 8 bytes, routing of 16, first fragment, TCP.
        let packet = Self.read(
            "62812345 0040 00 39 " + Self.ipv6 + "2b00 010400000000 2c01 010400000000"
                + "0000000000000000 0600 0001 00abcdef 01bb c3cb 00000007 00000009 5018 2000", .ipv6
        )
        #expect(packet.protocolNumber == 6 && packet.sourcePort == 443 && packet.tcpFlags == 0x18)
        #expect(packet.length == 104 && packet.typeOfService == 0x28)
        #expect(packet.flowLabel == 0x12345 && packet.fragmentID == 0xabcdef)
        #expect(packet.parts.isSuperset(of: [.ipv6, .fragment, .ports, .tcp]))
    }

    @Test func stopsInAChainThatIsCut() {
        let packet = Self.read("60000000 0040 00 39 " + Self.ipv6 + "3c00 0104", .ipv6)
        #expect(packet.hasNetworkLayer && !packet.parts.contains(.ports))
    }

    @Test func givesUpOnChainsOfExtensions() {
        let chain = String(repeating: "3c00 000000000000 ", count: 50)
        #expect(
            !Self.read("60000000 0190 3c 39 " + Self.ipv6 + chain, .ipv6).parts.contains(.ports))
    }

    @Test func takesNoLengthFromJumbograms() {
        #expect(Self.read("60000000 0000 3b 39 " + Self.ipv6, .ipv6).length == 0)
    }

    @Test func keepsFourLabels() {
        let packet = Self.read("00001000 00002000 00003000 00004000 00005100 ff", .mpls)
        #expect(packet.labels == SIMD4(0x1000, 0x2000, 0x3000, 0x4000))
        #expect(!packet.hasNetworkLayer)
    }

    @Test func refusesAnIPHeaderThatIsTooShort() {
        #expect(Self.read("4400 0040 0063 0000 40 11 0000 c000020a c6336414", .ipv4).parts == [])
    }

    private static let inner =
        "4500001c 00010000 40110000 0a010101 0a020202 0035 8000 0008 0000"

    @Test(arguments: [
        "4500 0030 0000 0000 4004 0000 c000020a c6336414 " + inner,
        "4500 0038 0000 0000 402f 0000 c000020a c6336414 2000 0800 00000007 " + inner,
        "60000000 001c 04 39 " + ipv6 + inner,
        "4500 0060 0000 0000 4011 0000 c000020a c6336414 c000 12b5 0000 0000 0800000000138800 "
            + macs + "0800" + inner,
        "4500 0060 0000 0000 402f 0000 c000020a c6336414 0000 6558" + macs + "8100 0001 0800"
            + inner,
    ])
    func readsThePacketInATunnelWhenAskedTo(hex: String) {
        #expect(Self.read(hex, .ipv4).parts.isDisjoint(with: [.innerIPv4, .innerPorts]))
        let bytes = WireBytes(hex: hex).bytes
        var packet = SampledPacket()
        packet.readsTunnels = true
        bytes.withBytes { packet.readHeader($0, .ipv4) }
        #expect(packet.parts.isSuperset(of: [.innerIPv4, .innerPorts]))
        #expect(packet.innerSource.description == "10.1.1.1" && packet.innerProtocol == 17)
        #expect(packet.innerSourcePort == 53 && packet.innerDestinationPort == 0x8000)
        for cut in Damage.truncations(of: bytes) {
            var packet = SampledPacket()
            packet.readsTunnels = true
            cut.withBytes { packet.readHeader($0, .ipv4) }
        }
    }

    @Test func readsNoMoreFromACutHeaderThanFromAWhole() {
        var whole = SampledPacket()
        TestSFlow.packet.withBytes { whole.readHeader($0, .ethernet) }
        for cut in Damage.truncations(of: TestSFlow.packet) {
            var packet = SampledPacket()
            cut.withBytes { packet.readHeader($0, .ethernet) }
            #expect(packet.parts.isSubset(of: whole.parts))
        }
    }
}
