import Core

/// The network layer of a packet: who sends to whom, and where the transport layer lies.
struct IPPacket {
    var source: IPAddress
    var destination: IPAddress
    /// IANA protocol number of the payload, behind all extension headers.
    var transport: UInt8
    /// The payload as a range of the bytes that were read; a fragment's data if it is one.
    var payload: Range<Int>
    /// Whether the file has fewer bytes of the packet than its length field says.
    var isTruncated: Bool
    var fragment: Fragment?

    /// A fragment's place in its packet.
    struct Fragment: Equatable {
        var identification: UInt32
        /// Bytes from the start of the fragmentable part.
        var offset: Int
        var hasMore: Bool
    }

    /// Reads the headers of an IPv4 or IPv6 packet.
    ///
    /// - Parameter bytes: from the IP header on; a link layer's trailer may follow the packet.
    /// - Throws: `captureTruncated` when the headers are cut off, `captureBadPacket` when they
    ///   contradict themselves; offsets count from the IP header.
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount > 0 else { throw DecodeError(.captureTruncated, at: 0) }
        switch bytes.byte(at: 0) >> 4 {
        case 4: try self.init(v4: bytes)
        case 6: try self.init(v6: bytes)
        default: throw DecodeError(.captureBadPacket, at: 0)
        }
    }

    /// RFC 791 §3.1.
    private init(v4 bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= 20 else { throw DecodeError(.captureTruncated, at: 0) }
        let headerLength = Int(bytes.byte(at: 0) & 0x0f) * 4
        guard headerLength >= 20 else { throw DecodeError(.captureBadPacket, at: 0) }
        guard bytes.byteCount >= headerLength else { throw DecodeError(.captureTruncated, at: 20) }
        var totalLength = Int(bytes.uint16(at: 2))
        // Captures of packets that the network card was to cut up have length 0.
        if totalLength == 0 { totalLength = bytes.byteCount }
        guard totalLength >= headerLength else { throw DecodeError(.captureBadPacket, at: 2) }
        source = IPAddress(v4: bytes.uint32(at: 12))
        destination = IPAddress(v4: bytes.uint32(at: 16))
        transport = bytes.byte(at: 9)
        payload = headerLength..<min(totalLength, bytes.byteCount)
        isTruncated = totalLength > bytes.byteCount
        let flags = bytes.uint16(at: 6)
        let hasMore = flags & 0x2000 != 0
        let offset = Int(flags & 0x1fff) * 8
        if hasMore || offset > 0 {
            fragment = Fragment(
                identification: UInt32(bytes.uint16(at: 4)), offset: offset, hasMore: hasMore)
        }
    }

    /// RFC 8200 §3.
    private init(v6 bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= 40 else { throw DecodeError(.captureTruncated, at: 0) }
        source = IPAddress(high: bytes.uint64(at: 8), low: bytes.uint64(at: 16))
        destination = IPAddress(high: bytes.uint64(at: 24), low: bytes.uint64(at: 32))
        let payloadLength = Int(bytes.uint16(at: 4))
        // Jumbograms and segmentation offload have length 0.
        let end = payloadLength == 0 ? bytes.byteCount : 40 + payloadLength
        transport = bytes.byte(at: 6)
        payload = 40..<min(end, bytes.byteCount)
        isTruncated = end > bytes.byteCount
        try skipExtensions(of: bytes)
    }

    /// Reads a packet put together from fragments.
    ///
    /// - Parameter bytes: the fragmentable part; IPv6 extension headers may come first.
    init(
        reassembled bytes: RawSpan, from source: IPAddress, to destination: IPAddress,
        transport: UInt8
    ) throws(DecodeError) {
        self.source = source
        self.destination = destination
        self.transport = transport
        payload = 0..<bytes.byteCount
        isTruncated = false
        if destination.v4 == nil { try skipExtensions(of: bytes) }
        // A fragment inside a reassembled packet is nothing a sane sender makes.
        if fragment != nil { throw DecodeError(.captureBadPacket, at: 0) }
    }

    /// Moves `payload` behind the extension headers (RFC 8200 §4, RFC 4302, RFC 6275, RFC 7401,
    /// RFC 5533), or to a fragment's data.
    private mutating func skipExtensions(of bytes: RawSpan) throws(DecodeError) {
        while true {
            let start = payload.lowerBound
            let unit: Int
            switch transport {
            case 0, 43, 60, 135, 139, 140: unit = 8
            case 51: unit = 4
            case 44: unit = 0
            default: return
            }
            guard payload.count >= 8 else {
                throw DecodeError(isTruncated ? .captureTruncated : .captureBadPacket, at: start)
            }
            transport = bytes.byte(at: start)
            if unit == 0 {
                payload = start + 8..<payload.upperBound
                let place = bytes.uint16(at: start + 2)
                let hasMore = place & 1 != 0
                // An atomic fragment (RFC 6946) is a whole packet.
                if place & 0xfff9 == 0 { continue }
                fragment = Fragment(
                    identification: bytes.uint32(at: start + 4), offset: Int(place & 0xfff8),
                    hasMore: hasMore)
                return
            }
            // Units of 8 bytes beyond the first, or of 4 beyond the first two.
            let count = Int(bytes.byte(at: start + 1))
            let length = unit == 8 ? (count + 1) * 8 : (count + 2) * 4
            guard length <= payload.count else {
                throw DecodeError(isTruncated ? .captureTruncated : .captureBadPacket, at: start)
            }
            payload = start + length..<payload.upperBound
        }
    }
}

/// IANA protocol numbers that a capture's summary tells apart.
enum TransportProtocol {
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
}
