/// Checked reads at an offset, in network byte order.
///
/// An offset outside the span is a programming error and traps; callers compare with `byteCount`
/// first. Reads need no alignment.
extension RawSpan {
    @inlinable
    public func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount)
        // The precondition above proves the bounds.
        return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    @inlinable
    public func uint16(at offset: Int) -> UInt16 {
        precondition(offset >= 0 && offset <= byteCount - 2)
        return unsafe UInt16(
            bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inlinable
    public func uint32(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset <= byteCount - 4)
        return unsafe UInt32(
            bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable
    public func uint64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= byteCount - 8)
        return unsafe UInt64(
            bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Reads the whole span, 0 to 8 bytes, as one big-endian number.
    ///
    /// IPFIX sends numbers in fewer bytes than their type has (RFC 7011 §6.2).
    @inlinable
    public func unsigned() -> UInt64 {
        switch byteCount {
        case 0: return 0
        case 1: return UInt64(byte(at: 0))
        case 2: return UInt64(uint16(at: 0))
        case 4: return UInt64(uint32(at: 0))
        case 8: return uint64(at: 0)
        default:
            var value: UInt64 = 0
            for offset in 0..<Swift.min(byteCount, 8) {
                value = value << 8 | UInt64(byte(at: offset))
            }
            return value
        }
    }

    /// The offset of the first `wanted` at or after `start`, or `nil`.
    @inlinable
    public func firstIndex(of wanted: UInt8, from start: Int = 0) -> Int? {
        firstIndex(of: wanted, or: wanted, from: start)
    }

    /// The offset of the first byte at or after `start` that is `one` or `other`, or `nil`.
    @inlinable @inline(__always)
    public func firstIndex(of one: UInt8, or other: UInt8, from start: Int) -> Int? {
        var offset = Swift.max(start, 0)
        // Eight bytes at a time: a zero byte in `word ^ pattern` marks a hit (SWAR).
        while offset &+ 8 <= byteCount {
            let hits = marks(of: one, or: other, at: offset)
            if hits != 0 { return offset &+ hits.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        if offset >= byteCount { return nil }
        guard byteCount >= 8 else {
            while offset < byteCount {
                let found = byte(at: offset)
                if found == one || found == other { return offset }
                offset &+= 1
            }
            return nil
        }
        // The last eight bytes, without those that were looked at.
        let last = byteCount &- 8
        let hits = marks(of: one, or: other, at: last) >> UInt64((offset &- last) &* 8)
        return hits == 0 ? nil : offset &+ hits.trailingZeroBitCount / 8
    }

    /// The highest bit of each of the eight bytes at `offset` that is `one` or `other`.
    ///
    /// The first byte is the lowest. Bits above the lowest one that is set may be wrong.
    @inlinable @inline(__always)
    func marks(of one: UInt8, or other: UInt8, at offset: Int) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // The callers' conditions prove the bounds.
        let word = unsafe UInt64(
            littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let first = word ^ UInt64(one) &* ones
        var hits = (first &- ones) & ~first
        if one != other {
            let second = word ^ UInt64(other) &* ones
            hits |= (second &- ones) & ~second
        }
        return hits & 0x8080_8080_8080_8080
    }

    /// Whether the same bytes as `text` stand at `offset`.
    ///
    /// Inlined, so that a literal becomes one or two numbers to compare with.
    @inlinable @inline(__always)
    public func hasBytes(of text: StaticString, at offset: Int = 0) -> Bool {
        let count = text.utf8CodeUnitCount
        guard offset >= 0, offset &+ count <= byteCount else { return false }
        switch count {
        case 8...:
            var index = 0
            while index &+ 8 <= count {
                if !isSame(UInt64.self, text, index, at: offset) { return false }
                index &+= 8
            }
            return isSame(UInt64.self, text, count &- 8, at: offset)
        case 4...:
            return isSame(UInt32.self, text, 0, at: offset)
                && isSame(UInt32.self, text, count &- 4, at: offset)
        case 2...:
            return isSame(UInt16.self, text, 0, at: offset)
                && isSame(UInt16.self, text, count &- 2, at: offset)
        case 1: return isSame(UInt8.self, text, 0, at: offset)
        default: return true
        }
    }

    /// Whether the bytes from `index` of `text` stand at `offset` and `index`.
    @inlinable @inline(__always)
    func isSame<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, _ text: StaticString, _ index: Int, at offset: Int
    ) -> Bool {
        // A static string's storage lives for ever; the caller has compared with both lengths.
        unsafe UnsafeRawPointer(text.utf8Start).loadUnaligned(fromByteOffset: index, as: type)
            == unsafeLoadUnaligned(fromByteOffset: offset &+ index, as: type)
    }

    /// Whether both spans hold the same bytes.
    @inlinable
    public func hasSameBytes(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var offset = 0
        while offset &+ 8 <= byteCount {
            if uint64(at: offset) != other.uint64(at: offset) { return false }
            offset &+= 8
        }
        if offset == byteCount { return true }
        // The last eight bytes, some of them once more.
        if byteCount >= 8 { return uint64(at: byteCount &- 8) == other.uint64(at: byteCount &- 8) }
        while offset < byteCount {
            if byte(at: offset) != other.byte(at: offset) { return false }
            offset &+= 1
        }
        return true
    }

    /// A copy of the bytes.
    public func makeArray() -> [UInt8] {
        // The buffer lives for the closure only.
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// The bytes as text; invalid UTF-8 becomes U+FFFD.
    ///
    /// Allocates: for messages and settings, not for records.
    public func makeString() -> String {
        // The buffer lives for the closure only.
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension MutableRawSpan {
    /// Stores a number in network byte order; an offset outside the span traps.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(
        _ number: Number, at offset: Int
    ) {
        storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
    }
}

extension Array where Element == UInt8 {
    /// Calls `body` with the array's bytes.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Any bytes are a valid UInt8; 6.3 still calls `bytes` unsafe.
        try body(unsafe span.bytes)
    }
}
