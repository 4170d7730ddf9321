import Core

/// The header of a UDP datagram (RFC 768).
struct UDPHeader {
    static let byteCount = 8

    var sourcePort: UInt16
    var destinationPort: UInt16
    /// The datagram's data as a range of the bytes that were read.
    var payload: Range<Int>
    /// Whether the bytes end before the datagram does.
    var isTruncated: Bool

    /// - Parameter bytes: the IP packet's payload.
    /// - Throws: `captureTruncated` when the header is cut off, `captureBadPacket` when its length
    ///   is less than the header's.
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.byteCount else { throw DecodeError(.captureTruncated, at: 0) }
        sourcePort = bytes.uint16(at: 0)
        destinationPort = bytes.uint16(at: 2)
        let length = Int(bytes.uint16(at: 4))
        // Length 0 stands for the rest of a jumbogram (RFC 2675 §4).
        let end = length == 0 ? bytes.byteCount : length
        guard end >= Self.byteCount else { throw DecodeError(.captureBadPacket, at: 4) }
        payload = Self.byteCount..<min(end, bytes.byteCount)
        isTruncated = end > bytes.byteCount
    }
}
