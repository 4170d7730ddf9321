/// Rewrites a pattern from the Ruby syntax that Fluent Bit's users write to PCRE2's.
struct RubySyntax {
    /// The pattern for PCRE2.
    private(set) var pattern: [UInt8] = []
    private(set) var ignoresCase = false
    private(set) var dotMatchesNewline = false
    private(set) var isExtended = false
    /// Whether to match characters instead of bytes.
    let wantsCharacters: Bool
    /// Group names that are too long for PCRE2, by the names they have in `pattern`.
    private(set) var longNames: [String: String] = [:]
    /// For each byte of `pattern` the offset in the source it comes from.
    private var origins: [Int] = []
    private let sourceCount: Int

    init(_ source: String) {
        let bytes = Array(source.utf8)
        sourceCount = bytes.count
        wantsCharacters = source.hasPrefix("(*UTF)") || bytes.contains { $0 >= 0x80 }
        var body = bytes.indices
        if let close = RubySyntax.closingSlash(of: bytes) {
            body = 1..<close
            for option in bytes[(close + 1)...] {
                switch option {
                case UInt8(ascii: "i"): ignoresCase = true
                case UInt8(ascii: "m"): dotMatchesNewline = true
                case UInt8(ascii: "x"): isExtended = true
                default: break
                }
            }
        }
        translate(bytes, body)
    }

    /// Where an offset of `pattern` lies in the source.
    func sourceOffset(of offset: Int) -> Int {
        origins.indices.contains(offset) ? origins[offset] : sourceCount
    }

    /// The slash that ends `/.../imxo`; `nil` when the text is not of that form.
    private static func closingSlash(of bytes: [UInt8]) -> Int? {
        guard bytes.first == UInt8(ascii: "/"), let close = bytes.lastIndex(of: UInt8(ascii: "/")),
            close > 0, bytes[(close + 1)...].allSatisfy({ "imxo".utf8.contains($0) })
        else { return nil }
        return close
    }

    private mutating func translate(_ bytes: [UInt8], _ body: Range<Int>) {
        var index = body.lowerBound
        // Where the content of an open character class begins.
        var classStart: Int?
        while index < body.upperBound {
            let byte = bytes[index]
            let next = index + 1 < body.upperBound ? bytes[index + 1] : nil
            switch byte {
            case UInt8(ascii: "\\"):
                guard let next else { return append(byte, from: index) }
                if next == UInt8(ascii: "k"), classStart == nil,
                    let end = appendLongName(bytes, at: index + 2, end: body.upperBound, "\\k")
                {
                    index = end
                    continue
                }
                append(escape: next, isInClass: classStart != nil, from: index)
                index += 1
            case UInt8(ascii: "[") where classStart == nil:
                append(byte, from: index)
                if next == UInt8(ascii: "^") {
                    append(UInt8(ascii: "^"), from: index + 1)
                    index += 1
                }
                classStart = index + 1
            case UInt8(ascii: "[") where next == UInt8(ascii: ":"):
                index = appendNamedClass(bytes, at: index, end: body.upperBound)
                continue
            case UInt8(ascii: "]"):
                // A bracket that comes first is a member.
                if classStart != index { classStart = nil }
                append(byte, from: index)
            case UInt8(ascii: "(") where classStart == nil:
                index = appendGroup(bytes, at: index, end: body.upperBound)
                continue
            default: append(byte, from: index)
            }
            index += 1
        }
    }

    /// Copies `[:alpha:]`, so that its bracket does not end the class around it.
    ///
    /// - Returns: the index after what was appended.
    private mutating func appendNamedClass(_ bytes: [UInt8], at start: Int, end: Int) -> Int {
        var index = start
        repeat {
            append(bytes[index], from: index)
            index += 1
        } while index < end && bytes[index] != UInt8(ascii: "]")
        return index < end && bytes[index - 1] == UInt8(ascii: ":") ? copyOne(bytes, index) : index
    }

    private mutating func copyOne(_ bytes: [UInt8], _ index: Int) -> Int {
        append(bytes[index], from: index)
        return index + 1
    }

    private mutating func append(_ byte: UInt8, from origin: Int) {
        pattern.append(byte)
        origins.append(origin)
    }

    /// `\h` is a hexadecimal digit in Ruby and a blank in PCRE2.
    private mutating func append(escape byte: UInt8, isInClass: Bool, from origin: Int) {
        let replacement: String
        switch (byte, isInClass) {
        case (UInt8(ascii: "h"), true): replacement = "0-9a-fA-F"
        case (UInt8(ascii: "h"), false): replacement = "[0-9a-fA-F]"
        case (UInt8(ascii: "H"), false): replacement = "[^0-9a-fA-F]"
        default:
            append(UInt8(ascii: "\\"), from: origin)
            append(byte, from: origin + 1)
            return
        }
        for byte in replacement.utf8 { append(byte, from: origin) }
    }

    /// `(?m)` lets the dot match line ends in Ruby; PCRE2 calls that `s`.
    ///
    /// - Returns: the index after what was appended.
    private mutating func appendGroup(_ bytes: [UInt8], at start: Int, end: Int) -> Int {
        append(bytes[start], from: start)
        var index = start + 1
        guard index < end, bytes[index] == UInt8(ascii: "?") else { return index }
        if let end = appendLongName(bytes, at: index + 1, end: end, "?") { return end }
        var last = index + 1
        while last < end, "imx-".utf8.contains(bytes[last]) { last += 1 }
        guard last < end, ":)".utf8.contains(bytes[last]) else { return index }
        while index < last {
            append(
                bytes[index] == UInt8(ascii: "m") ? UInt8(ascii: "s") : bytes[index], from: index)
            index += 1
        }
        return index
    }

    /// The longest name that all versions of PCRE2 take; Ruby has no limit.
    private static let nameLimit = 32

    /// Appends `lead` and a short name in the place of a long one, `<name>` at `start`.
    ///
    /// - Returns: the index after the name; `nil` when nothing had to be done.
    private mutating func appendLongName(
        _ bytes: [UInt8], at start: Int, end: Int, _ lead: String
    ) -> Int? {
        guard start < end, bytes[start] == UInt8(ascii: "<"),
            let close = bytes[start..<end].firstIndex(of: UInt8(ascii: ">")),
            close - start - 1 > Self.nameLimit
        else { return nil }
        let name = String(decoding: bytes[(start + 1)..<close], as: UTF8.self)
        guard name.utf8.allSatisfy({ $0.isWordByte }) else { return nil }
        let short = longNames.first { $0.value == name }?.key ?? "long_name_\(longNames.count)"
        longNames[short] = name
        for byte in (lead + "<" + short + ">").utf8 { append(byte, from: start) }
        return close + 1
    }
}

extension UInt8 {
    fileprivate var isWordByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
        default: false
        }
    }
}
