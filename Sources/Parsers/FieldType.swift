import Core

/// A type that the `types` option gives to a captured field.
enum FieldType: String, Sendable, CaseIterable {
    case integer, float, bool, hex, string

    /// Adds `text` as a value of this type; `false` when it is none and nothing was added.
    func add(_ text: RawSpan, as name: String, to record: inout RecordBuilder) -> Bool {
        switch self {
        case .string: record.add(name, text: text)
        case .integer:
            guard let number = FieldType.integer(text) else { return false }
            record.add(name, integer: number)
        case .hex:
            guard let number = FieldType.hexadecimal(text) else { return false }
            record.add(name, unsigned: number)
        case .bool:
            guard let value = FieldType.boolean(text) else { return false }
            record.add(name, boolean: value)
        case .float:
            guard let number = Double(text.makeString()) else { return false }
            record.add(name, double: number)
        }
        return true
    }

    private static func integer(_ text: RawSpan) -> Int64? {
        var offset = 0
        let isNegative = text.hasBytes(of: "-")
        if isNegative || text.hasBytes(of: "+") { offset = 1 }
        guard offset < text.byteCount else { return nil }
        var value: Int64 = 0
        for index in offset..<text.byteCount {
            let byte = text.byte(at: index)
            guard (0x30...0x39).contains(byte) else { return nil }
            let digit = Int64(byte - 0x30)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if overflow || more { return nil }
            value = sum
        }
        return value
    }

    private static func hexadecimal(_ text: RawSpan) -> UInt64? {
        let start = text.hasBytes(of: "0x") || text.hasBytes(of: "0X") ? 2 : 0
        guard (1...16).contains(text.byteCount - start) else { return nil }
        var value: UInt64 = 0
        for index in start..<text.byteCount {
            let byte = text.byte(at: index)
            guard byte.isHexDigit else { return nil }
            // Letters of both cases have their value in the low bits, less 9.
            value = value << 4 | UInt64(byte < 0x40 ? byte & 15 : (byte & 15) + 9)
        }
        return value
    }

    private static func boolean(_ text: RawSpan) -> Bool? {
        for word in ["true", "on", "yes", "1"] where isWord(text, word) { return true }
        for word in ["false", "off", "no", "0"] where isWord(text, word) { return false }
        return nil
    }

    private static func isWord(_ text: RawSpan, _ word: String) -> Bool {
        guard text.byteCount == word.utf8.count else { return false }
        var offset = 0
        for letter in word.utf8 {
            if text.byte(at: offset) | 0x20 != letter | 0x20 { return false }
            offset += 1
        }
        return true
    }
}
