import Core

/// Reads addresses where they stand in a line.
enum TextAddress {
    /// Bytes of the longest IPv6 address; searches end there, or long lines would be searched again
    /// and again.
    private static let longest = 45

    /// Reads `ADDR`, `ADDR:PORT` or `[ADDR6]:PORT` and moves `offset` behind it.
    static func endpoint(_ line: RawSpan, _ offset: inout Int) -> FirewallLine.AddressAndPort? {
        var result = FirewallLine.AddressAndPort()
        var next = offset
        if line.hasByte(UInt8(ascii: "["), at: next) {
            let head = line.extracting(next..<Swift.min(next &+ 2 &+ longest, line.byteCount))
            guard let length = head.firstIndex(of: UInt8(ascii: "]")),
                let address = v6(line, next &+ 1..<next &+ length)
            else { return nil }
            result.address = address
            next &+= length &+ 1
        } else if let address = v4(line, &next) {
            result.address = IPAddress(v4: address)
        } else {
            let end = v6End(line, from: next)
            guard let address = v6(line, next..<end) else { return nil }
            result.address = address
            offset = end
            return result
        }
        if line.hasByte(UInt8(ascii: ":"), at: next), let port = port(line, at: next &+ 1) {
            result.port = port.value
            next = port.end
        }
        offset = next
        return result
    }

    /// Reads an address without a port and moves `offset` behind it.
    static func address(_ line: RawSpan, _ offset: inout Int) -> IPAddress? {
        if let address = v4(line, &offset) { return IPAddress(v4: address) }
        let end = v6End(line, from: offset)
        guard let address = v6(line, offset..<end) else { return nil }
        offset = end
        return address
    }

    /// Reads dotted decimal and moves `offset` behind it.
    static func v4(_ line: RawSpan, _ offset: inout Int) -> UInt32? {
        var address: UInt32 = 0
        var next = offset
        for index in 0..<4 {
            if index > 0 {
                guard line.hasByte(UInt8(ascii: "."), at: next) else { return nil }
                next &+= 1
            }
            var number: UInt32 = 0
            let start = next
            while next < line.byteCount, line.byte(at: next).isDigit, next &- start < 3 {
                number = number &* 10 &+ UInt32(line.byte(at: next) &- 0x30)
                next &+= 1
            }
            guard next > start, number <= 255 else { return nil }
            address = address << 8 | number
        }
        offset = next
        return address
    }

    private static func v6End(_ line: RawSpan, from start: Int) -> Int {
        var offset = start
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            guard byte.isHexDigit || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") else {
                break
            }
            offset &+= 1
        }
        return offset
    }

    private static func v6(_ line: RawSpan, _ range: Range<Int>) -> IPAddress? {
        guard (2...longest).contains(range.count) else { return nil }
        let text = line.extracting(range)
        guard text.firstIndex(of: UInt8(ascii: ":")) != nil else { return nil }
        return IPAddress(text.makeString())
    }

    private static func port(_ line: RawSpan, at start: Int) -> (value: UInt16, end: Int)? {
        var offset = start
        var number: UInt32 = 0
        while offset < line.byteCount, line.byte(at: offset).isDigit, offset &- start < 5 {
            number = number &* 10 &+ UInt32(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        guard offset > start, number <= 65_535 else { return nil }
        return (UInt16(number), offset)
    }

    /// Reads `aa:bb:cc:dd:ee:ff` in any case; the six bytes come in the low 48 bits.
    static func mac(_ line: RawSpan, at start: Int) -> UInt64? {
        guard start &+ 17 <= line.byteCount else { return nil }
        var address: UInt64 = 0
        for index in 0..<6 {
            let offset = start &+ index &* 3
            guard let high = hexValue(line.byte(at: offset)),
                let low = hexValue(line.byte(at: offset &+ 1)),
                index == 5 || line.byte(at: offset &+ 2) == UInt8(ascii: ":")
            else { return nil }
            address = address << 8 | UInt64(high << 4 | low)
        }
        return address
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- 0x37
        default: nil
        }
    }
}
