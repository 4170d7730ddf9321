public import Core

/// Cuts a stream of bytes that arrives in parts into lines of bounded length.
///
/// Lines end with LF or CR LF; empty lines are skipped. A line longer than the limit comes in
/// pieces of that length.
public struct LineSplitter: ~Copyable {
    private var cutter: LineCutter
    private var buffer = ByteBuffer()
    /// Bytes at the start of the buffer that hold no line end.
    private var searched = 0

    public init(limit: Int) { cutter = LineCutter(limit: limit) }

    public mutating func append(_ bytes: RawSpan) { buffer.append(bytes) }

    /// Lets `body` append bytes, such as by reading a file.
    public mutating func append<Result, Failure: Error>(
        _ body: (inout ByteBuffer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(&buffer)
    }

    /// Calls `body` with every complete line and forgets it.
    ///
    /// - Parameter isAtEnd: takes the bytes after the last line end for a line, too.
    /// - Parameter body: gets the line and whether it is a piece of one that is too long.
    public mutating func takeLines(isAtEnd: Bool, _ body: (RawSpan, _ isPiece: Bool) -> Void) {
        var cutter = self.cutter
        let start = cutter.cut(buffer.bytes, searched: searched, isAtEnd: isAtEnd) {
            line, _, isPiece in
            if line.byteCount > 0 { body(line, isPiece) }
        }
        self.cutter = cutter
        let rest = buffer.count - start
        if start > 0 { buffer.move(from: start, to: 0, count: rest) }
        buffer.truncate(to: rest)
        searched = rest
    }
}
