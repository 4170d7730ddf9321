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
            guard let length = head.firstIndex(of: UInt8(ascii: "]")), length > 0,
                let address = v6(line, next &+ 1..<next &+ length)
                    ?? zoned(line, next &+ 1..<next &+ length)
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
            var number = digit(line, at: next)
            guard number <= 9 else { return nil }
            next &+= 1
            for _ in 0..<2 {
                let digit = digit(line, at: next)
                guard digit <= 9 else { break }
                number = number &* 10 &+ digit
                next &+= 1
            }
            guard number <= 255 else { return nil }
            address = address << 8 | number
        }
        offset = next
        return address
    }

    /// The digit at `offset`, or more than 9.
    @inline(__always)
    private static func digit(_ line: RawSpan, at offset: Int) -> UInt32 {
        offset < line.byteCount ? UInt32(line.byte(at: offset)) &- 0x30 : .max
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

    /// Reads `fe80::1%ether1`.
    @inline(never)
    private static func zoned(_ line: RawSpan, _ range: Range<Int>) -> IPAddress? {
        guard let percent = line.firstIndex(of: UInt8(ascii: "%"), from: range.lowerBound),
            percent < range.upperBound
        else { return nil }
        return v6(line, range.lowerBound..<percent)
    }

    private static func port(_ line: RawSpan, at start: Int) -> (value: UInt16, end: Int)? {
        var offset = start
        var number: UInt32 = 0
        for _ in 0..<5 {
            let digit = digit(line, at: offset)
            guard digit <= 9 else { break }
            number = number &* 10 &+ digit
            offset &+= 1
        }
        guard offset > start, number <= 65_535 else { return nil }
        return (UInt16(number), offset)
    }

    /// Reads `aa:bb:cc:dd:ee:ff` in any case; the six bytes come in the low 48 bits.
    static func mac(_ line: RawSpan, at start: Int) -> UInt64? {
        guard start &+ 17 <= line.byteCount, line.byte(at: start &+ 8) == UInt8(ascii: ":"),
            let high = threeOctets(line.uint64(at: start)),
            let low = threeOctets(line.uint64(at: start &+ 9))
        else { return nil }
        return high << 24 | low
    }

    /// Reads `aa:bb:cc`, eight characters at once: each byte of a number has one of them.
    @inline(__always)
    private static func threeOctets(_ text: UInt64) -> UInt64? {
        let high: UInt64 = 0x8080_8080_8080_8080
        guard text & 0x0000_ff00_00ff_0000 == 0x0000_3a00_003a_0000, text & high == 0 else {
            return nil
        }
        // With `0` for the colons all are digits; the sums set a byte's highest bit from a
        // character on: `0` and the one behind `9`, then `a` and the one behind `f`.
        let digits = text ^ 0x0000_0a00_000a_0000
        let isDecimal =
            (digits &+ 0x5050_5050_5050_5050) & ~(digits &+ 0x4646_4646_4646_4646) & high
        let lower = digits | 0x2020_2020_2020_2020
        let isLetter =
            (lower &+ 0x1f1f_1f1f_1f1f_1f1f) & ~(lower &+ 0x1919_1919_1919_1919) & high
        guard isDecimal | isLetter == high else { return nil }
        let values = (digits & 0x0f0f_0f0f_0f0f_0f0f) &+ (isLetter >> 7) &* 9
        return octet(values, at: 48) << 16 | octet(values, at: 24) << 8 | octet(values, at: 0)
    }

    /// The octet of two digits, the second of which stands at `shift`.
    @inline(__always)
    private static func octet(_ values: UInt64, at shift: UInt64) -> UInt64 {
        values >> (shift &+ 4) & 0xf0 | values >> shift & 0x0f
    }
}
