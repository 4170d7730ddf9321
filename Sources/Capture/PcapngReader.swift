import Core

/// Reads the packets of a pcapng file: several sections, each with its own byte order and
/// interfaces.
///
/// - Source: draft-ietf-opsawg-pcapng.
struct PcapngReader: PacketReader {
    /// Block types of §4; all others are skipped.
    private enum BlockType {
        static let interface: UInt32 = 1
        static let obsoletePacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
        static let sectionHeader: UInt32 = 0x0a0d_0d0a
    }

    private static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
    /// Interfaces of one section that are remembered.
    private static let interfaceLimit = 65_536
    /// Longest interface description that is read.
    private static let longestDescription = 1 << 20

    private var order = ByteOrder.little
    private var interfaces: [PcapngInterface] = []
    private var hasEnded = false

    static func isSectionHeader(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 12, bytes.uint32(at: 0) == BlockType.sectionHeader else {
            return false
        }
        let magic = bytes.uint32(at: 8)
        return magic == byteOrderMagic || magic.byteSwapped == byteOrderMagic
    }

    mutating func next(_ window: inout ReadWindow) throws(OperationError) -> PacketStep {
        while !hasEnded {
            guard try window.fill(12) else {
                return window.available == 0 ? .end : end(.captureTruncated, at: window.offset)
            }
            // A section header reads the same in both orders and says which one follows.
            if window.uint32(at: 0, .big) == BlockType.sectionHeader {
                guard beginSection(window) else { return end(.captureBadBlock, at: window.offset) }
            }
            let type = window.uint32(at: 0, order)
            let length = Int(window.uint32(at: 4, order))
            guard length >= 12 else { return end(.captureBadBlock, at: window.offset) }
            // Lengths are multiples of 4; readers should round up what is not (§3.1).
            let paddedLength = (length + 3) & ~3
            switch type {
            case BlockType.enhancedPacket, BlockType.obsoletePacket, BlockType.simplePacket:
                return try packet(type, blockLength: paddedLength, &window)
            case BlockType.interface:
                let start = window.offset
                guard try readInterface(blockLength: paddedLength, &window) else {
                    return end(.captureBadBlock, at: start)
                }
            default:
                let start = window.offset
                guard try window.skip(paddedLength) else {
                    return end(.captureTruncated, at: start)
                }
            }
        }
        return .end
    }

    private mutating func end(_ code: ErrorCode, at offset: Int) -> PacketStep {
        hasEnded = true
        return .damage(DecodeError(code, at: offset))
    }

    private mutating func beginSection(_ window: borrowing ReadWindow) -> Bool {
        let magic = window.uint32(at: 8, .big)
        guard magic == Self.byteOrderMagic || magic.byteSwapped == Self.byteOrderMagic else {
            return false
        }
        order = magic == Self.byteOrderMagic ? .big : .little
        interfaces.removeAll(keepingCapacity: true)
        return true
    }

    private mutating func readInterface(
        blockLength: Int, _ window: inout ReadWindow
    ) throws(OperationError) -> Bool {
        guard blockLength >= 20, blockLength <= Self.longestDescription,
            interfaces.count < Self.interfaceLimit, try window.fill(blockLength)
        else { return false }
        interfaces.append(PcapngInterface(window, blockLength: blockLength, order))
        window.advance(blockLength)
        return true
    }

    /// Reads the fields in front of a packet's bytes (§4.3, §4.4, appendix A).
    private mutating func packet(
        _ type: UInt32, blockLength: Int, _ window: inout ReadWindow
    ) throws(OperationError) -> PacketStep {
        let start = window.offset
        let headerLength = type == BlockType.simplePacket ? 12 : 28
        // A packet block ends with its length once more.
        let room = blockLength - headerLength - 4
        guard room >= 0, room <= longestPacket + (1 << 20) else {
            return end(.captureBadBlock, at: start)
        }
        guard try window.fill(headerLength) else { return end(.captureTruncated, at: start) }
        var index = 0
        var time: UInt64 = 0
        var length = room
        let originalLength: Int
        if type == BlockType.simplePacket {
            originalLength = Int(window.uint32(at: 8, order))
            length = min(length, originalLength)
            if let snapLength = interfaces.first?.snapLength, snapLength > 0 {
                length = min(length, snapLength)
            }
        } else {
            index =
                type == BlockType.enhancedPacket
                ? Int(window.uint32(at: 8, order)) : Int(window.uint16(at: 8, order))
            time = UInt64(window.uint32(at: 12, order)) << 32
            time |= UInt64(window.uint32(at: 16, order))
            length = Int(window.uint32(at: 20, order))
            originalLength = Int(window.uint32(at: 24, order))
        }
        guard interfaces.indices.contains(index), length <= room else {
            return try skipBlock(blockLength, from: start, &window)
        }
        window.advance(headerLength)
        let isWhole = try window.fill(length)
        return .packet(
            CapturedPacket(
                time: interfaces[index].timestamp(time), link: interfaces[index].link,
                length: isWhole ? length : window.available,
                originalLength: max(originalLength, length),
                trailerLength: room - length + 4, isCutOff: !isWhole))
    }

    private mutating func skipBlock(
        _ length: Int, from start: Int, _ window: inout ReadWindow
    ) throws(OperationError) -> PacketStep {
        guard try window.skip(length) else { return end(.captureTruncated, at: start) }
        return .damage(DecodeError(.captureBadBlock, at: start))
    }
}
