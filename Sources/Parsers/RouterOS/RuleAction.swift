import Core

/// The action that a rule's log prefix names: `D|rule`, `drop-input`.
enum RuleAction {
    private static let words: [StaticString] = ["drop", "reject", "accept"]

    static func read(_ prefix: RawSpan) -> StaticString? {
        if prefix.hasByte(UInt8(ascii: "|"), at: 1) {
            switch prefix.byte(at: 0) {
            case UInt8(ascii: "A"): return "accept"
            case UInt8(ascii: "D"): return "drop"
            case UInt8(ascii: "R"): return "reject"
            case UInt8(ascii: "L"): return "log"
            case UInt8(ascii: "N"): return "nat"
            case UInt8(ascii: "M"): return "mangle"
            default: break
            }
        }
        var offset = 0
        var isStart = true
        while offset < prefix.byteCount {
            let letter = prefix.byte(at: offset) | 0x20
            if isStart,
                letter == UInt8(ascii: "d") || letter == UInt8(ascii: "r")
                    || letter == UInt8(ascii: "a")
            {
                for word in Self.words where isWord(prefix, word, at: offset) { return word }
            }
            isStart = !(0x61...0x7a).contains(letter)
            offset &+= 1
        }
        return nil
    }

    /// Whether `word` stands at `offset` in any case, and no letter follows.
    private static func isWord(_ text: RawSpan, _ word: StaticString, at offset: Int) -> Bool {
        let end = offset &+ word.utf8CodeUnitCount
        guard end <= text.byteCount else { return false }
        for index in offset..<end {
            // The index lies inside the word.
            let wanted = unsafe word.utf8Start[index &- offset]
            if text.byte(at: index) | 0x20 != wanted { return false }
        }
        return end == text.byteCount || !(0x61...0x7a).contains(text.byte(at: end) | 0x20)
    }
}
