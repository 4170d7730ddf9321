/// A growable buffer of bytes with one owner, reused between batches.
///
/// Keeps `slack` readable and writable bytes behind its end, so that block copies may run over.
@safe
public struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: the storage has one owner and no other reference.
    public static let slack = 64

    @usableFromInline var storage: UnsafeMutableRawPointer
    public private(set) var capacity: Int
    /// Bytes written.
    @usableFromInline var length: Int

    public init(capacity: Int = 0) {
        // The allocation is owned by this value and freed in deinit.
        unsafe storage = UnsafeMutableRawPointer.allocate(
            byteCount: capacity + Self.slack, alignment: 64)
        self.capacity = capacity
        length = 0
    }

    deinit { unsafe storage.deallocate() }

    @inlinable
    public var count: Int { length }

    @inlinable
    public var isEmpty: Bool { length == 0 }

    /// The bytes written so far.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // The span covers initialised bytes of storage that this borrow keeps alive.
            let span = unsafe RawSpan(
                _unsafeStart: UnsafeRawPointer(storage), byteCount: length)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Calls `body` with the bytes written so far; for buffers that a class holds.
    @inlinable
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// Empties the buffer and keeps its storage.
    @inlinable
    public mutating func removeAll() { length = 0 }

    /// Empties the buffer and gives storage above `limit` bytes back.
    public mutating func removeAll(keepingAtMost limit: Int) {
        length = 0
        if capacity > limit { self = ByteBuffer(capacity: limit) }
    }

    /// Forgets the bytes from `newCount` on.
    public mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= length)
        length = newCount
    }

    /// Makes room for `count` more bytes.
    @inlinable
    public mutating func reserve(_ count: Int) {
        if length &+ count > capacity { grow(by: count) }
    }

    @usableFromInline
    mutating func grow(by count: Int) {
        let wanted = Swift.max(length + count, capacity * 2, 256)
        // Both regions hold at least `length` bytes and do not overlap.
        let bigger = UnsafeMutableRawPointer.allocate(
            byteCount: wanted + Self.slack, alignment: 64)
        unsafe bigger.copyMemory(from: storage, byteCount: length)
        unsafe storage.deallocate()
        unsafe storage = bigger
        capacity = wanted
    }

    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        // reserve made room.
        unsafe storage.storeBytes(of: byte, toByteOffset: length, as: UInt8.self)
        length &+= 1
    }

    /// Appends in network byte order.
    @inlinable
    public mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        let size = MemoryLayout<Number>.size
        reserve(size)
        // reserve made room.
        unsafe storage.storeBytes(of: number.bigEndian, toByteOffset: length, as: Number.self)
        length &+= size
    }

    @inlinable
    public mutating func append(_ bytes: RawSpan) {
        let count = bytes.byteCount
        if count == 0 { return }
        reserve(count)
        // reserve made room; a span never overlaps the storage of a buffer being mutated.
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                unsafe (storage + length).copyMemory(from: base, byteCount: count)
            }
        }
        length &+= count
    }

    /// Appends all bytes of another buffer.
    public mutating func append(contentsOf other: borrowing ByteBuffer) {
        append(other.bytes)
    }

    public mutating func append(_ text: some StringProtocol) {
        for byte in text.utf8 { append(byte) }
    }

    /// Appends a text and before it its length as 16 bits, as `ByteReader.readShort` reads it; what
    /// is beyond 65,535 bytes is left out.
    public mutating func append(short text: String) {
        let bytes = text.utf8.prefix(0xffff)
        append(bigEndian: UInt16(bytes.count))
        for byte in bytes { append(byte) }
    }

    @inlinable
    public mutating func append(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        reserve(count)
        // A static string's storage holds `count` bytes; reserve made room.
        unsafe (storage + length).copyMemory(from: text.utf8Start, byteCount: count)
        length &+= count
    }

    @inlinable
    public mutating func append(repeating byte: UInt8, count: Int) {
        reserve(count)
        // reserve made room.
        unsafe (storage + length).initializeMemory(as: UInt8.self, repeating: byte, count: count)
        length &+= count
    }

    /// Overwrites bytes that were written before, in network byte order.
    @inlinable
    public mutating func store<Number: FixedWidthInteger>(
        bigEndian number: Number, at offset: Int
    ) {
        precondition(offset >= 0 && offset &+ MemoryLayout<Number>.size <= length)
        // The precondition proves the bounds.
        unsafe storage.storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
    }

    /// Calls `body` with a part of the bytes to change.
    @inlinable
    mutating func withMutableBytes(
        from start: Int, count: Int, _ body: (inout MutableRawSpan) -> Void
    ) {
        precondition(start >= 0 && count >= 0 && start &+ count <= length)
        // The precondition proves the bounds; the span ends with the closure, which borrows self.
        var span = unsafe MutableRawSpan(_unsafeStart: storage + start, byteCount: count)
        body(&span)
    }

    /// Moves `count` bytes from one place of the buffer to another; the places may overlap.
    public mutating func move(from source: Int, to target: Int, count: Int) {
        precondition(source >= 0 && target >= 0 && count >= 0)
        precondition(source + count <= length && target + count <= length)
        // The preconditions prove the bounds; copyMemory allows overlap.
        unsafe (storage + target).copyMemory(from: storage + source, byteCount: count)
    }

    /// Lets `body` write at most `count` bytes at the end and say how many it wrote.
    ///
    /// The pointer has `count` + `slack` writable bytes. For encoders whose inner loop a profile
    /// names, and for system calls.
    @inlinable
    @unsafe
    public mutating func appendUnsafely<Failure: Error>(
        atMost count: Int, _ body: (UnsafeMutableRawPointer) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(count)
        let written = try unsafe body(storage + length)
        precondition(written >= 0 && written <= count)
        length &+= written
    }

    /// Calls `body` with the bytes as a pointer, for system calls and C libraries.
    @inlinable
    @unsafe
    public borrowing func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: storage, count: length))
    }
}
