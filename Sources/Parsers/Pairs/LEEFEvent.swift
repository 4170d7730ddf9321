import Core

/// The header of a LEEF event of QRadar, and the delimiter of its attributes.
///
/// `LEEF:1.0|vendor|product|version|event id|` has attributes separated by tabs; `LEEF:2.0` may
/// name another delimiter in a part more, as a character or as `0x5e`, `x5e` or `\x5e`.
struct LEEFEvent {
    /// Version of LEEF, vendor, product, its version, event id.
    private var parts: InlineArray<5, Range<Int>>
    private(set) var attributesStart: Int
    private var delimiter: UInt8 = 0x09
    /// Whether `#011` stands for the tab, as syslog servers write control characters.
    private var hasNumberedTabs = false

    var leefVersion: Range<Int> { parts[0] }
    var vendor: Range<Int> { parts[1] }
    var product: Range<Int> { parts[2] }
    var version: Range<Int> { parts[3] }
    var eventID: Range<Int> { parts[4] }

    /// Reads a header at `start`, where `LEEF:` stands.
    static func read(_ line: RawSpan, at start: Int) -> LEEFEvent? {
        var parts: InlineArray<5, Range<Int>> = .init(repeating: 0..<0)
        var offset = start &+ 5
        while line.hasByte(UInt8(ascii: " "), at: offset) { offset &+= 1 }
        for index in 0..<5 {
            if let bar = line.firstIndex(of: UInt8(ascii: "|"), from: offset) {
                parts[index] = offset..<bar
                offset = bar &+ 1
            } else {
                // Nothing behind the event id, not even a bar.
                guard index == 4, offset < line.byteCount else { return nil }
                parts[4] = offset..<line.byteCount
                offset = line.byteCount
            }
        }
        var event = LEEFEvent(parts: parts, attributesStart: offset)
        if line.hasBytes(of: "2", at: parts[0].lowerBound) { event.readDelimiter(line) }
        if event.delimiter == 0x09, line.firstIndex(of: 0x09, from: event.attributesStart) == nil {
            event.hasNumberedTabs = true
        }
        return event
    }

    private mutating func readDelimiter(_ line: RawSpan) {
        let limit = Swift.min(attributesStart &+ 6, line.byteCount)
        var bar = attributesStart
        // The delimiter may be a bar itself.
        if line.hasBytes(of: "||", at: bar) { bar &+= 1 }
        while bar < limit, line.byte(at: bar) != UInt8(ascii: "|") { bar &+= 1 }
        guard bar < limit else { return }
        let text = line.extracting(attributesStart..<bar)
        switch text.byteCount {
        case 0: break
        case 1: delimiter = text.byte(at: 0)
        default:
            guard let code = Self.code(text) else { return }
            delimiter = code
        }
        attributesStart = bar &+ 1
    }

    /// The character of `0x5e`, `x5e`, `\x5e`, `\t`.
    private static func code(_ text: RawSpan) -> UInt8? {
        if text.isText("\\t") { return 0x09 }
        var offset = text.hasBytes(of: "0") || text.hasBytes(of: "\\") ? 1 : 0
        guard offset < text.byteCount, text.byte(at: offset) | 0x20 == UInt8(ascii: "x") else {
            return nil
        }
        offset &+= 1
        var value = 0
        guard (1...4).contains(text.byteCount &- offset) else { return nil }
        while offset < text.byteCount {
            let byte = text.byte(at: offset)
            guard byte.isHexDigit else { return nil }
            value = value << 4 | Int(byte < 0x40 ? byte & 15 : (byte & 15) &+ 9)
            offset &+= 1
        }
        return UInt8(exactly: value)
    }

    /// Calls `body` for each attribute.
    ///
    /// A part without `=` belongs to the value in front of it.
    ///
    /// - Returns: what stands in front of the first attribute; usually empty.
    @discardableResult
    func forEach(_ line: RawSpan, _ body: (PairText, PairText) -> Void) -> Range<Int> {
        var lead = attributesStart..<attributesStart
        var key: Range<Int>?
        var valueStart = attributesStart
        var valueEnd = attributesStart
        var offset = attributesStart
        while offset <= line.byteCount {
            let end = nextDelimiter(line, from: offset)
            if let equals = equals(line, offset..<end) {
                if let key {
                    body(
                        PairText(range: key),
                        PairText(range: PairText.trimmed(line, valueStart..<valueEnd)))
                } else {
                    lead = PairText.trimmed(line, valueStart..<valueEnd)
                }
                key = PairText.trimmed(line, offset..<equals)
                valueStart = equals &+ 1
                valueEnd = end
            } else if end > offset {
                valueEnd = end
            }
            offset = end &+ (hasNumberedTabs && end < line.byteCount ? 4 : 1)
        }
        let rest = PairText.trimmed(line, valueStart..<valueEnd)
        guard let key else { return rest }
        body(PairText(range: key), PairText(range: rest))
        return lead
    }

    private func nextDelimiter(_ line: RawSpan, from start: Int) -> Int {
        guard hasNumberedTabs else {
            return line.firstIndex(of: delimiter, from: start) ?? line.byteCount
        }
        var offset = start
        while let mark = line.firstIndex(of: UInt8(ascii: "#"), from: offset) {
            if line.hasBytes(of: "#011", at: mark) { return mark }
            offset = mark &+ 1
        }
        return line.byteCount
    }

    /// The first `=` of an attribute whose key is not empty.
    private func equals(_ line: RawSpan, _ range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: "=") { return offset > range.lowerBound ? offset : nil }
            offset &+= 1
        }
        return nil
    }

    /// Where `LEEF:` and its version stand: at the beginning or behind a syslog header.
    static func start(in line: RawSpan) -> Int? {
        EventMark.start(in: line) { line.hasBytes(of: "LEEF:", at: $0) }
    }
}
