/// The text form of values, for matching: what a reader of the JSON output would see, unquoted.
extension FieldValue {
    /// Calls `body` with the value as text.
    ///
    /// Text is passed where it lies. Numbers are decimal, booleans `true` and `false`, times
    /// RFC 3339 in UTC, addresses as `IPAddress` prints them, MAC addresses `aa:bb:cc:dd:ee:ff`,
    /// bytes lower-case hex; these are written into `scratch` first.
    ///
    /// - Returns: `nil` for null, maps and arrays, which have no text form, and for numbers that are none.
    public borrowing func withText<Result>(
        scratch: inout ByteBuffer, _ body: (RawSpan) -> Result
    ) -> Result? {
        scratch.removeAll()
        switch self {
        case .null, .nested, .list: return nil
        case .text(let text): return body(text)
        case .boolean(let value): scratch.append(value ? "true" : "false")
        case .integer(let number):
            if number < 0 { scratch.append(UInt8(ascii: "-")) }
            scratch.appendDigits(number.magnitude)
        case .unsigned(let number): scratch.appendDigits(number)
        case .double(let number):
            guard number.isFinite else { return nil }
            scratch.append(number.description)
        case .bytes(let bytes):
            for offset in 0..<bytes.byteCount { scratch.appendHex(bytes.byte(at: offset)) }
        case .timestamp(let time): scratch.appendRFC3339(time)
        case .address(let address): scratch.appendAddress(address)
        case .mac(let address):
            for shift in stride(from: 40, through: 0, by: -8) {
                scratch.appendHex(UInt8(truncatingIfNeeded: address >> UInt64(shift)))
                if shift > 0 { scratch.append(UInt8(ascii: ":")) }
            }
        }
        return body(scratch.bytes)
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with 3 fraction digits when they say it all, else 6 or 9.
    public var description: String {
        var text = ByteBuffer(capacity: 32)
        text.appendRFC3339(self)
        return text.bytes.makeString()
    }
}

extension ByteBuffer {
    /// Appends a number in decimal, with leading zeros up to `width` digits.
    fileprivate mutating func appendDigits(_ number: UInt64, width: Int = 1) {
        var digits: InlineArray<20, UInt8> = .init(repeating: UInt8(ascii: "0"))
        var rest = number
        var start = 20
        while rest > 0 {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        for index in Swift.min(start, 20 - width)..<20 { append(digits[index]) }
    }

    fileprivate mutating func appendHex(_ byte: UInt8) {
        appendHexDigit(byte >> 4)
        appendHexDigit(byte & 15)
    }

    private mutating func appendHexDigit(_ digit: UInt8) {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    fileprivate mutating func appendAddress(_ address: IPAddress) {
        guard let v4 = address.v4 else {
            append(address.description)
            return
        }
        for shift in stride(from: 24, through: 0, by: -8) {
            appendDigits(UInt64(v4 >> UInt32(shift) & 0xff))
            if shift > 0 { append(UInt8(ascii: ".")) }
        }
    }

    /// Appends RFC 3339 text in UTC, with 3, 6 or 9 fraction digits, as JSON has it.
    fileprivate mutating func appendRFC3339(_ time: Timestamp) {
        let civil = CivilTime(secondsSince1970: time.seconds)
        appendDigits(UInt64(clamping: civil.year), width: 4)
        append(UInt8(ascii: "-"))
        appendDigits(UInt64(civil.month), width: 2)
        append(UInt8(ascii: "-"))
        appendDigits(UInt64(civil.day), width: 2)
        append(UInt8(ascii: "T"))
        appendDigits(UInt64(civil.hour), width: 2)
        append(UInt8(ascii: ":"))
        appendDigits(UInt64(civil.minute), width: 2)
        append(UInt8(ascii: ":"))
        appendDigits(UInt64(civil.second), width: 2)
        var fraction = UInt64(clamping: time.subsecond)
        var width = 9
        while width > 3, fraction % 1000 == 0 {
            fraction /= 1000
            width -= 3
        }
        append(UInt8(ascii: "."))
        appendDigits(fraction, width: width)
        append(UInt8(ascii: "Z"))
    }
}
