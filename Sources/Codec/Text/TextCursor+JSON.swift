// JSON strings: escapes (RFC 8259 §7) and UTF-8 (RFC 3629), copied 16 bytes at a time.

extension TextCursor {
    /// Writes a JSON string with its quotes, at most 6 bytes for each of `text` and 2 more.
    ///
    /// Bytes that are not UTF-8 become U+FFFD, one for each maximal subpart as Unicode §3.9
    /// recommends.
    @inline(__always)
    mutating func putString(_ text: ByteSource) {
        put(UInt8(ascii: "\""))
        // Most texts are names.
        if text.count > 16 || text.readable < 16 || !putPlain(text) {
            self = puttingEscaped(text)
        }
        put(UInt8(ascii: "\""))
    }

    /// Writes at most 16 bytes that need no escape; 16 must be readable.
    ///
    /// - Returns: whether that has been done.
    @inline(__always)
    private mutating func putPlain(_ text: ByteSource) -> Bool {
        // 16 bytes are readable, and the row's slack takes what runs over.
        let special = unsafe copyBlock(text.base)
        guard special & ((1 &<< UInt32(truncatingIfNeeded: text.count)) &- 1) == 0 else {
            return false
        }
        advance(text.count)
        return true
    }

    @inline(never)
    func puttingEscaped(_ text: ByteSource) -> TextCursor {
        var cursor = self
        var offset = 0
        while offset < text.count {
            let left = text.count &- offset
            if left > 16, offset &+ 32 <= text.readable {
                // As below.
                var special = unsafe cursor.copyTwoBlocks(text.base + offset)
                if left < 32 { special &= (1 &<< UInt32(truncatingIfNeeded: left)) &- 1 }
                if special == 0 {
                    let taken = Swift.min(left, 32)
                    cursor.advance(taken)
                    offset &+= taken
                    continue
                }
                cursor.advance(special.trailingZeroBitCount)
                offset &+= special.trailingZeroBitCount
            } else if offset &+ 16 <= text.readable {
                // 16 bytes are readable, and the row's slack takes what runs over.
                var special = unsafe cursor.copyBlock(text.base + offset)
                let taken = Swift.min(left, 16)
                special &= (1 &<< UInt32(truncatingIfNeeded: taken)) &- 1
                if special == 0 {
                    cursor.advance(taken)
                    offset &+= taken
                    continue
                }
                cursor.advance(special.trailingZeroBitCount)
                offset &+= special.trailingZeroBitCount
            }
            // Text without Latin letters goes on from character to character.
            repeat {
                let byte = text.byte(offset)
                if byte < 0x80 {
                    cursor.putEscaped(byte)
                    offset &+= 1
                    break
                }
                offset = cursor.putCharacter(text, offset)
            } while offset < text.count && text.byte(offset) >= 0x80
        }
        return cursor
    }

    /// Writes one ASCII character, escaped if it must be.
    @inline(__always)
    private mutating func putEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): put("\\\"")
        case UInt8(ascii: "\\"): put("\\\\")
        case 0x20...: put(byte)
        case 0x08: put("\\b")
        case 0x09: put("\\t")
        case 0x0a: put("\\n")
        case 0x0c: put("\\f")
        case 0x0d: put("\\r")
        default:
            put("\\u00")
            putHexPair(byte)
        }
    }

    /// Writes one character outside ASCII, or U+FFFD, and returns the offset after it.
    @inline(__always)
    private mutating func putCharacter(_ text: ByteSource, _ start: Int) -> Int {
        let lead = text.byte(start)
        let length: Int
        // The second byte's range shuts out overlong forms, surrogates and beyond U+10FFFF.
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xbf
        switch lead {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if lead == 0xe0 { lowest = 0xa0 }
            if lead == 0xed { highest = 0x9f }
        case 0xf0...0xf4:
            length = 4
            if lead == 0xf0 { lowest = 0x90 }
            if lead == 0xf4 { highest = 0x8f }
        default: length = 1
        }
        var end = start &+ 1
        while end &- start < length, end < text.count {
            let byte = text.byte(end)
            guard byte >= lowest, byte <= highest else { break }
            lowest = 0x80
            highest = 0xbf
            end &+= 1
        }
        if length > 1, end &- start == length {
            for offset in start..<end { put(text.byte(offset)) }
        } else {
            put("\u{fffd}")
        }
        return end
    }

    /// Writes octets as a JSON string of lower-case hex.
    @inline(never)
    func puttingHex(_ bytes: ByteSource) -> TextCursor {
        var cursor = self
        cursor.put(UInt8(ascii: "\""))
        for offset in 0..<bytes.count { cursor.putHexPair(bytes.byte(offset)) }
        cursor.put(UInt8(ascii: "\""))
        return cursor
    }
}
