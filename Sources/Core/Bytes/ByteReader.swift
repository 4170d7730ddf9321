/// A forward cursor over bytes with checked big-endian reads.
///
/// Every read returns `nil` instead of trapping when the bytes end early, so a decoder decides
/// what a short input means. The reader borrows the bytes and cannot outlive them.
public struct ByteReader: ~Escapable {
    /// The bytes under the cursor.
    public let bytes: RawSpan
    @usableFromInline var position: Int

    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
        self.position = 0
    }

    /// The cursor: bytes read so far.
    @inlinable
    public var offset: Int { position }

    /// Bytes not read yet.
    @inlinable
    public var remaining: Int { bytes.byteCount &- position }

    @inlinable
    public var isAtEnd: Bool { position == bytes.byteCount }

    @inlinable
    public mutating func readUInt8() -> UInt8? {
        guard remaining >= 1 else { return nil }
        let value = bytes.byte(at: position)
        position &+= 1
        return value
    }

    @inlinable
    public mutating func readUInt16() -> UInt16? {
        guard remaining >= 2 else { return nil }
        let value = bytes.uint16(at: position)
        position &+= 2
        return value
    }

    @inlinable
    public mutating func readUInt32() -> UInt32? {
        guard remaining >= 4 else { return nil }
        let value = bytes.uint32(at: position)
        position &+= 4
        return value
    }

    @inlinable
    public mutating func readUInt64() -> UInt64? {
        guard remaining >= 8 else { return nil }
        let value = bytes.uint64(at: position)
        position &+= 8
        return value
    }

    /// Takes the next `count` bytes without copying them.
    @inlinable
    @_lifetime(copy self)
    public mutating func read(count: Int) -> RawSpan? {
        guard count >= 0, count <= remaining else { return nil }
        let part = bytes.extracting(position..<position &+ count)
        position &+= count
        return part
    }

    /// Takes bytes that are preceded by their number as 16 bits.
    @inlinable
    @_lifetime(copy self)
    public mutating func readShort() -> RawSpan? {
        guard remaining >= 2 else { return nil }
        let count = Int(bytes.uint16(at: position))
        guard count <= remaining &- 2 else { return nil }
        let part = bytes.extracting(position &+ 2..<position &+ 2 &+ count)
        position &+= 2 &+ count
        return part
    }

    /// Moves the cursor on; `false` leaves it where it was because fewer bytes remain.
    @inlinable
    public mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= remaining else { return false }
        position &+= count
        return true
    }
}
