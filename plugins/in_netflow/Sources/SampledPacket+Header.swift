import Core

/// Transport protocols that have ports or a type, by their IANA numbers.
enum IPProtocol: UInt8 {
    case icmp = 1
    case tcp = 6
    case udp = 17
    case dccp = 33
    case icmpv6 = 58
    case sctp = 132
    case udpLite = 136
}

/// Reading of sampled headers.
///
/// Agents cut packets after 128 bytes or fewer: what is not there is not set. The work is bounded:
/// four tags, eight labels, eight extension headers.
extension SampledPacket {
    private static let tagLimit = 4
    private static let stackLimit = 8
    private static let extensionLimit = 8

    private enum EtherType {
        static let ipv4: UInt16 = 0x0800
        static let ipv6: UInt16 = 0x86dd
        static let mpls: ClosedRange<UInt16> = 0x8847...0x8848
        static let pppoeSession: UInt16 = 0x8864
        /// Smaller numbers are lengths (IEEE 802.3).
        static let first: UInt16 = 0x0600

        static func isTag(_ type: UInt16) -> Bool {
            type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200
        }
    }

    mutating func readHeader(_ header: RawSpan, _ kind: SFlow.HeaderProtocol) {
        switch kind {
        case .ethernet: readEthernet(header)
        case .ppp: readPPP(header, at: 0)
        case .ipv4, .ipv6: readIP(header, at: 0)
        case .mpls: readLabels(header, at: 0)
        }
    }

    private mutating func readEthernet(_ bytes: RawSpan) {
        guard bytes.byteCount >= 14 else { return }
        destinationMAC = bytes.uint64(at: 0) >> 16
        sourceMAC = bytes.uint64(at: 4) & 0xffff_ffff_ffff
        parts.insert(.ethernet)
        var type = bytes.uint16(at: 12)
        var offset = 14
        for depth in 0..<Self.tagLimit where EtherType.isTag(type) {
            guard offset + 4 <= bytes.byteCount else { return }
            let control = bytes.uint16(at: offset)
            if depth == 0 {
                tag = control
                parts.insert(.tag)
            } else if depth == 1 {
                innerTag = control
                parts.insert(.innerTag)
            }
            type = bytes.uint16(at: offset + 2)
            offset += 4
        }
        guard type >= EtherType.first else { return }
        etherType = type
        parts.insert(.etherType)
        switch type {
        case EtherType.ipv4, EtherType.ipv6: readIP(bytes, at: offset)
        case EtherType.mpls: readLabels(bytes, at: offset)
        // Version and type u8, code u8, session u16, length u16 (RFC 2516 §4).
        case EtherType.pppoeSession: readPPP(bytes, at: offset + 6)
        default: break
        }
    }

    /// PPP (RFC 1661 §2): protocol, behind address and control when they are there.
    ///
    /// The protocol has
    /// two bytes, of which the first may be left out (§6.5); only the last is odd.
    private mutating func readPPP(_ bytes: RawSpan, at start: Int) {
        var offset = start
        if offset + 2 <= bytes.byteCount, bytes.uint16(at: offset) == 0xff03 { offset += 2 }
        guard offset + 2 <= bytes.byteCount else { return }
        let isShort = bytes.byte(at: offset) & 1 == 1
        let number = isShort ? UInt16(bytes.byte(at: offset)) : bytes.uint16(at: offset)
        offset += isShort ? 1 : 2
        switch number {
        case 0x0021, 0x0057: readIP(bytes, at: offset)
        case 0x0281: readLabels(bytes, at: offset)
        default: break
        }
    }

    /// A stack of labels; what lies under it is told by its first four bits.
    private mutating func readLabels(_ bytes: RawSpan, at start: Int) {
        var offset = start
        for depth in 0..<Self.stackLimit {
            guard offset + 4 <= bytes.byteCount else { return }
            let entry = bytes.uint32(at: offset)
            offset += 4
            if depth < Self.labelLimit {
                labels[depth] = entry
                parts.insert(.labels)
            }
            let isBottom = entry & 0x100 != 0
            if isBottom { return readIP(bytes, at: offset) }
        }
    }

    private mutating func readIP(_ bytes: RawSpan, at offset: Int) {
        guard offset < bytes.byteCount else { return }
        switch bytes.byte(at: offset) >> 4 {
        case 4: readIPv4(bytes, at: offset)
        case 6: readIPv6(bytes, at: offset)
        default: break
        }
    }

