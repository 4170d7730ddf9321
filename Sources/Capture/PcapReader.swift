import Core

/// The 24 bytes at the start of a pcap file.
///
/// - Source: draft-ietf-opsawg-pcap, §4.
struct PcapFileHeader {
    static let byteCount = 24

    var order: ByteOrder
    /// Nanoseconds in one unit of a packet's time fraction.
    var fractionUnit: Int64
    var link: LinkType

    static func isMagic(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= 4 && variant(of: bytes.uint32(at: 0)) != nil
    }

    private static func variant(of magic: UInt32) -> (order: ByteOrder, unit: Int64)? {
        switch magic {
        case 0xa1b2_c3d4: (.big, 1000)
        case 0xd4c3_b2a1: (.little, 1000)
        case 0xa1b2_3c4d: (.big, 1)
        case 0x4d3c_b2a1: (.little, 1)
        default: nil
        }
    }

    /// Reads the header in front of a window that holds it.
    init?(_ window: borrowing ReadWindow) {
        guard let variant = Self.variant(of: window.uint32(at: 0, .big)) else { return nil }
        order = variant.order
        fractionUnit = variant.unit
        // The upper six bits speak of frame check sequences.
        link = LinkType(rawValue: window.uint32(at: 20, order) & 0x03ff_ffff)
    }
}

/// Reads the packets of a pcap file.
struct PcapReader: PacketReader {
    private static let recordHeaderLength = 16

    private var header: PcapFileHeader?
    private var hasEnded = false

    mutating func next(_ window: inout ReadWindow) throws(OperationError) -> PacketStep {
        if hasEnded { return .end }
        guard let header else { return try readHeader(&window) }
        guard try window.fill(Self.recordHeaderLength) else {
            return window.available == 0 ? .end : end(.captureTruncated, at: window.offset)
        }
        let seconds = window.uint32(at: 0, header.order)
        let fraction = window.uint32(at: 4, header.order)
        let length = Int(window.uint32(at: 8, header.order))
        let originalLength = Int(window.uint32(at: 12, header.order))
        // Records carry no mark to find the next one by, so a wrong length ends the file.
        guard length <= longestPacket else { return end(.captureBadBlock, at: window.offset) }
        window.advance(Self.recordHeaderLength)
        let isWhole = try window.fill(length)
        return .packet(
            CapturedPacket(
                time: Timestamp(
                    seconds: Int64(seconds), nanoseconds: Int64(fraction) * header.fractionUnit),
                link: header.link, length: isWhole ? length : window.available,
                originalLength: max(originalLength, length), trailerLength: 0,
                isCutOff: !isWhole))
    }

    private mutating func readHeader(
        _ window: inout ReadWindow
    ) throws(OperationError) -> PacketStep {
        guard try window.fill(PcapFileHeader.byteCount) else {
            return end(.captureTruncated, at: window.offset)
        }
        guard let header = PcapFileHeader(window) else {
            return end(.captureUnknownFormat, at: window.offset)
        }
        self.header = header
        window.advance(PcapFileHeader.byteCount)
        return try next(&window)
    }

    private mutating func end(_ code: ErrorCode, at offset: Int) -> PacketStep {
        hasEnded = true
        return .damage(DecodeError(code, at: offset))
    }
}
