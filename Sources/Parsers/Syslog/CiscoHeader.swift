import Core

/// The parts of a Cisco header, as far as they were read.
struct CiscoHeader {
    /// The number of messages sent to this receiver.
    var number: UInt32?
    var secondNumber: UInt32?
    var hostname = Slot.null
    var node = Slot.null
    var time: SyslogClock.Reading?
    var timeText = Slot.null
    /// Where the time and the name of its zone end.
    var timeEnd = 0
    var uptime = Slot.null
    var process = Slot.null
    var processID = Slot.null

    private var hasTime: Bool { time != nil || uptime != Slot.null }

    func store(into fields: inout SyslogFields) {
        if let number { fields.sequence = number }
        if hostname != Slot.null { fields.hostname = hostname }
        if fields.deviceTime == nil, let time {
            fields.deviceTime = time.time
            fields.timeText = timeText
            fields.isClockUnset = time.isUnsynchronised
        }
        if process != Slot.null {
            fields.appName = process
            fields.procID = processID
        }
    }

    // MARK: Numbers

    /// The end of digits with a colon behind that is none of a time or an address: `123: `.
    static func numberEnd(_ line: RawSpan, at start: Int) -> Int? {
        var offset = start
        while offset < line.byteCount, line.byte(at: offset).isDigit { offset &+= 1 }
        guard (1...10).contains(offset &- start), line.hasByte(UInt8(ascii: ":"), at: offset),
            offset &+ 1 < line.byteCount
        else { return nil }
        switch line.byte(at: offset &+ 1) {
        case UInt8(ascii: " "), UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: "%"):
            return offset
        default: return line.monthName(at: offset &+ 1) == nil ? nil : offset
        }
    }

    /// - Returns: `false` for a third number, and for one beyond 32 bits.
    mutating func addNumber(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        var value: UInt64 = 0
        for offset in range { value = value &* 10 &+ UInt64(line.byte(at: offset) &- 0x30) }
        guard value <= UInt64(UInt32.max), secondNumber == nil else { return false }
        if number == nil {
            number = UInt32(value)
        } else {
            secondNumber = UInt32(value)
        }
        return true
    }

    // MARK: Words

    /// The end of a word that may be a name, a node, a process or an uptime, with a colon, a bracket
    /// or a space behind it.
    static func wordEnd(_ line: RawSpan, at start: Int) -> Int? {
        var offset = start
        let limit = Swift.min(line.byteCount, start &+ 256)
        while offset < limit {
            switch line.byte(at: offset) {
            case UInt8(ascii: " "), UInt8(ascii: "["): return offset > start ? offset : nil
            case UInt8(ascii: ":"):
                // Colons inside are those of an IPv6 address or an uptime; a node has a time behind.
                let next = offset &+ 1
                let isInside =
                    next < line.byteCount
                    && (line.byte(at: next).isHexDigit || line.byte(at: next) == UInt8(ascii: ":"))
                    && !hasSlash(line, start..<offset)
                if !isInside { return offset > start ? offset : nil }
                offset &+= 1
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x80...0xff, UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "@"),
                UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "("), UInt8(ascii: ")"):
                offset &+= 1
            default: return nil
            }
        }
        return nil
    }

    private static func hasSlash(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        for offset in range where line.byte(at: offset) == UInt8(ascii: "/") { return true }
        return false
    }

    /// Files a word where it belongs.
    ///
    /// - Returns: where the part ends; `nil` when it is no part of a header.
    mutating func addWord(_ line: RawSpan, _ range: Range<Int>) -> Int? {
        let end = range.upperBound
        let isClosed =
            line.hasByte(UInt8(ascii: ":"), at: end) || line.hasBytes(of: " :", at: end)
        if Self.isUptime(line, range) {
            guard uptime == Slot.null, time == nil else { return nil }
            // A few write two numbers: `101 21:`.
            var last = end
            if line.hasByte(UInt8(ascii: " "), at: end),
                let second = Self.numberEnd(line, at: end &+ 1)
            {
                last = second
            } else if !isClosed || Self.isNumber(line, range) {
                return nil
            }
            uptime = SyslogFields.slot(range.lowerBound, last)
            return last
        }
        if line.byte(at: range.lowerBound) == UInt8(ascii: "*") {
            // Wireless controllers name the task: `*Dot1x_NW_MsgTask_4: Oct 11 22:14:15.123: `.
            guard process == Slot.null, isClosed, range.count > 1 else { return nil }
            process = SyslogFields.slot(range.lowerBound &+ 1, end)
            return end
        }
        if line.hasByte(UInt8(ascii: "["), at: end) || isClosed && hasTime {
            return addProcess(line, range)
        }
        if Self.hasSlash(line, range), isClosed {
            guard node == Slot.null else { return nil }
            node = SyslogFields.slot(range.lowerBound, end)
            return end
        }
        guard hostname == Slot.null else { return nil }
        // Without a colon a name has the node or the tag behind it.
        guard isClosed || line.hasBytes(of: " %", at: end) || Self.isNode(line, at: end &+ 1) else {
            return nil
        }
        hostname = SyslogFields.slot(range.lowerBound, end)
        return end
    }

    private mutating func addProcess(_ line: RawSpan, _ range: Range<Int>) -> Int? {
        guard process == Slot.null, hasTime else { return nil }
        let end = range.upperBound
        guard line.hasByte(UInt8(ascii: "["), at: end) else {
            // ASA: ` host : %ASA-6-302013:`.
            if line.hasByte(UInt8(ascii: " "), at: end), hostname == Slot.null {
                hostname = SyslogFields.slot(range.lowerBound, end)
            } else {
                process = SyslogFields.slot(range.lowerBound, end)
            }
            return end
        }
        var close = end &+ 1
        while close < line.byteCount, close &- end < 12, line.byte(at: close).isDigit {
            close &+= 1
        }
        guard close > end &+ 1, line.hasBytes(of: "]:", at: close) else { return nil }
        process = SyslogFields.slot(range.lowerBound, end)
        processID = SyslogFields.slot(end &+ 1, close)
        return close &+ 1
    }

    /// Whether `RP/0/RSP0/CPU0:` stands at `start`.
    private static func isNode(_ line: RawSpan, at start: Int) -> Bool {
        guard let end = wordEnd(line, at: start), line.hasByte(UInt8(ascii: ":"), at: end) else {
            return false
        }
        return hasSlash(line, start..<end)
    }

    /// Whether a word is a time since the start: `00:01:01`, `1d02h`, `3w5d`, `1y23w`, or digits
    /// alone, which nothing else has in front of a space.
    private static func isUptime(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        guard range.count <= 16, line.byte(at: range.lowerBound).isDigit else { return false }
        for offset in range {
            switch line.byte(at: offset) {
            case 0x30...0x39, UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "y"),
                UInt8(ascii: "w"), UInt8(ascii: "d"), UInt8(ascii: "h"), UInt8(ascii: "m"),
                UInt8(ascii: "s"):
                continue
            default: return false
            }
        }
        return !hasThreeDots(line, range)
    }

    static func isNumber(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        for offset in range where !line.byte(at: offset).isDigit { return false }
        return true
    }

    /// IPv4 addresses are names.
    private static func hasThreeDots(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        var dots = 0
        for offset in range where line.byte(at: offset) == UInt8(ascii: ".") { dots &+= 1 }
        return dots == 3
    }
}
