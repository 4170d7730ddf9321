import Core

extension SyslogReader {
    /// Reads `[HOSTNAME SP] [TAG] CONTENT`, which follows the timestamp (RFC 3164 §4.1 and §5).
    ///
    /// The first token is the hostname when it ends at a space, and the tag when it ends at a colon
    /// or a bracket: many senders leave the hostname out.
    func readRFC3164(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) {
        var offset = Self.skipSpaces(line, from: start)
        guard offset < line.byteCount else {
            fields.message = SyslogFields.slot(offset, offset)
            return
        }
        if line.byte(at: offset) == UInt8(ascii: "l"),
            readRepetition(line, at: offset, into: &fields)
        {
            return
        }
        if line.byte(at: offset) == UInt8(ascii: "M"),
            let end = readForwarded(line, at: offset, into: &fields)
        {
            offset = end
        } else {
            offset = readHostname(line, at: offset, into: &fields)
        }
        if line.hasByte(UInt8(ascii: "l"), at: offset),
            readRepetition(line, at: offset, into: &fields)
        {
            return
        }
        // Tags begin with a letter, nearly all of them.
        if bodies != .off, offset < line.byteCount, !line.byte(at: offset).isLetter,
            readOddTag(line, at: offset, received: received, into: &fields)
        {
            return
        }
        readTag(line, at: offset, into: &fields)
    }

    /// Reads what no RFC puts behind the hostname: a header of Cisco's, sent on by a relay, the
    /// space-and-colon of ASA, the mark in front of JSON.
    @inline(never)
    private func readOddTag(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Bool {
        switch line.byte(at: start) {
        case UInt8(ascii: "@") where line.hasBytes(of: "@cee:", at: start):
            fields.message = SyslogFields.slot(start, line.byteCount)
            return true
        case UInt8(ascii: ":"):
            let next = Self.skipSpaces(line, from: start &+ 1)
            guard line.hasByte(UInt8(ascii: "%"), at: next),
                VendorTag.read(line, at: next) != nil
            else { return false }
            // The tag is read with the text.
            fields.message = SyslogFields.slot(next, line.byteCount)
            return true
        case UInt8(ascii: "%"):
            guard VendorTag.read(line, at: start) != nil else { return false }
            fields.message = SyslogFields.slot(start, line.byteCount)
            return true
        case UInt8(ascii: "("):
            // Ubiquiti: `("U7LT,24a43c000000,v3.9.3.7537") hostapd: text`.
            guard fields.hostname == Slot.null, line.hasByte(UInt8(ascii: "\""), at: start &+ 1),
                let comma = line.firstIndex(of: UInt8(ascii: ","), from: start &+ 2),
                let end = line.firstIndex(of: UInt8(ascii: ")"), from: comma),
                end &- start <= 128, comma > start &+ 2,
                line.hasByte(UInt8(ascii: "\""), at: end &- 1)
            else { return false }
            fields.hostname = SyslogFields.slot(start &+ 2, comma)
            readTag(line, at: Self.skipSpaces(line, from: end &+ 1), into: &fields)
            return true
        case 0x30...0x39, UInt8(ascii: "*"), UInt8(ascii: "."):
            return readCisco(line, at: start, received: received, into: &fields)
        default: return false
        }
    }

    static func skipSpaces(_ line: RawSpan, from start: Int) -> Int {
        var offset = start
        while line.hasByte(UInt8(ascii: " "), at: offset) { offset &+= 1 }
        return offset
    }

    // MARK: Hostname

    /// Reads a hostname that ends at a space.
    ///
    /// - Returns: where the tag starts: `start` itself when there is no hostname.
    private func readHostname(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> Int {
        var offset = start
        var comma = -1
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            if !ByteSet.hostname.contains(byte) {
                guard byte == UInt8(ascii: ",") else { break }
                if comma < 0 { comma = offset }
            }
            offset &+= 1
        }
        guard offset < line.byteCount, offset > start else { return start }
        switch line.byte(at: offset) {
        case UInt8(ascii: " "):
            // Palo Alto without a name: `1,2026/10/11 22:14:15,`.
            if comma == start &+ 1, line.byte(at: start).isDigit { return start }
            // Ubiquiti: model, MAC address and version behind the name.
            fields.hostname = SyslogFields.slot(start, comma > start ? comma : offset)
            return Self.skipSpaces(line, from: offset)
        case UInt8(ascii: ":"):
            if comma > start {
                fields.hostname = SyslogFields.slot(start, comma)
                return Self.skipSpaces(line, from: offset &+ 1)
            }
            guard let end = Self.ipv6End(line, from: start) else { return start }
            fields.hostname = SyslogFields.slot(start, end)
            return Self.skipSpaces(line, from: end)
        default:
            return start
        }
    }

    /// The end of a bare IPv6 address that is followed by a space.
    private static func ipv6End(_ line: RawSpan, from start: Int) -> Int? {
        var offset = start
        var colons = 0
        while offset < line.byteCount {
            let byte = line.byte(at: offset)
            if byte == UInt8(ascii: ":") {
                colons &+= 1
            } else if !byte.isHexDigit, byte != UInt8(ascii: ".") {
                break
            }
            offset &+= 1
        }
        guard colons >= 2, line.hasByte(UInt8(ascii: " "), at: offset),
            line.byte(at: offset &- 1) != UInt8(ascii: ":") || colons == 2
        else { return nil }
        return offset
    }

    /// Reads AIX's `Message forwarded from NAME: `.
    private func readForwarded(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> Int? {
        let phrase: StaticString = "Message forwarded from "
        guard line.hasBytes(of: phrase, at: start) else { return nil }
        let nameStart = start &+ phrase.utf8CodeUnitCount
        guard let colon = line.firstIndex(of: UInt8(ascii: ":"), from: nameStart),
            colon > nameStart, colon &- nameStart <= 255
        else { return nil }
        fields.hostname = SyslogFields.slot(nameStart, colon)
        return Self.skipSpaces(line, from: colon &+ 1)
    }

    // MARK: Tag and content

    /// Longest tag accepted; RFC 3164 says 32.
    private static let tagLimit = 128

    /// Reads `tag:`, `tag[pid]:`, `tag[pid]` or `tag(pid):`, then the content.
    private func readTag(_ line: RawSpan, at start: Int, into fields: inout SyslogFields) {
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
        if contentStart > start {
            // One space of separation is not content.
            if line.hasByte(UInt8(ascii: " "), at: contentStart) { contentStart &+= 1 }
            if keepsNil { contentStart = Self.skipSpaces(line, from: contentStart) }
        }
        fields.message = SyslogFields.slot(contentStart, line.byteCount)
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

    /// Reads `last message repeated N times`, which stands where a tag would.
    func readRepetition(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> Bool {
        let phrase: StaticString = "last message repeated "
        guard line.hasByte(UInt8(ascii: "l"), at: start), line.hasBytes(of: phrase, at: start)
        else {
            return false
        }
        var offset = start &+ phrase.utf8CodeUnitCount
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
