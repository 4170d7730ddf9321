import Core

/// The productions of RFC 8259: each reads at a cursor and moves it on, or throws where it stopped.
enum JSONGrammar {
    /// Where a string lies: in the text, when nothing in it is escaped, else in the scratch buffer.
    enum Place {
        case text(Range<Int>)
        case scratch
    }

    enum Number {
        case signed(Int64)
        case unsigned(UInt64)
        case double(Double)
    }

    static func failure(at cursor: Int) -> DecodeError { DecodeError(.parserBadJSON, at: cursor) }

    static func skipSpace(_ text: RawSpan, _ cursor: inout Int) {
        while cursor < text.byteCount {
            switch text.byte(at: cursor) {
            case 0x20, 0x0a, 0x0d, 0x09: cursor += 1
            default: return
            }
        }
    }

    /// Moves over `byte` when it is next.
    static func skip(_ byte: UInt8, _ text: RawSpan, _ cursor: inout Int) -> Bool {
        guard cursor < text.byteCount, text.byte(at: cursor) == byte else { return false }
        cursor += 1
        return true
    }

    static func expect(
        _ byte: UInt8, _ text: RawSpan, _ cursor: inout Int
    ) throws(DecodeError) {
        if !skip(byte, text, &cursor) { throw failure(at: cursor) }
    }

    static func expect(
        _ word: StaticString, _ text: RawSpan, _ cursor: inout Int
    ) throws(DecodeError) {
        guard text.hasBytes(of: word, at: cursor) else { throw failure(at: cursor) }
        cursor += word.utf8CodeUnitCount
    }

    /// After an element: whether a comma follows, or the container's end.
    static func hasNext(
        before end: UInt8, _ text: RawSpan, _ cursor: inout Int
    ) throws(DecodeError) -> Bool {
        skipSpace(text, &cursor)
        if skip(UInt8(ascii: ","), text, &cursor) { return true }
        try expect(end, text, &cursor)
        return false
    }

    // MARK: Values

    /// Reads any value as a nested one.
    ///
    /// - Parameter depth: containers around it.
    static func readValue(
        _ text: RawSpan, _ cursor: inout Int, into writer: inout NestedWriter,
        _ scratch: inout ByteBuffer, depth: Int
    ) throws(DecodeError) {
        guard cursor < text.byteCount else { throw failure(at: cursor) }
        switch text.byte(at: cursor) {
        case UInt8(ascii: "\""):
            switch try readString(text, &cursor, &scratch) {
            case .text(let range): writer.text(text.extracting(range))
            case .scratch: writer.text(scratch.bytes)
            }
        case UInt8(ascii: "{"):
            if depth >= Nested.depthLimit { throw failure(at: cursor) }
            cursor += 1
            writer.beginMap()
            try readMembers(text, &cursor, into: &writer, &scratch, depth: depth)
            writer.end()
        case UInt8(ascii: "["):
            if depth >= Nested.depthLimit { throw failure(at: cursor) }
            cursor += 1
            writer.beginArray()
            try readElements(text, &cursor, into: &writer, &scratch, depth: depth)
            writer.end()
        case UInt8(ascii: "t"):
            try expect("true", text, &cursor)
            writer.boolean(true)
        case UInt8(ascii: "f"):
            try expect("false", text, &cursor)
            writer.boolean(false)
        case UInt8(ascii: "n"):
            try expect("null", text, &cursor)
            writer.null()
        default:
            switch try readNumber(text, &cursor) {
            case .signed(let number): writer.signed(number)
            case .unsigned(let number): writer.unsigned(number)
            case .double(let number): writer.double(number)
            }
        }
    }

    private static func readMembers(
        _ text: RawSpan, _ cursor: inout Int, into writer: inout NestedWriter,
        _ scratch: inout ByteBuffer, depth: Int
    ) throws(DecodeError) {
        skipSpace(text, &cursor)
        if skip(UInt8(ascii: "}"), text, &cursor) { return }
        repeat {
            skipSpace(text, &cursor)
            switch try readString(text, &cursor, &scratch) {
            case .text(let range): writer.key(text.extracting(range))
            case .scratch: writer.key(scratch.bytes)
            }
            skipSpace(text, &cursor)
            try expect(UInt8(ascii: ":"), text, &cursor)
            skipSpace(text, &cursor)
            try readValue(text, &cursor, into: &writer, &scratch, depth: depth + 1)
        } while try hasNext(before: UInt8(ascii: "}"), text, &cursor)
    }

    private static func readElements(
        _ text: RawSpan, _ cursor: inout Int, into writer: inout NestedWriter,
        _ scratch: inout ByteBuffer, depth: Int
    ) throws(DecodeError) {
        skipSpace(text, &cursor)
        if skip(UInt8(ascii: "]"), text, &cursor) { return }
        repeat {
            skipSpace(text, &cursor)
            try readValue(text, &cursor, into: &writer, &scratch, depth: depth + 1)
        } while try hasNext(before: UInt8(ascii: "]"), text, &cursor)
    }

    // MARK: Strings

    static func readString(
        _ text: RawSpan, _ cursor: inout Int, _ scratch: inout ByteBuffer
    ) throws(DecodeError) -> Place {
        try expect(UInt8(ascii: "\""), text, &cursor)
        let start = cursor
        skipPlain(text, &cursor)
        if skip(UInt8(ascii: "\""), text, &cursor) { return .text(start..<cursor - 1) }
        scratch.removeAll()
        var from = start
        while cursor < text.byteCount {
            scratch.append(text.extracting(from..<cursor))
            if skip(UInt8(ascii: "\""), text, &cursor) { return .scratch }
            // What is not plain is a backslash or a control character.
            try expect(UInt8(ascii: "\\"), text, &cursor)
            try readEscape(text, &cursor, &scratch)
            from = cursor
            skipPlain(text, &cursor)
        }
        throw failure(at: cursor)
    }

