import Core

extension JSONRowEncoder {
    /// As `FieldValue.read`: bytes of an impossible length print as hex.
    func put(_ bytes: ByteSource, _ step: Step, _ start: TextCursor) -> TextCursor {
        var cursor = start
        if step.zeroIsNull, bytes.isAllZero { return start }
        let count = bytes.count
        switch step.encoding {
        case .null: return start
        case .boolean:
            guard count == 1 else { return cursor.puttingHex(bytes) }
            cursor.put(boolean: bytes.byte(0) != 0)
        case .ipfixBoolean:
            guard count == 1 else { return cursor.puttingHex(bytes) }
            guard bytes.byte(0) == 1 || bytes.byte(0) == 2 else { return start }
            cursor.put(boolean: bytes.byte(0) == 1)
        case .unsigned where (1...8).contains(count):
            cursor.put(decimal: bytes.unsigned(0, length: count))
        case .signed where (1...8).contains(count):
            cursor.put(decimal: bytes.signed)
        case .float where count == 4:
            return cursor.putting(Double(Float(bitPattern: bytes.uint32(0))))
        case .float where count == 8:
            return cursor.putting(Double(bitPattern: bytes.uint64(0)))
        case .text: cursor.putString(bytes)
        case .paddedText:
            var end = count
            while end > 0, bytes.byte(end &- 1) == 0 { end &-= 1 }
            cursor.putString(bytes.part(0, length: end))
        case .address where count == 4 || count == 16:
            cursor.put(UInt8(ascii: "\""))
            if count == 4 {
                cursor.put(v4: bytes.uint32(0))
            } else {
                cursor.put(high: bytes.uint64(0), low: bytes.uint64(8))
            }
            cursor.put(UInt8(ascii: "\""))
        case .mac where count == 6:
            cursor.put(UInt8(ascii: "\""))
            cursor.put(mac: bytes.unsigned(0, length: 6))
            cursor.put(UInt8(ascii: "\""))
        case .nested: return putNested(bytes, depth: 1, cursor)
        default:
            if let moment = Self.moment(bytes, step.encoding) { return time.put(moment, cursor) }
            return count == 0 ? start : cursor.puttingHex(bytes)
        }
        return cursor
    }

    /// Nanoseconds since 1970, when `encoding` is a time's and the length possible.
    static func moment(_ bytes: ByteSource, _ encoding: Encoding) -> Int64? {
        guard (1...8).contains(bytes.count) else { return nil }
        let number = bytes.unsigned(0, length: bytes.count)
        switch encoding {
        case .nanoseconds: return Int64(bitPattern: number)
        case .milliseconds: return Timestamp(milliseconds: Int64(clamping: number)).nanoseconds
        case .seconds: return Timestamp(seconds: Int64(clamping: number)).nanoseconds
        case .ntpMicroseconds where bytes.count == 8:
            return Timestamp(ntp: number, isMicroseconds: true).nanoseconds
        case .ntpNanoseconds where bytes.count == 8:
            return Timestamp(ntp: number, isMicroseconds: false).nanoseconds
        default: return nil
        }
    }

    /// Writes a tree in the `Nested` form; what is corrupt ends early, too deep parts are null.
    func putNested(_ bytes: ByteSource, depth: Int, _ start: TextCursor) -> TextCursor {
        var cursor = start
        guard bytes.count > 0, let tag = Nested.Tag(rawValue: bytes.byte(0)) else {
            cursor.put("null")
            return cursor
        }
        let count = bytes.count
        switch tag {
        case .no: cursor.put("false")
        case .yes: cursor.put("true")
        case .unsigned where count >= 9: cursor.put(decimal: bytes.uint64(1))
        case .signed where count >= 9: cursor.put(decimal: Int64(bitPattern: bytes.uint64(1)))
        case .double where count >= 9:
            return cursor.putting(Double(bitPattern: bytes.uint64(1)))
        case .timestamp where count >= 9:
            return time.put(Int64(bitPattern: bytes.uint64(1)), cursor)
        case .text: cursor.putString(bytes.nestedContent)
        case .bytes: return cursor.puttingHex(bytes.nestedContent)
        case .address where count >= 17:
            cursor.put(UInt8(ascii: "\""))
            cursor.put(high: bytes.uint64(1), low: bytes.uint64(9))
            cursor.put(UInt8(ascii: "\""))
        case .mac where count >= 7:
            cursor.put(UInt8(ascii: "\""))
            cursor.put(mac: bytes.unsigned(1, length: 6))
            cursor.put(UInt8(ascii: "\""))
        case .array, .map:
            guard depth <= Nested.depthLimit else { fallthrough }
            return putContainer(bytes.nestedContent, isMap: tag == .map, depth: depth, cursor)
        default: cursor.put("null")
        }
        return cursor
    }

    private func putContainer(
        _ content: ByteSource, isMap: Bool, depth: Int, _ start: TextCursor
    ) -> TextCursor {
        var cursor = start
        var offset = 0
        while offset < content.count {
            let before = cursor
            cursor.put(UInt8(ascii: ","))
            if isMap {
                guard offset &+ 4 <= content.count else { return end(before, start, isMap) }
                let length = Int(content.uint32(offset))
                guard offset &+ 4 <= content.count &- length else {
                    return end(before, start, isMap)
                }
                cursor.putString(content.part(offset &+ 4, length: length))
                cursor.put(UInt8(ascii: ":"))
                offset &+= 4 &+ length
            }
            if let text = content.nestedText(at: offset) {
                cursor.putString(text)
                offset &+= 5 &+ text.count
                continue
            }
            guard let length = content.nestedLength(at: offset) else {
                return end(before, start, isMap)
            }
            cursor = putNested(content.part(offset, length: length), depth: depth + 1, cursor)
            offset &+= length
        }
        return end(cursor, start, isMap)
    }

    /// Puts the brackets around members that each have a comma before them.
    private func end(_ last: TextCursor, _ start: TextCursor, _ isMap: Bool) -> TextCursor {
        var cursor = last
        let isEmpty = cursor.isAt(start)
        start.overwrite(isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
        if isEmpty { cursor.advance(1) }
        cursor.put(isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        return cursor
    }
}

extension TextCursor {
    @inline(__always)
    mutating func put(boolean: Bool) {
        if boolean { put("true") } else { put("false") }
    }
}

extension ByteSource {
    /// What follows the tag and the length of a nested text or container.
    fileprivate var nestedContent: ByteSource {
        guard count >= 5 else { return part(0, length: 0) }
        return part(5, length: Swift.min(Int(uint32(1)), count &- 5))
    }

    /// The text at `offset`, which is what most values are; `nil` when something else is there.
    @inline(__always)
    fileprivate func nestedText(at offset: Int) -> ByteSource? {
        guard offset &+ 5 <= count, byte(offset) == Nested.Tag.text.rawValue else { return nil }
        let length = Int(uint32(offset &+ 1))
        return offset &+ 5 <= count &- length ? part(offset &+ 5, length: length) : nil
    }

    /// Bytes of the nested value at `offset`; `nil` when it is corrupt.
    fileprivate func nestedLength(at offset: Int) -> Int? {
        guard offset < count, let tag = Nested.Tag(rawValue: byte(offset)) else { return nil }
        let length: Int
        switch tag {
        case .null, .no, .yes: length = 1
        case .unsigned, .signed, .double, .timestamp: length = 9
        case .address: length = 17
        case .mac: length = 7
        case .text, .bytes, .array, .map:
            guard offset &+ 5 <= count else { return nil }
            length = 5 &+ Int(uint32(offset &+ 1))
        }
        return offset &+ length <= count ? length : nil
    }
}
