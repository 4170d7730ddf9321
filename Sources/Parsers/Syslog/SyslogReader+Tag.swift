import Core

/// What stands behind the hostname of an RFC 3164 header: tag and content.
extension SyslogReader {
    /// Longest tag accepted; RFC 3164 says 32.
    private static let tagLimit = 128

    /// Reads `tag:`, `tag[pid]:`, `tag[pid]` or `tag(pid):`, then the content.
    func readTag(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) {
        var offset = start
        let limit = Swift.min(line.byteCount, start &+ Self.tagLimit &+ 1)
        while offset < limit, !ByteSet.tagEnd.contains(line.byte(at: offset)) { offset &+= 1 }
        var contentStart = start
        if offset > start, offset < limit {
            switch line.byte(at: offset) {
            // `http://` is text.
            case UInt8(ascii: ":") where isEvent(line, start..<offset): break
            case UInt8(ascii: ":") where !line.hasByte(UInt8(ascii: "/"), at: offset &+ 1):
                fields.appName = SyslogFields.slot(start, offset)
                contentStart = offset &+ 1
            case UInt8(ascii: "["):
                if let end = readProcess(
                    line, at: offset &+ 1, until: UInt8(ascii: "]"), into: &fields)
                {
                    fields.appName = SyslogFields.slot(start, offset)
                    contentStart = line.hasByte(UInt8(ascii: ":"), at: end) ? end &+ 1 : end
                }
            case UInt8(ascii: "("):
                if let end = readProcess(
                    line, at: offset &+ 1, until: UInt8(ascii: ")"), into: &fields)
                {
                    if line.hasByte(UInt8(ascii: ":"), at: end) {
                        fields.appName = SyslogFields.slot(start, offset)
                        contentStart = end &+ 1
                    } else {
                        fields.procID = Slot.null
                    }
                }
            default: break
            }
        }
        var isOdd: Bool
        if contentStart == start {
            // A month may begin a time, which has a blank behind its day of two places.
            isOdd = offset &- start == 3 && line.hasByte(UInt8(ascii: " "), at: start &+ 6)
        } else {
            isOdd = offset &- start > 13
            // One space of separation is not content.
            if line.hasByte(UInt8(ascii: " "), at: contentStart) {
                contentStart &+= 1
            } else {
                isOdd = true
            }
            if keepsNil { contentStart = Self.skipSpaces(line, from: contentStart) }
            isOdd = isOdd || Self.isOddContent(line, at: contentStart)
        }
        fields.message = SyslogFields.slot(contentStart, line.byteCount)
        if isOdd { lookAgain(line, start..<offset, contentStart, received, into: &fields) }
    }

    /// Whether a content may be a repetition or begin with a time, which need a closer look.
    @inline(__always)
    private static func isOddContent(_ line: RawSpan, at start: Int) -> Bool {
        // A time has 15 bytes, a repetition more.
        guard start &+ 16 <= line.byteCount else { return false }
        let first = line.byte(at: start)
        return line.byte(at: start &+ 6) == UInt8(ascii: " ")
            && line.byte(at: start &+ 3) == UInt8(ascii: " ")
            || first &- UInt8(ascii: "l") <= 1
            || first == UInt8(ascii: "*") || first == UInt8(ascii: ".")
    }

    /// Looks closer at a tag and its content: few senders write what only seems to be one.
    @inline(never)
    private func lookAgain(
        _ line: RawSpan, _ tag: Range<Int>, _ content: Int, _ received: Timestamp,
        into fields: inout SyslogFields
    ) {
        let start = tag.lowerBound
        if fields.appName == Slot.null {
            // A relay's header in front of Cisco's own, which has no number and no name.
            if bodies != .off, line.monthName(at: start) != nil {
                _ = readCisco(line, at: start, received: received, into: &fields)
            }
        } else if content == tag.upperBound &+ 1, Self.isNumber(line, tag) {
            // `10:22:33` and `00:11:22:33:44:55` are text.
            fields.appName = Slot.null
            fields.message = SyslogFields.slot(start, line.byteCount)
        } else if Self.isUbiquiti(line, tag) {
            let next = Self.skipSpaces(line, from: content)
            // Another name of this kind is text, or many of them would call each other.
            if let comma = line.firstIndex(
                of: UInt8(ascii: ","), or: UInt8(ascii: ":"), from: next),
                line.byte(at: comma) == UInt8(ascii: ",")
            {
                return
            }
            fields.appName = Slot.null
            readTag(line, at: next, received: received, into: &fields)
        } else if !readRepetition(line, at: content, into: &fields), fields.procID == Slot.null {
            readBehindName(line, at: start, content: content, received, into: &fields)
        }
    }

    /// Reads Cisco's header where a relay's has a name or nothing behind the hostname, and the device
    /// writes its own in front of the time: `Oct 11 22:14:15 192.0.2.7 rtr: *Oct 11 22:14:14: %A-5-B:`.
    private func readBehindName(
        _ line: RawSpan, at start: Int, content: Int, _ received: Timestamp,
        into fields: inout SyslogFields
    ) {
        var offset = content
        if line.hasByte(UInt8(ascii: "*"), at: offset)
            || line.hasByte(UInt8(ascii: "."), at: offset)
        {
            offset &+= 1
        }
        guard bodies != .off, line.monthName(at: offset) != nil else { return }
        let name = fields.appName
        fields.appName = Slot.null
        if !readCisco(line, at: start, received: received, into: &fields) { fields.appName = name }
    }

