import Core

/// Joins the pieces of one stream of a container to lines, and lines that belong together.
final class ContainerGroup {
    private let reader: ContainerReader
    /// Decides which lines belong together; `nil` when every one stands alone.
    private let matcher: MultilineMatcher?
    private let limit: Int
    /// The container's line that the group began with: all fields but the text are from it.
    private var head = ByteBuffer()
    private var text = ByteBuffer()
    /// Where the last line begins in `text`.
    private var lineStart = 0
    /// The bytes before it that were put between lines.
    private var separator = 0
    /// What `head` and `start` are for the group, for a last line that is not the first.
    private var lineHead = ByteBuffer()
    private var lineOffset = 0
    /// Whether the last line goes on.
    private var isPartial = false
    private var state: MultilineMatcher.State?
    /// Where the group begins in the file; `nil` without a group.
    private(set) var start: Int?

    /// - Parameter limit: most bytes of a group's text; what follows is no part of it.
    init(_ reader: ContainerReader, _ matcher: MultilineMatcher?, limit: Int) {
        self.reader = reader
        self.matcher = matcher
        self.limit = limit
    }

    /// Takes the line that was read last.
    ///
    /// - Parameter emit: gets the start of each record, which the reader then holds.
    func add(_ line: RawSpan, isPartial: Bool, at offset: Int, _ emit: (Int) -> Void) {
        if start != nil, text.count + (self.isPartial ? 0 : 1) + reader.textCount > limit {
            flush(emit)
            _ = reader.read(line)
        }
        if start == nil {
            if !isPartial, !reader.withText(beginsGroup) { return emit(offset) }
            start = offset
            head.append(line)
        } else if !self.isPartial {
            beginLine(line, at: offset)
        }
        reader.withText { text.append($0) }
        self.isPartial = isPartial
        if !isPartial { endLine(emit) }
    }

    private func beginsGroup(_ text: RawSpan) -> Bool {
        matcher?.begin(text.extracting(0..<Self.end(of: text, from: 0))) != nil
    }

    private func beginLine(_ line: RawSpan, at offset: Int) {
        separator = 0
        if text.withBytes({ $0.last != UInt8(ascii: "\n") }) {
            text.append(UInt8(ascii: "\n"))
            separator = 1
        }
        lineStart = text.count
        lineHead.removeAll()
        lineHead.append(line)
        lineOffset = offset
    }

    /// Decides about the last line, which is whole.
    private func endLine(_ emit: (Int) -> Void) {
        isPartial = false
        if lineStart > 0, let state {
            let next = withLastLine { matcher?.next(after: state, $0) }
            if let next {
                self.state = next
                if next.isEnd { emitAll(emit) }
                return
            }
            emitLinesBefore(emit)
        }
        state = withLastLine { matcher?.begin($0) }
        if state == nil { emitAll(emit) }
    }

    /// Where a line ends that begins at `start` and may still have its line end.
    private static func end(of text: RawSpan, from start: Int) -> Int {
        var end = text.byteCount
        if end > start, text.byte(at: end - 1) == UInt8(ascii: "\n") { end -= 1 }
        if end > start, text.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        return end
    }

    private func withLastLine<Result>(_ body: (RawSpan) -> Result) -> Result {
        text.withBytes { bytes in
            body(bytes.extracting(lineStart..<Self.end(of: bytes, from: lineStart)))
        }
    }

    /// Hands out the group as far as it got.
    func flush(_ emit: (Int) -> Void) {
        if isPartial, lineStart > 0 { endLine(emit) }
        if start != nil { emitAll(emit) }
    }

    private func emitAll(_ emit: (Int) -> Void) {
        emitText(upTo: text.count, emit)
        start = nil
        state = nil
        isPartial = false
        lineStart = 0
        // There may be many files, each with all streams.
        text.removeAll(keepingAtMost: 4 << 10)
        head.removeAll(keepingAtMost: 4 << 10)
        lineHead.removeAll(keepingAtMost: 4 << 10)
    }

    /// Hands out all lines but the last one, with which another group begins.
    private func emitLinesBefore(_ emit: (Int) -> Void) {
        emitText(upTo: lineStart - separator, emit)
        let rest = text.count - lineStart
        text.move(from: lineStart, to: 0, count: rest)
        text.truncate(to: rest)
        swap(&head, &lineHead)
        start = lineOffset
        lineStart = 0
    }

    private func emitText(upTo end: Int, _ emit: (Int) -> Void) {
        guard let start, head.withBytes({ reader.read($0) }) != nil else { return }
        text.withBytes { reader.replaceText(with: $0.extracting(0..<end)) }
        emit(start)
    }
}

extension RawSpan {
    fileprivate var last: UInt8? { byteCount > 0 ? byte(at: byteCount - 1) : nil }
}
