/// Bytes that an encoder reads at offsets it has proved before: a row, the constants of a run, the
/// literals of a shape.
///
/// Loads are checked in debug builds only; who makes a load names the proof.
@safe
struct ByteSource {
    // Points into memory that the encoder's caller keeps alive.
    let base: UnsafeRawPointer
    let count: Int
    /// Bytes from `base` on that may be read, the owner's slack included.
    let readable: Int

    @inline(__always)
    init(_ base: UnsafeRawPointer, count: Int, readable: Int) {
        unsafe self.base = base
        self.count = count
        self.readable = readable
    }

    @inline(__always)
    func byte(_ offset: Int) -> UInt8 {
        assert(offset >= 0 && offset < count)
        return unsafe base.load(fromByteOffset: offset, as: UInt8.self)
    }

    @inline(__always)
    func uint16(_ offset: Int) -> UInt16 {
        assert(offset >= 0 && offset + 2 <= count)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt16.self).byteSwapped
    }

    @inline(__always)
    func uint32(_ offset: Int) -> UInt32 {
        assert(offset >= 0 && offset + 4 <= count)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self).byteSwapped
    }

    @inline(__always)
    func uint64(_ offset: Int) -> UInt64 {
        assert(offset >= 0 && offset + 8 <= count)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self).byteSwapped
    }

    /// A big-endian number of 0 to 8 bytes.
    @inline(__always)
    func unsigned(_ offset: Int, length: Int) -> UInt64 {
        switch length {
        case 1: return UInt64(byte(offset))
        case 2: return UInt64(uint16(offset))
        case 4: return UInt64(uint32(offset))
        case 8: return uint64(offset)
        default:
            var value: UInt64 = 0
            for index in 0..<length { value = value << 8 | UInt64(byte(offset &+ index)) }
            return value
        }
    }

    /// The part that holds `length` bytes from `offset` on.
    @inline(__always)
    func part(_ offset: Int, length: Int) -> ByteSource {
        assert(offset >= 0 && length >= 0 && offset + length <= count)
        return unsafe ByteSource(base + offset, count: length, readable: readable &- offset)
    }

    @inline(__always)
    var isAllZero: Bool {
        for offset in 0..<count where byte(offset) != 0 { return false }
        return true
    }
}