    /// Whether a word in front of a colon is the beginning of a time, a date or an address.
    private static func isNumber(_ line: RawSpan, _ word: Range<Int>) -> Bool {
        let next = word.upperBound &+ 1
        guard next < line.byteCount,
            line.byte(at: next).isHexDigit || line.byte(at: next) == UInt8(ascii: ":")
        else { return false }
        for offset in word {
            switch line.byte(at: offset) {
            case 0x2d...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: "T"): continue
            default: return false
            }
        }
        if line.byte(at: word.lowerBound).isDigit { return true }
        // Words like `feed` have no second colon.
        var colon = next
        while colon < line.byteCount, line.byte(at: colon).isHexDigit { colon &+= 1 }
        return line.hasByte(UInt8(ascii: ":"), at: colon)
    }

    /// Whether a tag is `802aa8000000,U6-Lite-6.5.28+14491`, or `U7PG2,802aa8000000,v4.3.28`.
    private static func isUbiquiti(_ line: RawSpan, _ tag: Range<Int>) -> Bool {
        guard tag.count > 13, line.hasByte(UInt8(ascii: ":"), at: tag.upperBound) else {
            return false
        }
        var digits = 0
        for offset in tag {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: ",") {
                if digits == 12 { return true }
                digits = 0
            } else {
                digits = byte.isHexDigit ? digits &+ 1 : 100
            }
        }
        return false
    }

    /// Reads a tag that is a name in parentheses, as systemd calls its children: `(sd-pam)[123]:`.
    func readBracketedTag(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> Bool {
        var close = start &+ 1
        let limit = Swift.min(line.byteCount, start &+ Self.tagLimit)
        while close < limit, !ByteSet.tagEnd.contains(line.byte(at: close)),
            line.byte(at: close) != UInt8(ascii: ")")
        { close &+= 1 }
        let end = close &+ 1
        guard close > start &+ 1, line.hasByte(UInt8(ascii: ")"), at: close),
            line.hasByte(UInt8(ascii: ":"), at: end) || line.hasByte(UInt8(ascii: "["), at: end)
        else { return false }
        var tagEnd = end
        if line.hasByte(UInt8(ascii: "["), at: end) {
            guard
                let process = readProcess(
                    line, at: end &+ 1, until: UInt8(ascii: "]"), into: &fields)
            else { return false }
            tagEnd = process
        }
        if line.hasByte(UInt8(ascii: ":"), at: tagEnd) { tagEnd &+= 1 }
        fields.appName = SyslogFields.slot(start, end)
        if line.hasByte(UInt8(ascii: " "), at: tagEnd) { tagEnd &+= 1 }
        fields.message = SyslogFields.slot(tagEnd, line.byteCount)
        return true
    }

    /// Whether the tag is the `CEF:0|` or `LEEF:1.0|` of an event.
    @inline(__always)
    private func isEvent(_ line: RawSpan, _ tag: Range<Int>) -> Bool {
        guard tag.count == 3 || tag.count == 4, bodies != .off,
            line.byte(at: tag.upperBound &- 1) == UInt8(ascii: "F"),
            Self.hasDigit(line, at: tag.upperBound &+ 1)
        else { return false }
        return tag.count == 3
            ? line.hasBytes(of: "CEF", at: tag.lowerBound)
            : line.hasBytes(of: "LEEF", at: tag.lowerBound)
    }

    /// Whether a digit stands at `start`, or behind a space there.
    private static func hasDigit(_ line: RawSpan, at start: Int) -> Bool {
        let next = line.hasByte(UInt8(ascii: " "), at: start) ? start &+ 1 : start
        return next < line.byteCount && line.byte(at: next).isDigit
    }

    /// Reads a process id up to its bracket.
    ///
    /// - Returns: the offset behind the bracket; `nil` when none closes soon.
    private func readProcess(
        _ line: RawSpan, at start: Int, until bracket: UInt8, into fields: inout SyslogFields
    ) -> Int? {
        var offset = start
        let limit = Swift.min(line.byteCount, start &+ Self.tagLimit)
        while offset < limit, line.byte(at: offset) != bracket {
            if line.byte(at: offset) <= 0x20 { return nil }
            offset &+= 1
        }
        guard offset < limit else { return nil }
        let isNil =
            offset == start || offset == start &+ 1 && line.byte(at: start) == UInt8(ascii: "-")
        if !isNil { fields.procID = SyslogFields.slot(start, offset) }
        return offset &+ 1
    }

    /// Reads `last message repeated N times`, or rsyslog's `message repeated N times: [ text]`.
    func readRepetition(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> Bool {
        let phrase: StaticString = "message repeated "
        var offset = start
        if line.hasByte(UInt8(ascii: "l"), at: start), line.hasBytes(of: "last ", at: start) {
            offset &+= 5
        }
        guard line.hasByte(UInt8(ascii: "m"), at: offset), line.hasBytes(of: phrase, at: offset)
        else { return false }
        offset &+= phrase.utf8CodeUnitCount
        var count: UInt32 = 0
        while offset < line.byteCount, line.byte(at: offset).isDigit, count < 100_000_000 {
            count = count &* 10 &+ UInt32(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        guard line.hasBytes(of: " time", at: offset) else { return false }
        fields.repeatCount = count
        fields.message = SyslogFields.slot(start, line.byteCount)
        return true
    }
}
