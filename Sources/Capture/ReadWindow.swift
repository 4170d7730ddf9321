import Core

/// A part of a file in memory, moved forward as its reader goes on.
///
/// Holds what the reader asked for and at most one read more, never the whole file.
struct ReadWindow: ~Copyable {
    /// Bytes asked of the source at once: large reads cost the fewest system calls.
    private static let readSize = 256 << 10

    let source: any ByteStream
    private var buffer: ByteBuffer
    /// Bytes of `buffer` that lie behind the reader.
    private var start = 0
    private var isAtEnd = false
    /// Bytes from the start of the file to the reader.
    private(set) var offset = 0

    /// - Parameter beginning: what was read of the source before.
    init(_ source: any ByteStream, beginning: consuming ByteBuffer = ByteBuffer()) {
        self.source = source
        buffer = beginning
    }

    /// Bytes in memory in front of the reader.
    var available: Int { buffer.count - start }

    /// Reads on until `count` bytes lie in front of the reader.
    ///
    /// - Returns: `false` when the file ends earlier; what it has is then available.
    mutating func fill(_ count: Int) throws(OperationError) -> Bool {
        if available >= count { return true }
        discardConsumed()
        while available < count, !isAtEnd {
            let wanted = max(Self.readSize, count - available)
            isAtEnd = try source.read(into: &buffer, atMost: wanted) == 0
        }
        return available >= count
    }

    private mutating func discardConsumed() {
        if start == 0 { return }
        let rest = available
        if rest > 0 { buffer.move(from: start, to: 0, count: rest) }
        buffer.truncate(to: rest)
        start = 0
    }

    /// Moves on over bytes that are available.
    mutating func advance(_ count: Int) {
        precondition(count >= 0 && count <= available)
        start += count
        offset += count
    }

    /// Moves on over bytes that need not be in memory.
    ///
    /// - Returns: `false` when the file ends earlier; the reader then stands at its end.
    mutating func skip(_ count: Int) throws(OperationError) -> Bool {
        var rest = count
        while rest > 0 {
            if available == 0, try !fill(1) { return false }
            let step = min(rest, available)
            advance(step)
            rest -= step
        }
        return true
    }

    /// Calls `body` with `range` of the available bytes, counted from the reader.
    borrowing func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(buffer.bytes.extracting(start + range.lowerBound..<start + range.upperBound))
    }

    func uint16(at offset: Int, _ order: ByteOrder) -> UInt16 {
        let number = withBytes(0..<available) { $0.uint16(at: offset) }
        return order == .big ? number : number.byteSwapped
    }

    func uint32(at offset: Int, _ order: ByteOrder) -> UInt32 {
        let number = withBytes(0..<available) { $0.uint32(at: offset) }
        return order == .big ? number : number.byteSwapped
    }

    func uint64(at offset: Int, _ order: ByteOrder) -> UInt64 {
        let number = withBytes(0..<available) { $0.uint64(at: offset) }
        return order == .big ? number : number.byteSwapped
    }
}

/// The order in which the machine that wrote a file stored numbers.
enum ByteOrder: Sendable {
    case big, little
}
