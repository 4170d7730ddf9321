import Core

/// How a text is written where it stands, and how to get back what was meant.
enum TextEscape: Equatable {
    /// As it is.
    case none
    /// A quote inside is doubled (RFC 4180 §2.7).
    case doubled(UInt8)
    /// A backslash stands before quotes and backslashes only: elsewhere it is one, as in
    /// `C:\temp`.
    case quoted
    /// CEF: `\=`, `\|`, `\\`, `\n`, `\r`; elsewhere a backslash is one: senders forget to escape
    /// those of `DOMAIN\user`.
    case cef
    /// Fluent Bit's `escaped`: the letters `a b f n r t v`; other characters stand for themselves.
    case letters
    /// Fluent Bit's `escaped_utf8`: those, `\101`, `\x41`, `\u00e9` and `\U0001f98a`.
    ///
    /// Octal and `\x` are bytes, as nginx and Apache write UTF-8.
    case codes
    /// Fluent Bit's `mysql_quoted`, without the quotes: `\n \r \t \0 \Z \\ \' \"`.
    case mysql

    /// Appends what `text` means.
    ///
    /// Never more bytes than `text` has, but for a wrong `\u`.
    func append(_ text: RawSpan, to buffer: inout ByteBuffer) {
        if self == .none { return buffer.append(text) }
        let mark =
            switch self {
            case .doubled(let quote): quote
            default: UInt8(ascii: "\\")
            }
        var start = 0
        while let hit = text.firstIndex(of: mark, from: start), hit &+ 1 < text.byteCount {
            buffer.append(text.extracting(start..<hit))
            start = hit &+ 1
            appendEscaped(text, &start, to: &buffer)
        }
        buffer.append(text.extracting(start..<text.byteCount))
    }

    /// Appends what stands behind a mark, which is not the last byte, and moves `offset` behind it.
    private func appendEscaped(
        _ text: RawSpan, _ offset: inout Int, to buffer: inout ByteBuffer
    ) {
        let byte = text.byte(at: offset)
        switch self {
        case .none: return
        case .doubled(let quote):
            buffer.append(quote)
            if byte == quote { offset &+= 1 }
            return
        case .quoted:
            if byte != UInt8(ascii: "\""), byte != UInt8(ascii: "'"), byte != UInt8(ascii: "\\") {
                buffer.append(UInt8(ascii: "\\"))
                return
            }
            buffer.append(byte)
        case .cef:
            switch byte {
            case UInt8(ascii: "n"): buffer.append(UInt8(0x0a))
            case UInt8(ascii: "r"): buffer.append(UInt8(0x0d))
            case UInt8(ascii: "="), UInt8(ascii: "|"), UInt8(ascii: "\\"): buffer.append(byte)
            default:
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            }
        case .letters: buffer.append(TextEscape.letter(byte) ?? byte)
        case .codes:
            if TextEscape.appendCode(text, &offset, to: &buffer) { return }
            buffer.append(TextEscape.letter(byte) ?? byte)
        case .mysql:
            switch byte {
            case UInt8(ascii: "n"): buffer.append(UInt8(0x0a))
            case UInt8(ascii: "r"): buffer.append(UInt8(0x0d))
            case UInt8(ascii: "t"): buffer.append(UInt8(0x09))
            case UInt8(ascii: "0"): buffer.append(UInt8(0))
            case UInt8(ascii: "Z"): buffer.append(UInt8(0x1a))
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): buffer.append(byte)
            default:
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            }
        }
        offset &+= 1
    }

    /// The control character that C writes with this letter.
    private static func letter(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a"): 0x07
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "v"): 0x0b
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "r"): 0x0d
        default: nil
        }
    }

    /// Reads a number behind a backslash; `false` leaves `offset` alone when there is none.
    private static func appendCode(
        _ text: RawSpan, _ offset: inout Int, to buffer: inout ByteBuffer
    ) -> Bool {
        switch text.byte(at: offset) {
        case 0x30...0x37:
            let value = number(text, &offset, shift: 3, most: 3) ?? 0
            buffer.append(UInt8(truncatingIfNeeded: value))
            return true
        case UInt8(ascii: "x"):
            var end = offset &+ 1
            guard let value = number(text, &end, shift: 4, most: 2) else { return false }
            buffer.append(UInt8(truncatingIfNeeded: value))
            offset = end
            return true
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let isLong = text.byte(at: offset) == UInt8(ascii: "U")
            var end = offset &+ 1
            guard var unit = number(text, &end, shift: 4, most: isLong ? 8 : 4) else {
                return false
            }
            if (0xd800..<0xdc00).contains(unit), text.hasBytes(of: "\\u", at: end) {
                var after = end &+ 2
                let low = number(text, &after, shift: 4, most: 4) ?? 0
                if (0xdc00..<0xe000).contains(low) {
                    unit = 0x10000 &+ (unit &- 0xd800) << 10 &+ (low &- 0xdc00)
                    end = after
                }
            }
            // A lone surrogate is no scalar.
            let scalar = Unicode.Scalar(unit) ?? "\u{fffd}"
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                buffer.append(byte)
            }
            offset = end
            return true
        default: return false
        }
    }

    /// Up to `most` digits of `shift` bits each.
    private static func number(
        _ text: RawSpan, _ offset: inout Int, shift: UInt32, most: Int
    ) -> UInt32? {
        let start = offset
        var value: UInt32 = 0
        while offset < text.byteCount, offset &- start < most {
            let byte = text.byte(at: offset)
            guard byte.isHexDigit else { break }
            let digit = byte < 0x40 ? byte & 15 : (byte & 15) &+ 9
            guard UInt32(digit) < 1 << shift else { break }
            value = value << shift | UInt32(digit)
            offset &+= 1
        }
        return offset > start ? value : nil
    }
}
