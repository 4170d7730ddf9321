import Core

/// What a firewall or NAT message says, as places in the line and values.
///
/// The line is read by segments: leftwards from `: in:`, then one part after the other. What is not
/// understood is skipped and makes the result partial.
struct FirewallLine {
    var prefix = Slot.null
    var chain = Slot.null
    var inInterface = Slot.null
    var outInterface = Slot.null
    var connectionState: Range<Int>?
    var connectionMark = Slot.null
    /// Six bytes in the low 48 bits; 0 for none.
    var sourceMAC: UInt64 = 0
    var transport: Range<Int>?
    /// TCP flags as their bits in the header; `nil` when the line has none.
    var tcpFlags: UInt8?
    var icmpType: UInt8?
    var icmpCode: UInt8?
    var source = AddressAndPort()
    var destination = AddressAndPort()
    /// The source after translation.
    var translatedSource = AddressAndPort()
    /// The destination before translation.
    var originalDestination = AddressAndPort()
    var packetLength: UInt32 = 0
    var userName = Slot.null
    /// Whether everything was understood.
    var isComplete = true
    private var hasAddresses = false
    /// Whether what was taken for an interface's name has spaces or is long: it may hold another
    /// chain.
    private var hasLongName = false

    /// An address and a port, zero for unknown.
    struct AddressAndPort {
        var address = IPAddress(high: 0, low: 0)
        var port: UInt16 = 0
    }

    /// Reads the message that starts at `start`.
    ///
    /// In place: a value of this size is worth not copying.
    ///
    /// - Returns: whether it is a firewall message; if not, the values are those of another.
    mutating func read(_ line: RawSpan, at start: Int) -> Bool {
        guard
            var colon = Self.firstIndex(of: ": in:", in: line, from: start, to: line.byteCount)
        else { return false }
        while true {
            self = FirewallLine()
            guard readChain(line, start: start, colon: colon) else { return false }
            guard let offset = readInterfaces(line, at: colon &+ 5) else {
                isComplete = false
                return true
            }
            // A prefix may look like the beginning: `drop: in:WAN input: in:ether1 out:...`.
            if hasLongName, let next = nextChain(line, from: colon &+ 5, to: offset) {
                colon = next
                continue
            }
            readSegments(line, from: offset)
            readUserName(line)
            if !hasAddresses { isComplete = false }
            return true
        }
    }

    /// Another `: in:` in what was taken for the names of the interfaces.
    @inline(never)
    private func nextChain(_ line: RawSpan, from start: Int, to end: Int) -> Int? {
        Self.firstIndex(of: ": in:", in: line, from: start, to: end)
    }

    // MARK: Head

    /// The last word before the colon is the chain, what stands before it the rule's prefix.
    private mutating func readChain(_ line: RawSpan, start: Int, colon: Int) -> Bool {
        var wordStart = colon
        while wordStart > start, line.byte(at: wordStart &- 1) != UInt8(ascii: " ") {
            wordStart &-= 1
        }
        guard wordStart < colon else { return false }
        chain = SyslogFields.slot(wordStart, colon)
        let prefixEnd = Swift.max(start, wordStart &- 1)
        if prefixEnd > start { prefix = SyslogFields.slot(start, prefixEnd) }
        return true
    }

    /// Bytes of the shortest name that is looked at for another chain: `a input: in:b`.
    private static let longName = 13

    /// Reads `IF out:IF`; names may hold spaces and brackets.
    ///
    /// - Returns: where the first segment starts.
    private mutating func readInterfaces(_ line: RawSpan, at start: Int) -> Int? {
        let end = line.byteCount
        guard let space = line.firstIndex(of: UInt8(ascii: " "), from: start),
            let out = line.hasBytes(of: " out:", at: space)
                ? space : Self.firstIndex(of: " out:", in: line, from: space &+ 1, to: end)
        else {
            inInterface = SyslogFields.slot(start, end)
            return nil
        }
        inInterface = SyslogFields.slot(start, out)
        hasLongName = out != space
        let nameStart = out &+ 5
        var offset = nameStart
        while let comma = line.firstIndex(of: UInt8(ascii: ","), from: offset) {
            if line.hasByte(UInt8(ascii: " "), at: comma &+ 1),
                Self.isSegment(line, at: comma &+ 2)
            {
                outInterface = SyslogFields.slot(nameStart, comma)
                if comma &- nameStart >= Self.longName,
                    line.byte(at: nameStart) != UInt8(ascii: "<")
                {
                    hasLongName = true
                }
                return comma &+ 2
            }
            offset = comma &+ 1
        }
        outInterface = SyslogFields.slot(nameStart, end)
        return nil
    }

    private static func isSegment(_ line: RawSpan, at offset: Int) -> Bool {
        let word = word(line, at: offset)
        return word == Word.connection || word == Word.sourceMAC || word >> 16 == Word.proto
            || word >> 32 == Word.length || isOtherMark(word)
    }

