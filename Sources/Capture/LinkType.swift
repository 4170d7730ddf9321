import Core

/// The kind of header in front of a captured packet's network layer.
///
/// - Source: tcpdump.org/linktypes.html.
struct LinkType: RawRepresentable, Hashable, Sendable {
    var rawValue: UInt32

    static let null = LinkType(rawValue: 0)
    static let ethernet = LinkType(rawValue: 1)
    /// Raw IP as OpenBSD and other systems number it.
    static let rawBSD = LinkType(rawValue: 12)
    static let rawOpenBSD = LinkType(rawValue: 14)
    static let raw = LinkType(rawValue: 101)
    static let loop = LinkType(rawValue: 108)
    static let linuxCooked = LinkType(rawValue: 113)
    static let ipv4 = LinkType(rawValue: 228)
    static let ipv6 = LinkType(rawValue: 229)
    static let linuxCooked2 = LinkType(rawValue: 276)
}

/// What lies behind a link layer header.
enum LinkPayload: Equatable {
    /// An IPv4 or IPv6 packet at this offset.
    case ip(at: Int)
    /// Another protocol: ARP, LLDP...
    case other
    /// The header is longer than the bytes.
    case truncated
    case unsupportedLink
}

extension LinkType {
    /// Finds the IP packet in a captured frame.
    func payload(of frame: RawSpan) -> LinkPayload {
        switch self {
        case .ethernet: EtherType.payload(of: frame, typeAt: 12)
        case .linuxCooked: EtherType.payload(of: frame, typeAt: 14)
        case .linuxCooked2: EtherType.payload(of: frame, typeAt: 0, headerLength: 20)
        case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6:
            frame.byteCount > 0 ? .ip(at: 0) : .truncated
        case .null, .loop: Self.loopbackPayload(of: frame)
        default: .unsupportedLink
        }
    }

    /// The address family comes in the byte order of the capturing machine, which may not be the
    /// file's; its numbers are small enough to be read either way.
    private static func loopbackPayload(of frame: RawSpan) -> LinkPayload {
        guard frame.byteCount >= 4 else { return .truncated }
        let family = frame.uint32(at: 0)
        switch min(family, family.byteSwapped) {
        // AF_INET; AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, Darwin.
        case 2, 10, 23, 24, 28, 30: return .ip(at: 4)
        default: return .other
        }
    }
}

/// The numbers that say which protocol a frame carries, and the tags that may stand before it.
enum EtherType {
    private static let ipv4: UInt16 = 0x0800
    private static let ipv6: UInt16 = 0x86dd
    private static let pppoeSession: UInt16 = 0x8864
    private static let mpls: UInt16 = 0x8847

    /// - Parameters:
    ///   - typeAt: offset of the EtherType.
    ///   - headerLength: where the content begins when it does not follow the type at once.
    static func payload(
        of frame: RawSpan, typeAt: Int, headerLength: Int? = nil
    ) -> LinkPayload {
        guard frame.byteCount >= typeAt + 2, frame.byteCount >= headerLength ?? 0 else {
            return .truncated
        }
        var type = frame.uint16(at: typeAt)
        var offset = headerLength ?? typeAt + 2
        while isTag(type) {
            guard frame.byteCount >= offset + 4 else { return .truncated }
            type = frame.uint16(at: offset + 2)
            offset += 4
        }
        switch type {
        case ipv4, ipv6: return .ip(at: offset)
        case pppoeSession: return pppoePayload(of: frame, at: offset)
        case mpls: return mplsPayload(of: frame, at: offset)
        default: return .other
        }
    }

    /// 802.1Q and 802.1ad tags, and the numbers used for stacked tags before 802.1ad.
    private static func isTag(_ type: UInt16) -> Bool {
        switch type {
        case 0x8100, 0x88a8, 0x9100, 0x9200: true
        default: false
        }
    }

    /// RFC 2516 §4: six bytes of header, then the PPP protocol.
    private static func pppoePayload(of frame: RawSpan, at offset: Int) -> LinkPayload {
        guard frame.byteCount >= offset + 8 else { return .truncated }
        switch frame.uint16(at: offset + 6) {
        case 0x0021, 0x0057: return .ip(at: offset + 8)
        default: return .other
        }
    }

    /// RFC 3032 §2.1: labels up to the one with the bottom-of-stack bit; what follows says its
    /// own version.
    private static func mplsPayload(of frame: RawSpan, at start: Int) -> LinkPayload {
        var offset = start
        while frame.byteCount >= offset + 5 {
            let isBottom = frame.byte(at: offset + 2) & 1 == 1
            offset += 4
            if isBottom {
                let version = frame.byte(at: offset) >> 4
                return version == 4 || version == 6 ? .ip(at: offset) : .other
            }
        }
        return .truncated
    }
}
