import Core
import System

/// Cuts a stream of bytes into lines of bounded length.
///
/// Lines end with LF or CR LF; empty lines are skipped. A line longer than the limit comes in
/// pieces of that length.
struct LineSplitter: ~Copyable {
    private let limit: Int
    private var buffer = ByteBuffer()
    /// Bytes at the start of the buffer that hold no line end.
    private var searched = 0
    /// Whether a piece of the line at the start of the buffer was handed out already.
    private var isInsideLongLine = false

    init(limit: Int) { self.limit = limit }

    /// Reads more bytes.
    ///
    /// - Returns: bytes read; 0 at the end.
    mutating func read(
        from file: borrowing FileDescriptor, atMost count: Int
    ) throws(OperationError) -> Int {
        try file.read(into: &buffer, atMost: count, target: "standard input")
    }

    mutating func append(_ bytes: RawSpan) { buffer.append(bytes) }

    /// Calls `body` with every complete line and forgets it.
    ///
    /// - Parameter isAtEnd: takes the bytes after the last line end for a line, too.
    /// - Parameter body: gets the line and whether it is a piece of one that is too long.
    mutating func takeLines(isAtEnd: Bool, _ body: (RawSpan, _ isPiece: Bool) -> Void) {
        var isInside = isInsideLongLine
        let start = LineSplitter.scan(
            buffer.bytes, from: searched, isAtEnd: isAtEnd, isInside: &isInside, limit: limit, body)
        isInsideLongLine = isInside
        let rest = buffer.count - start
        if start > 0 { buffer.move(from: start, to: 0, count: rest) }
        buffer.truncate(to: rest)
        searched = rest
    }

    /// Hands out the lines of `bytes`.
    ///
    /// - Returns: where the bytes begin that were not handed out.
    private static func scan(
        _ bytes: RawSpan, from searched: Int, isAtEnd: Bool, isInside: inout Bool, limit: Int,
        _ body: (RawSpan, Bool) -> Void
    ) -> Int {
        var start = 0
        var from = searched
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: from) {
            emit(bytes, start..<end, limit, &isInside, isWhole: true, body)
            isInside = false
            start = end + 1
            from = start
        }
        return emit(
            bytes, start..<bytes.byteCount, limit, &isInside, isWhole: isAtEnd, body)
    }

    /// Hands out pieces of a line while it is too long and then, when it is whole, the rest.
    ///
    /// - Returns: where the bytes begin that were not handed out.
    @discardableResult
    private static func emit(
        _ bytes: RawSpan, _ range: Range<Int>, _ limit: Int, _ isInside: inout Bool, isWhole: Bool,
        _ body: (RawSpan, Bool) -> Void
    ) -> Int {
        var start = range.lowerBound
        while range.upperBound - start > limit {
            body(bytes.extracting(start..<start + limit), true)
            start += limit
            isInside = true
        }
        guard isWhole else { return start }
        var end = range.upperBound
        if end > start, bytes.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        if end > start { body(bytes.extracting(start..<end), isInside) }
        return range.upperBound
    }
}
