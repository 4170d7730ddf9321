import Core

/// A key or a value: where it lies in a line, and how it is written there.
struct PairText: Equatable {
    /// Quotes excluded.
    var range: Range<Int>
    var escape = TextEscape.none

    /// Appends the text without its escapes.
    func append(from line: RawSpan, to buffer: inout ByteBuffer) {
        escape.append(line.extracting(range), to: &buffer)
    }
}

/// How the pairs of a line ended.
enum PairsEnd {
    case complete
    /// A quoted value has no end; it was taken to be the rest of the line.
    case unclosedQuote
    /// The line is not of this format; the pairs before that place have been handed over.
    case refused
}

extension PairText {
    /// Whether a byte may be part of a key where only its look tells a key from text.
    ///
    /// Letters, digits, `_`, `.`, `-`, `[`, `]` and everything beyond ASCII.
    @inline(__always)
    static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5b, 0x5d, 0x5f, 0x61...0x7a, 0x2d, 0x2e, 0x80...0xff: true
        default: false
        }
    }

    /// Space, tab, CR and LF.
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
    }

    /// The range without blanks at its ends.
    static func trimmed(_ line: RawSpan, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(line.byte(at: start)) { start &+= 1 }
        while end > start, isBlank(line.byte(at: end &- 1)) { end &-= 1 }
        return start..<end
    }
}
