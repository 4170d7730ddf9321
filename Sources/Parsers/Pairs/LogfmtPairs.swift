import Core

/// Reads logfmt: `at=info path="/a b" bare`.
///
/// As Fluent Bit reads it: blanks, quotes and equals signs in front of a key are skipped, quoted
/// values have C's escapes. Unlike there an unquoted value goes on to the next blank, so that
/// `url=/a?b=c` stays whole.
enum LogfmtPairs {
    /// Calls `body` for each pair.
    ///
    /// - Parameters:
    ///   - allowsBareKeys: whether a key may stand without `=`; else the line is refused there.
    ///   - body: gets the key, and the value; `nil` for a bare key and for nothing behind `=`.
    @discardableResult
    static func forEach(
        _ line: RawSpan, from start: Int = 0, allowsBareKeys: Bool = true,
        _ body: (PairText, PairText?) -> Void
    ) -> PairsEnd {
        var offset = start
        while true {
            while offset < line.byteCount, !isKeyByte(line.byte(at: offset)) { offset &+= 1 }
            let keyStart = offset
            while offset < line.byteCount, isKeyByte(line.byte(at: offset)) { offset &+= 1 }
            if offset == keyStart { return .complete }
            let key = PairText(range: keyStart..<offset)
            guard line.hasByte(UInt8(ascii: "="), at: offset) else {
                if !allowsBareKeys { return .refused }
                body(key, nil)
                continue
            }
            offset &+= 1
            if line.hasByte(UInt8(ascii: "\""), at: offset) {
                let value = readQuoted(line, &offset)
                body(key, value)
                if offset > line.byteCount { return .unclosedQuote }
            } else {
                let valueStart = offset
                while offset < line.byteCount, line.byte(at: offset) > 0x20 { offset &+= 1 }
                body(key, offset > valueStart ? PairText(range: valueStart..<offset) : nil)
            }
        }
    }

    /// Reads a value at its quote and moves behind the closing one, or behind the line's end by one
    /// when there is none.
    private static func readQuoted(_ line: RawSpan, _ offset: inout Int) -> PairText {
        let start = offset &+ 1
        var end = start
        var escape = TextEscape.none
        while end < line.byteCount {
            let byte = line.byte(at: end)
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                escape = .codes
                end &+= 1
            }
            end &+= 1
        }
        offset = end &+ 1
        return PairText(range: start..<Swift.min(end, line.byteCount), escape: escape)
    }

    /// Above the blank, without `=` and `"`.
    private static func isKeyByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != UInt8(ascii: "=") && byte != UInt8(ascii: "\"")
    }
}