    /// Moves to the next quote, backslash or control character, or to the end.
    private static func skipPlain(_ text: RawSpan, _ cursor: inout Int) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while cursor <= text.byteCount - 8 {
            // Eight bytes at a time; the lowest marked byte is a hit. The condition proves the
            // bounds.
            let word = unsafe UInt64(
                littleEndian: text.unsafeLoadUnaligned(fromByteOffset: cursor, as: UInt64.self))
            let quote = word ^ 0x22 &* ones
            let slash = word ^ 0x5c &* ones
            let hits =
                ((quote &- ones) & ~quote | (slash &- ones) & ~slash
                    | (word &- 0x20 &* ones) & ~word) & tops
            if hits != 0 {
                cursor += hits.trailingZeroBitCount / 8
                return
            }
            cursor += 8
        }
        while cursor < text.byteCount {
            let byte = text.byte(at: cursor)
            if byte == 0x22 || byte == 0x5c || byte < 0x20 { return }
            cursor += 1
        }
    }

    private static func readEscape(
        _ text: RawSpan, _ cursor: inout Int, _ scratch: inout ByteBuffer
    ) throws(DecodeError) {
        guard cursor < text.byteCount else { throw failure(at: cursor) }
        let letter = text.byte(at: cursor)
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
        case UInt8(ascii: "b"): scratch.append(UInt8(0x08))
        case UInt8(ascii: "f"): scratch.append(UInt8(0x0c))
        case UInt8(ascii: "n"): scratch.append(UInt8(0x0a))
        case UInt8(ascii: "r"): scratch.append(UInt8(0x0d))
        case UInt8(ascii: "t"): scratch.append(UInt8(0x09))
        case UInt8(ascii: "u"):
            cursor += 1
            var unit = try readUnit(text, &cursor)
            if 0xd800..<0xdc00 ~= unit, text.hasBytes(of: "\\u", at: cursor) {
                var after = cursor + 2
                let low = try readUnit(text, &after)
                if 0xdc00..<0xe000 ~= low {
                    unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
                    cursor = after
                }
            }
            // A lone surrogate is no scalar.
            let scalar = Unicode.Scalar(unit) ?? "\u{fffd}"
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                scratch.append(byte)
            }
            return
        default: throw failure(at: cursor)
        }
        cursor += 1
    }

    /// Four hexadecimal digits.
    private static func readUnit(
        _ text: RawSpan, _ cursor: inout Int
    ) throws(DecodeError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard cursor < text.byteCount else { throw failure(at: cursor) }
            let digit = text.byte(at: cursor)
            switch digit {
            case 0x30...0x39: unit = unit << 4 | UInt32(digit - 0x30)
            case 0x41...0x46: unit = unit << 4 | UInt32(digit - 0x37)
            case 0x61...0x66: unit = unit << 4 | UInt32(digit - 0x57)
            default: throw failure(at: cursor)
            }
            cursor += 1
        }
        return unit
    }

    // MARK: Numbers

    static func readNumber(
        _ text: RawSpan, _ cursor: inout Int
    ) throws(DecodeError) -> Number {
        let start = cursor
        let isNegative = skip(UInt8(ascii: "-"), text, &cursor)
        let digits = cursor
        var magnitude: UInt64 = 0
        var isWhole = true
        while let digit = digit(text, cursor) {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(UInt64(digit))
            if overflow || more { isWhole = false }
            magnitude = sum
            cursor += 1
        }
        let count = cursor - digits
        if count == 0 { throw failure(at: cursor) }
        if count > 1, text.byte(at: digits) == UInt8(ascii: "0") { throw failure(at: digits) }
        if skip(UInt8(ascii: "."), text, &cursor) {
            isWhole = false
            try skipDigits(text, &cursor)
        }
        if cursor < text.byteCount, text.byte(at: cursor) | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            cursor += 1
            if !skip(UInt8(ascii: "+"), text, &cursor) {
                _ = skip(UInt8(ascii: "-"), text, &cursor)
            }
            try skipDigits(text, &cursor)
        }
        if isWhole {
            if !isNegative {
                return magnitude <= UInt64(Int64.max)
                    ? .signed(Int64(magnitude)) : .unsigned(magnitude)
            }
            if magnitude > 0, magnitude <= UInt64(Int64.max) + 1 {
                return .signed(Int64(truncatingIfNeeded: 0 &- magnitude))
            }
        }
        guard let number = Double(text.extracting(start..<cursor).makeString()), number.isFinite
        else { throw failure(at: start) }
        return .double(number)
    }

    private static func digit(_ text: RawSpan, _ cursor: Int) -> UInt8? {
        guard cursor < text.byteCount else { return nil }
        let digit = text.byte(at: cursor) &- 0x30
        return digit < 10 ? digit : nil
    }

    /// One digit or more.
    private static func skipDigits(
        _ text: RawSpan, _ cursor: inout Int
    ) throws(DecodeError) {
        guard digit(text, cursor) != nil else { throw failure(at: cursor) }
        while digit(text, cursor) != nil { cursor += 1 }
    }
}