    /// RFC 791 §3.1.
    private mutating func readIPv4(_ bytes: RawSpan, at offset: Int) {
        let headerLength = Int(bytes.byte(at: offset) & 0x0f) * 4
        guard offset + 20 <= bytes.byteCount, headerLength >= 20 else { return }
        typeOfService = bytes.byte(at: offset + 1)
        length = UInt32(bytes.uint16(at: offset + 2))
        fragmentID = UInt32(bytes.uint16(at: offset + 4))
        fragmentOffset = bytes.uint16(at: offset + 6) & 0x1fff
        timeToLive = bytes.byte(at: offset + 8)
        protocolNumber = bytes.byte(at: offset + 9)
        source = IPAddress(v4: bytes.uint32(at: offset + 12))
        destination = IPAddress(v4: bytes.uint32(at: offset + 16))
        parts.formUnion([.network, .ipv4, .timeToLive, .fragment])
        if fragmentOffset == 0 { readTransport(bytes, at: offset + headerLength) }
    }

    /// RFC 8200 §3; `protocolNumber` is what the extension headers end with, or the one that the
    /// sample was cut in.
    private mutating func readIPv6(_ bytes: RawSpan, at offset: Int) {
        guard offset + 40 <= bytes.byteCount else { return }
        let first = bytes.uint32(at: offset)
        typeOfService = UInt8(truncatingIfNeeded: first >> 20)
        flowLabel = first & 0xf_ffff
        let payload = bytes.uint16(at: offset + 4)
        // A jumbogram's length stands in an option (RFC 2675 §2).
        length = payload == 0 ? 0 : UInt32(payload) + 40
        protocolNumber = bytes.byte(at: offset + 6)
        timeToLive = bytes.byte(at: offset + 7)
        source = IPAddress(
            high: bytes.uint64(at: offset + 8), low: bytes.uint64(at: offset + 16))
        destination = IPAddress(
            high: bytes.uint64(at: offset + 24), low: bytes.uint64(at: offset + 32))
        parts.formUnion([.network, .ipv6, .timeToLive, .flowLabel])
        var next = offset + 40
        for _ in 0..<Self.extensionLimit {
            guard next + 8 <= bytes.byteCount else { break }
            switch protocolNumber {
            // Hop-by-hop, routing, destination, mobility, HIP, shim6.
            case 0, 43, 60, 135, 139, 140:
                protocolNumber = bytes.byte(at: next)
                next += Int(bytes.byte(at: next + 1)) * 8 + 8
            case 51:
                protocolNumber = bytes.byte(at: next)
                next += Int(bytes.byte(at: next + 1)) * 4 + 8
            case 44:
                fragmentOffset = bytes.uint16(at: next + 2) >> 3
                fragmentID = bytes.uint32(at: next + 4)
                parts.insert(.fragment)
                protocolNumber = bytes.byte(at: next)
                next += 8
                if fragmentOffset != 0 { return }
            default: return readTransport(bytes, at: next)
            }
        }
        readTransport(bytes, at: next)
    }

    private mutating func readTransport(_ bytes: RawSpan, at offset: Int) {
        readPorts(bytes, at: offset)
        if readsTunnels, offset < bytes.byteCount {
            readTunnel(bytes.extracting(offset..<bytes.byteCount))
        }
    }

    private mutating func readPorts(_ bytes: RawSpan, at offset: Int) {
        guard let known = IPProtocol(rawValue: protocolNumber) else { return }
        switch known {
        case .icmp, .icmpv6:
            guard offset + 2 <= bytes.byteCount else { return }
            icmpType = bytes.byte(at: offset)
            icmpCode = bytes.byte(at: offset + 1)
            parts.insert(.icmp)
        case .tcp, .udp, .dccp, .sctp, .udpLite:
            guard offset + 4 <= bytes.byteCount else { return }
            sourcePort = bytes.uint16(at: offset)
            destinationPort = bytes.uint16(at: offset + 2)
            parts.insert(.ports)
            guard known == .tcp, offset + 14 <= bytes.byteCount else { return }
            // RFC 9293 §3.1: data offset (4 bits), reserved, flags.
            tcpFlags = bytes.uint16(at: offset + 12) & 0x0fff
            parts.insert(.tcp)
        }
    }
}
