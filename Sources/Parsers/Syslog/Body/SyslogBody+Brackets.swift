import Core

extension SyslogBody {
    private static let bySemicolons = KeyValuePairs(
        pairSeparator: [UInt8(ascii: ";")], keySeparator: [UInt8(ascii: ":")])

    /// Longest prefix of a firewall's rule that is looked for.
    private static let prefixLimit = 64

    /// Reads a text that begins with a bracket: Check Point's `[action:"Accept"; flags:"1"]`, or
    /// netfilter's pairs behind the name of a rule: `[WAN_IN-D]IN=eth0 OUT=`.
    mutating func readBracket(_ line: RawSpan, at start: Int) -> Bool {
        pairs.removeAll()
        if readCheckPoint(line, at: start) { return true }
        guard let close = line.firstIndex(of: UInt8(ascii: "]"), from: start),
            close &- start <= Self.prefixLimit
        else { return false }
        let first = SyslogReader.skipSpaces(line, from: close &+ 1)
        guard line.hasBytes(of: "IN=", at: first) || line.hasBytes(of: "DESCR=", at: first),
            let look = PairLook(line, at: first), look.isConvincing
        else { return false }
        pairs.add(named: "prefix", PairText(range: start &+ 1..<close))
        Self.byBlanks.forEach(line, from: first) { key, value in pairs.add(line, key, value) }
        writeFields(line)
        return true
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
