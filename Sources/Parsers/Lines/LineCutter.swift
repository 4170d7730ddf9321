import Core

/// Cuts bytes into lines of bounded length.
///
/// Lines end with LF or CR LF. A line longer than the limit comes in pieces of that length, the
/// last one shorter.
public struct LineCutter: Sendable {
    private let limit: Int
    /// Whether the bytes that come next go on with a line of which pieces were handed out.
    public private(set) var isInsideLongLine: Bool

    /// - Parameter isInsideLongLine: for bytes that begin behind a piece.
    public init(limit: Int, isInsideLongLine: Bool = false) {
        self.limit = limit
        self.isInsideLongLine = isInsideLongLine
    }

    /// Calls `body` with every complete line, the empty ones included.
    ///
    /// - Parameter searched: bytes at the start that are known to hold no line end.
    /// - Parameter isAtEnd: takes the bytes after the last line end for a line, too.
    /// - Parameter body: gets the line, where it starts in `bytes`, and whether it is a piece of
    ///   one that is too long.
    /// - Returns: where the bytes begin that were not handed out.
    public mutating func cut(
        _ bytes: RawSpan, searched: Int = 0, isAtEnd: Bool,
        _ body: (_ line: RawSpan, _ start: Int, _ isPiece: Bool) -> Void
    ) -> Int {
        var start = 0
        var from = searched
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: from) {
            start = takePieces(of: bytes, start..<end, body)
            takeRest(of: bytes, start..<end, body)
            start = end + 1
            from = start
        }
        let end = bytes.byteCount
        start = takePieces(of: bytes, start..<end, body)
        guard isAtEnd, start < end else { return start }
        takeRest(of: bytes, start..<end, body)
        return end
    }

    /// Hands out pieces while the line is too long.
    ///
    /// - Returns: where the rest begins, which is never empty unless the line is.
    private mutating func takePieces(
        of bytes: RawSpan, _ line: Range<Int>, _ body: (RawSpan, Int, Bool) -> Void
    ) -> Int {
        var start = line.lowerBound
        while line.upperBound - start > limit {
            body(bytes.extracting(start..<start + limit), start, true)
            start += limit
            isInsideLongLine = true
        }
        return start
    }

    private mutating func takeRest(
        of bytes: RawSpan, _ rest: Range<Int>, _ body: (RawSpan, Int, Bool) -> Void
    ) {
        var end = rest.upperBound
        if end > rest.lowerBound, bytes.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        body(bytes.extracting(rest.lowerBound..<end), rest.lowerBound, isInsideLongLine)
        isInsideLongLine = false
    }
}
