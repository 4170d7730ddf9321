import Core

/// Looks for the beginning of an event behind a header that is somebody else's.
enum EventMark {
    /// The first place where `isMark` holds, a number and a bar follow within it, and which stands
    /// at the line's beginning or behind a blank, a colon, the `>` of a priority, or a byte order
    /// mark.
    static func start(in line: RawSpan, isMark: (Int) -> Bool) -> Int? {
        var from = 0
        while let colon = line.firstIndex(of: UInt8(ascii: ":"), from: from) {
            from = colon &+ 1
            for length in 3...4 where colon >= length && isMark(colon &- length) {
                let start = colon &- length
                if isOpen(line, at: start), hasNumber(line, at: colon &+ 1) { return start }
            }
        }
        return nil
    }

    private static func isOpen(_ line: RawSpan, at start: Int) -> Bool {
        guard start > 0 else { return true }
        let before = line.byte(at: start &- 1)
        return PairText.isBlank(before) || before == UInt8(ascii: ">")
            || before == UInt8(ascii: ":") || before >= 0x80
    }

    /// Whether `0|`, ` 1.0|` or the like stands at `start`.
    private static func hasNumber(_ line: RawSpan, at start: Int) -> Bool {
        var offset = start
        if line.hasByte(UInt8(ascii: " "), at: offset) { offset &+= 1 }
        let first = offset
        while offset < line.byteCount, offset &- first < 8 {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: "|") { return offset > first }
            guard byte.isDigit || byte == UInt8(ascii: ".") else { return false }
            offset &+= 1
        }
        return false
    }
}
