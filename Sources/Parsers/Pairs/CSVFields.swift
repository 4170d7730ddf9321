import Core

/// Reads the fields of one line of comma-separated values (RFC 4180).
///
/// Quotes count at the beginning of a field only. A quote inside a quoted field that is neither
/// doubled nor followed by a delimiter is taken as text.
struct CSVFields: Sendable, Equatable {
    var delimiter = UInt8(ascii: ",")
    var quote = UInt8(ascii: "\"")

    /// Calls `body` with the number of each field, from 0, and its text.
    ///
    /// An empty line has none.
    @discardableResult
    func forEach(
        _ line: RawSpan, from start: Int = 0, _ body: (Int, PairText) -> Void
    ) -> PairsEnd {
        var offset = start
        var index = 0
        guard offset < line.byteCount else { return .complete }
        while true {
            if line.hasByte(quote, at: offset) {
                let text = readQuoted(line, &offset)
                body(index, text)
                if offset > line.byteCount { return .unclosedQuote }
            } else {
                let end = line.firstIndex(of: delimiter, from: offset) ?? line.byteCount
                body(index, PairText(range: offset..<end))
                offset = end
            }
            if offset == line.byteCount { return .complete }
            offset &+= 1
            index &+= 1
        }
    }

    /// Reads a field at its quote and moves to the delimiter, or behind the line's end by one when
    /// the closing quote is missing.
    private func readQuoted(_ line: RawSpan, _ offset: inout Int) -> PairText {
        let start = offset &+ 1
        var from = start
        var escape = TextEscape.none
        while let end = line.firstIndex(of: quote, from: from) {
            let next = end &+ 1
            if next == line.byteCount || line.byte(at: next) == delimiter {
                offset = next
                return PairText(range: start..<end, escape: escape)
            }
            escape = .doubled(quote)
            from = line.byte(at: next) == quote ? next &+ 1 : next
        }
        offset = line.byteCount &+ 1
        return PairText(range: start..<line.byteCount, escape: escape)
    }
}