    /// `packet-mark:` and `routing-mark:`, which are read over.
    private static func isOtherMark(_ word: UInt64) -> Bool {
        word == Word.packetMark || word == Word.routingMark
    }

    /// The first eight bytes of a segment, zeros for those behind the line's end.
    @inline(__always)
    private static func word(_ line: RawSpan, at offset: Int) -> UInt64 {
        if offset &+ 8 <= line.byteCount { return line.uint64(at: offset) }
        return lastWord(line, at: offset)
    }

    @inline(__always)
    private static func lastWord(_ line: RawSpan, at offset: Int) -> UInt64 {
        let left = line.byteCount &- offset
        guard left > 0, line.byteCount >= 8 else { return 0 }
        return line.uint64(at: line.byteCount &- 8) << UInt64(64 &- 8 &* left)
    }

    /// What segments begin with, as numbers: they are compared at every comma.
    private enum Word {
        static let connection: UInt64 = 0x636f_6e6e_6563_7469  // `connecti`
        static let sourceMAC: UInt64 = 0x7372_632d_6d61_6320  // `src-mac `
        static let packetMark: UInt64 = 0x7061_636b_6574_2d6d  // `packet-m`
        static let routingMark: UInt64 = 0x726f_7574_696e_672d  // `routing-`
        static let proto: UInt64 = 0x7072_6f74_6f20  // `proto `
        static let priority: UInt64 = 0x70_7269_6f20  // `prio `
        static let translation: UInt64 = 0x4e41_5420  // `NAT `
        static let length: UInt64 = 0x6c65_6e20  // `len `
    }

    // MARK: Segments

