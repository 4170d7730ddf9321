import Core

/// The packet inside a sampled packet; one level deep.
extension SampledPacket {
    /// The UDP port that VXLAN is sent to (RFC 7348 §5).
    private static let vxlanPort: UInt16 = 4789
    /// Flags u8, reserved u24, network identifier u24, reserved u8; behind the UDP header of 8 bytes.
    private static let vxlanLength = 16

    /// Reads what a tunnel's packet carries.
    ///
    /// - Parameter bytes: from the outer packet's transport header on.
    mutating func readTunnel(_ bytes: RawSpan) {
        var inner = SampledPacket()
        switch protocolNumber {
        // IPv4 in IP (RFC 2003), IPv6 in IP (RFC 4213).
        case 4, 41: inner.readHeader(bytes, .ipv4)
        case 47: inner.readGRE(bytes)
        case IPProtocol.udp.rawValue where parts.contains(.ports):
            guard destinationPort == Self.vxlanPort, bytes.byteCount > Self.vxlanLength else {
                return
            }
            inner.readHeader(bytes.extracting(Self.vxlanLength..<bytes.byteCount), .ethernet)
        default: return
        }
        guard inner.hasNetworkLayer else { return }
        innerSource = inner.source
        innerDestination = inner.destination
        innerProtocol = inner.protocolNumber
        parts.insert(inner.parts.contains(.ipv4) ? .innerIPv4 : .innerIPv6)
        guard inner.parts.contains(.ports) else { return }
        innerSourcePort = inner.sourcePort
        innerDestinationPort = inner.destinationPort
        parts.insert(.innerPorts)
    }

    /// GRE (RFC 2784 §2, RFC 2890 §2): flags u16, protocol u16, then what the flags tell of.
    private mutating func readGRE(_ bytes: RawSpan) {
        guard bytes.byteCount >= 4 else { return }
        let flags = bytes.uint16(at: 0)
        // Version 0; checksum, key and sequence take four bytes each.
        guard flags & 7 == 0 else { return }
        let length = 4 + (flags & 0xb000).nonzeroBitCount * 4
        guard length < bytes.byteCount else { return }
        let payload = bytes.extracting(length..<bytes.byteCount)
        switch bytes.uint16(at: 2) {
        case 0x0800, 0x86dd: readHeader(payload, .ipv4)
        case 0x6558: readHeader(payload, .ethernet)
        case 0x8847: readHeader(payload, .mpls)
        default: return
        }
    }
}
