import Core

/// Takes passwords and keys out of the commands that RouterOS logs, also out of the later pieces of
/// long ones.
enum SecretMask {
    /// Ends of the names of properties that hold secrets.
    private static let names: [StaticString] = [
        "password", "secret", "passphrase", "key", "pin", "psk", "community", "token", "pass",
    ]
    private static let mask: StaticString = "***"

    /// The line with the values of secrets replaced by `***`.
    ///
    /// - Parameter start: where the text starts; what is before it stays.
    /// - Returns: `nil` when there is none.
    static func masked(_ line: RawSpan, from start: Int) -> [UInt8]? {
        var result: [UInt8] = []
        var copied = 0
        var offset = start
        while let equals = line.firstIndex(of: UInt8(ascii: "="), from: offset) {
            offset = equals &+ 1
            guard isSecret(line, before: equals, from: start) else { continue }
            let end = valueEnd(line, from: offset)
            guard end > offset else { continue }
            append(line, copied..<offset, to: &result)
            for byte in 0..<mask.utf8CodeUnitCount {
                // The index lies inside the text.
                result.append(unsafe mask.utf8Start[byte])
            }
            copied = end
            offset = end
        }
        guard copied > 0 else { return nil }
        append(line, copied..<line.byteCount, to: &result)
        return result
    }

    private static func append(_ line: RawSpan, _ range: Range<Int>, to result: inout [UInt8]) {
        for offset in range { result.append(line.byte(at: offset)) }
    }

    /// Whether the name in front of an equals sign ends like a secret's: `wpa2-pre-shared-key`.
    private static func isSecret(_ line: RawSpan, before equals: Int, from start: Int) -> Bool {
        names.contains { name in
            let place = equals &- name.utf8CodeUnitCount
            guard place >= start, line.hasBytes(of: name, at: place) else { return false }
            // `keepalive-monkey=` is no key.
            return place == start || !(0x61...0x7a).contains(line.byte(at: place &- 1))
        }
    }

    /// Behind the closing quote, or before the next space; a bracket that ends the line stays.
    private static func valueEnd(_ line: RawSpan, from start: Int) -> Int {
        var offset = start
        if line.hasByte(UInt8(ascii: "\""), at: start) {
            offset &+= 1
            while offset < line.byteCount {
                switch line.byte(at: offset) {
                case UInt8(ascii: "\\"): offset &+= 2
                case UInt8(ascii: "\""): return offset &+ 1
                default: offset &+= 1
                }
            }
            return line.byteCount
        }
        while offset < line.byteCount, line.byte(at: offset) > UInt8(ascii: " ") { offset &+= 1 }
        let isBracket = offset > start && line.byte(at: offset &- 1) == UInt8(ascii: ")")
        return isBracket ? offset &- 1 : offset
    }
}
