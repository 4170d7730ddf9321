/// Reads option values the way Fluent Bit writes them, and says what is wrong when they are not.
public enum OptionValue: Sendable, Equatable {
    case text(String)
    case boolean(Bool)
    case integer(Int)
    /// Bytes.
    case size(Int)
    /// Nanoseconds.
    case duration(Int64)
    case pair(key: String, value: String)

    /// - Returns: the value, or `nil` when `text` is none of this kind.
    public static func parse(_ text: String, as kind: OptionSpec.Kind) -> OptionValue? {
        switch kind {
        case .text, .field, .parser, .path: return .text(text)
        case .boolean: return boolean(text).map { .boolean($0) }
        case .integer(let bounds):
            guard let value = Int(text), bounds.contains(value) else { return nil }
            return .integer(value)
        case .size: return size(text).map { .size($0) }
        case .duration: return duration(text).map { .duration($0) }
        case .choice(let words):
            let wanted = text.lowercased()
            return words.first { $0.lowercased() == wanted }.map { .text($0) }
        case .pair, .keyPattern:
            guard let space = text.firstIndex(of: " ") else { return nil }
            let value = text[space...].drop { $0 == " " }
            guard !value.isEmpty, space != text.startIndex else { return nil }
            return .pair(key: String(text[..<space]), value: String(value))
        case .group: return nil
        }
    }

    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "true", "yes": true
        case "off", "false", "no": false
        default: nil
        }
    }

    /// Decimal `k`, `m`, `g`, `t` with an optional `b`, binary `KiB`, `MiB`, `GiB`; `false` is 0.
    static func size(_ text: String) -> Int? {
        if text.lowercased() == "false" { return 0 }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit: Int
        switch text.dropFirst(digits.count).lowercased().drop(while: { $0 == " " }) {
        case "", "b": unit = 1
        case "k", "kb": unit = 1_000
        case "m", "mb": unit = 1_000_000
        case "g", "gb": unit = 1_000_000_000
        case "t", "tb": unit = 1_000_000_000_000
        case "kib": unit = 1 << 10
        case "mib": unit = 1 << 20
        case "gib": unit = 1 << 30
        case "tib": unit = 1 << 40
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product
    }

    /// Nanoseconds from `5`, `0.5`, `500ms`, `10s`, `5m`, `1h`, `1d`.
    static func duration(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let scale: Double
        switch text.dropFirst(number.count) {
        case "ms": scale = 1e6
        case "", "s": scale = 1e9
        case "m": scale = 60e9
        case "h": scale = 3_600e9
        case "d": scale = 86_400e9
        default: return nil
        }
        guard let value = Double(number), value >= 0, value * scale < 9e18 else { return nil }
        return Int64(value * scale)
    }
}
