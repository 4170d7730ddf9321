import Core

extension SyslogBody {
    private static let bySemicolons = KeyValuePairs(
        pairSeparator: [UInt8(ascii: ";")], keySeparator: [UInt8(ascii: ":")])

    /// Longest prefix of a firewall's rule that is looked for, with the kernel's time in front.
    private static let prefixLimit = 96

    /// Reads a text that begins with a bracket: Check Point's `[action:"Accept"; flags:"1"]`, or
    /// netfilter's pairs behind the name of a rule: `[WAN_IN-D]IN=eth0 OUT=`.
    mutating func readBracket(_ line: RawSpan, at start: Int) -> Bool {
        pairs.removeAll()
        return readCheckPoint(line, at: start) || readNetfilter(line, at: start)
    }

    /// Reads netfilter's pairs behind the time since the start and the prefix of a rule, of which
    /// either may be missing: `[12345.678901] [UFW BLOCK] IN=eth0 OUT=`, `FINAL_REJECT: IN=eth0 OUT=`.
    mutating func readNetfilter(_ line: RawSpan, at start: Int) -> Bool {
        let first = Self.uptimeEnd(line, at: start)
        guard let offset = Self.netfilterStart(line, from: first),
            let look = PairLook(line, at: offset), look.isConvincing
        else { return false }
        pairs.removeAll()
        let prefix = Self.prefix(line, first..<offset)
        if !prefix.isEmpty { pairs.add(named: "prefix", PairText(range: prefix)) }
        Self.byBlanks.forEach(line, from: offset) { key, value in pairs.add(line, key, value) }
        writeFields(line)
        return true
    }

    /// Where netfilter's first pair starts: `IN=`, or Ubiquiti's `DESCR=`, not far behind `first`.
    @inline(never)
    static func netfilterStart(_ line: RawSpan, from first: Int) -> Int? {
        let head = line.extracting(0..<Swift.min(line.byteCount, first &+ prefixLimit))
        var offset = first
        while let equals = head.firstIndex(of: UInt8(ascii: "="), from: offset) {
            let isBrief = head.hasBytes(of: "IN", at: equals &- 2)
            let start = isBrief ? equals &- 2 : equals &- 5
            if start >= first, isBrief || head.hasBytes(of: "DESCR", at: start) {
                if start == first { return start }
                // A word ends in front.
                switch head.byte(at: start &- 1) {
                case UInt8(ascii: " "), UInt8(ascii: "]"), UInt8(ascii: ":"): return start
                default: break
                }
            }
            offset = equals &+ 1
        }
        return nil
    }

    /// The end of the kernel's `[  123.456789] `; `start` when there is none.
    private static func uptimeEnd(_ line: RawSpan, at start: Int) -> Int {
        guard line.hasByte(UInt8(ascii: "["), at: start) else { return start }
        var offset = SyslogReader.skipSpaces(line, from: start &+ 1)
        let digits = offset
        while offset < line.byteCount,
            line.byte(at: offset).isDigit || line.byte(at: offset) == UInt8(ascii: ".")
        { offset &+= 1 }
        guard offset > digits, line.hasByte(UInt8(ascii: "]"), at: offset),
            line.extracting(digits..<offset).firstIndex(of: UInt8(ascii: "."), from: 0) != nil
        else { return start }
        return SyslogReader.skipSpaces(line, from: offset &+ 1)
    }

    /// The name of a rule without its brackets or the colon behind it.
    private static func prefix(_ line: RawSpan, _ range: Range<Int>) -> Range<Int> {
        var range = PairText.trimmed(line, range)
        if range.isEmpty { return range }
        if line.byte(at: range.upperBound &- 1) == UInt8(ascii: ":") {
            range = range.lowerBound..<range.upperBound &- 1
        } else if range.count >= 2, line.byte(at: range.lowerBound) == UInt8(ascii: "["),
            line.byte(at: range.upperBound &- 1) == UInt8(ascii: "]")
        {
            range = range.lowerBound &+ 1..<range.upperBound &- 1
        }
        return range
    }

    private mutating func readCheckPoint(_ line: RawSpan, at start: Int) -> Bool {
        var offset = start &+ 1
        while offset < line.byteCount, offset &- start <= Self.prefixLimit,
            line.byte(at: offset).isLetter || line.byte(at: offset) == UInt8(ascii: "_")
        { offset &+= 1 }
        guard offset > start &+ 1, line.hasBytes(of: ":\"", at: offset),
            line.byte(at: line.byteCount &- 1) == UInt8(ascii: "]")
        else { return false }
        let text = line.extracting(0..<line.byteCount &- 1)
        Self.bySemicolons.forEach(text, from: start &+ 1) { key, value in
            if value != nil { pairs.add(line, key, value) }
        }
        writeFields(line)
        values.vendor = slot(line, writing: "Check Point")
        if let product = pairs.value(line, of: "product") { values.product = slot(line, product) }
        if let action = pairs.value(line, of: "action") { values.event = slot(line, action) }
        return true
    }
}