    private mutating func readSegments(_ line: RawSpan, from start: Int) {
        var offset = start
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") {
                offset &+= 1
                continue
            }
            // A digit begins addresses, the part that all lines have.
            if byte.isDigit {
                offset = readTuple(line, at: offset)
                continue
            }
            let word = Self.word(line, at: offset)
            switch word {
            case Word.connection: offset = readConnection(line, at: offset)
            case Word.sourceMAC: offset = readMAC(line, at: offset &+ 8)
            case _ where word >> 16 == Word.proto:
                offset = readProtocol(line, at: offset &+ 6)
            case _ where word >> 32 == Word.length: offset = readLength(line, at: offset &+ 4)
            case _ where word >> 32 == Word.translation:
                offset = readTranslation(line, at: offset &+ 4)
            case _ where word >> 24 == Word.priority:
                offset = Self.segmentEnd(line, from: offset)
            case Word.packetMark, Word.routingMark: offset = Self.markEnd(line, from: offset)
            default: offset = readTuple(line, at: offset)
            }
        }
    }

    /// Reads `connection-state:new,snat` or `connection-mark:NAME`.
    private mutating func readConnection(_ line: RawSpan, at start: Int) -> Int {
        if line.hasBytes(of: "on-state:", at: start &+ 8) {
            let end = Self.wordEnd(line, from: start &+ 17)
            connectionState = start &+ 17..<end
            return end
        }
        if line.hasBytes(of: "on-mark:", at: start &+ 8) {
            let end = Self.markEnd(line, from: start &+ 16)
            connectionMark = SyslogFields.slot(start &+ 16, end)
            return end
        }
        return readTuple(line, at: start)
    }

    /// The end of a word: before a space, without a comma in front of it.
    private static func wordEnd(_ line: RawSpan, from start: Int) -> Int {
        let end = line.firstIndex(of: UInt8(ascii: " "), from: start) ?? line.byteCount
        return end > start && line.byte(at: end &- 1) == UInt8(ascii: ",") ? end &- 1 : end
    }

    /// The end of a mark, which may hold spaces: in front of a segment, without a comma.
    private static func markEnd(_ line: RawSpan, from start: Int) -> Int {
        var space = line.firstIndex(of: UInt8(ascii: " "), from: start) ?? line.byteCount
        while space < line.byteCount, !isSegment(line, at: space &+ 1) {
            space = line.firstIndex(of: UInt8(ascii: " "), from: space &+ 1) ?? line.byteCount
        }
        return space > start && line.byte(at: space &- 1) == UInt8(ascii: ",") ? space &- 1 : space
    }

    /// The next comma that a space follows, or the end.
    private static func segmentEnd(_ line: RawSpan, from start: Int) -> Int {
        var offset = start
        while let comma = line.firstIndex(of: UInt8(ascii: ","), from: offset) {
            if line.hasByte(UInt8(ascii: " "), at: comma &+ 1) { return comma }
            offset = comma &+ 1
        }
        return line.byteCount
    }

    private mutating func readMAC(_ line: RawSpan, at start: Int) -> Int {
        guard let address = TextAddress.mac(line, at: start) else {
            isComplete = false
            return Self.segmentEnd(line, from: start)
        }
        sourceMAC = address
        return start &+ 17
    }

    /// All flags with commas take 31 bytes.
    private static let longestDetail = 64

    /// Reads `TCP (SYN,ACK)`, `ICMP (type 8, code 0)`, `UDP` or a number.
    private mutating func readProtocol(_ line: RawSpan, at start: Int) -> Int {
        var offset = start
        while offset < line.byteCount, line.byte(at: offset) != UInt8(ascii: ","),
            line.byte(at: offset) != UInt8(ascii: " ")
        {
            offset &+= 1
        }
        transport = start..<offset
        guard line.hasBytes(of: " (", at: offset) else { return offset }
        let detail = offset &+ 2
        let rest = line.extracting(
            detail..<Swift.min(detail &+ Self.longestDetail, line.byteCount))
        guard let length = rest.firstIndex(of: UInt8(ascii: ")")) else { return offset }
        let close = detail &+ length
        if line.hasBytes(of: "type ", at: detail) {
            var next = detail &+ 5
            icmpType = Self.smallNumber(line, &next)
            if line.hasBytes(of: ", code ", at: next) {
                next &+= 7
                icmpCode = Self.smallNumber(line, &next)
            }
            if icmpType == nil || next != close { isComplete = false }
        } else {
            tcpFlags = readFlags(line, detail..<close)
        }
        return close &+ 1
    }

    /// Reads flag names separated by commas.
    private mutating func readFlags(_ line: RawSpan, _ range: Range<Int>) -> UInt8 {
        var flags: UInt8 = 0
        var offset = range.lowerBound
        while offset &+ 3 <= range.upperBound {
            let name =
                UInt32(line.byte(at: offset)) << 16 | UInt32(line.byte(at: offset &+ 1)) << 8
                | UInt32(line.byte(at: offset &+ 2))
            switch name {
            case 0x46494e: flags |= 1
            case 0x53594e: flags |= 2
            case 0x525354: flags |= 4
            case 0x505348: flags |= 8
            case 0x41434b: flags |= 16
            case 0x555247: flags |= 32
            case 0x454345: flags |= 64
            case 0x435752: flags |= 128
            default: isComplete = false
            }
            offset &+= 4
        }
        return flags
    }

    private static func smallNumber(_ line: RawSpan, _ offset: inout Int) -> UInt8? {
        var number = 0
        let start = offset
        while offset < line.byteCount, line.byte(at: offset).isDigit, offset &- start < 3 {
            number = number &* 10 &+ Int(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        return offset > start && number <= 255 ? UInt8(number) : nil
    }

    /// Reads `ADDR[:PORT]->ADDR[:PORT]`.
    private mutating func readTuple(_ line: RawSpan, at start: Int) -> Int {
        var offset = start
        if let first = TextAddress.endpoint(line, &offset), line.hasBytes(of: "->", at: offset) {
            offset &+= 2
            if let second = TextAddress.endpoint(line, &offset) {
                source = first
                destination = second
                hasAddresses = true
                return offset
            }
        }
        isComplete = false
        return Swift.max(Self.segmentEnd(line, from: start), start &+ 1)
    }

    /// Reads `(A->B)->C` (source NAT), `A->(B->C)` (destination NAT) or both.
    ///
    /// Inside the brackets left is before and right is after the translation.
    private mutating func readTranslation(_ line: RawSpan, at start: Int) -> Int {
        var offset = start
        if line.hasByte(UInt8(ascii: "("), at: offset) {
            guard let pair = Self.pair(line, &offset) else { return lostSegment(line, start) }
            translatedSource = pair.after
        } else if TextAddress.endpoint(line, &offset) == nil {
            return lostSegment(line, start)
        }
        guard line.hasBytes(of: "->", at: offset) else { return lostSegment(line, start) }
        offset &+= 2
        if line.hasByte(UInt8(ascii: "("), at: offset) {
            guard let pair = Self.pair(line, &offset) else { return lostSegment(line, start) }
            originalDestination = pair.before
        } else if TextAddress.endpoint(line, &offset) == nil {
            return lostSegment(line, start)
        }
        return offset
    }

    private mutating func lostSegment(_ line: RawSpan, _ start: Int) -> Int {
        isComplete = false
        return Self.segmentEnd(line, from: start)
    }

    private static func pair(
        _ line: RawSpan, _ offset: inout Int
    ) -> (before: AddressAndPort, after: AddressAndPort)? {
        offset &+= 1
        guard let before = TextAddress.endpoint(line, &offset), line.hasBytes(of: "->", at: offset)
        else { return nil }
        offset &+= 2
        guard let after = TextAddress.endpoint(line, &offset),
            line.hasByte(UInt8(ascii: ")"), at: offset)
        else { return nil }
        offset &+= 1
        return (before, after)
    }

    private mutating func readLength(_ line: RawSpan, at start: Int) -> Int {
        var offset = start
        var number: UInt32 = 0
        while offset < line.byteCount, line.byte(at: offset).isDigit, offset &- start < 9 {
            number = number &* 10 &+ UInt32(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        packetLength = number
        if offset == start { return lostSegment(line, start) }
        return offset
    }
}
