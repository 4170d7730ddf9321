import Core

/// Joins the lines of one file that belong together, with LF between them.
///
/// Holds one group of lines until a line comes that does not belong to it, somebody flushes it, or
/// it would get longer than the limit.
public final class MultilineJoiner {
    private let matcher: MultilineMatcher
    private let limit: Int
    private var state: MultilineMatcher.State?
    private var text = ByteBuffer()
    /// Where the group's first line starts in the file; `nil` without a group.
    public private(set) var start: Int?

    /// - Parameter limit: most bytes of a group; what follows is no part of it.
    public init(_ matcher: MultilineMatcher, limit: Int) {
        self.matcher = matcher
        self.limit = limit
    }

    /// Takes the next line.
    ///
    /// - Parameter offset: where the line starts in the file.
    /// - Parameter emit: gets groups and lines that belong to none, with the start of each.
    public func add(_ line: RawSpan, at offset: Int, _ emit: (RawSpan, Int) -> Void) {
        if let state, text.count + 1 + line.byteCount <= limit,
            let next = matcher.next(after: state, line)
        {
            text.append(UInt8(ascii: "\n"))
            text.append(line)
            self.state = next
            if next.isEnd { flush(emit) }
            return
        }
        flush(emit)
        guard let first = matcher.begin(line) else { return emit(line, offset) }
        state = first
        start = offset
        text.append(line)
    }

    /// Hands out the group as far as it got.
    public func flush(_ emit: (RawSpan, Int) -> Void) {
        guard let start else { return }
        emit(text.bytes, start)
        self.start = nil
        state = nil
        text.removeAll(keepingAtMost: 64 << 10)
    }
}
