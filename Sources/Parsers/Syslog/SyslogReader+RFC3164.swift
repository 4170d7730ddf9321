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
            let first = offset
            offset = readHostname(line, at: first, into: &fields)
            if fields.hostname & 0xffff_ffff == 3, line.monthName(at: first) != nil,
                let end = readSecondTime(line, at: first, received: received, into: &fields)
            {
                guard end < line.byteCount else { return }
                offset = readHostname(line, at: end, into: &fields)
            }
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
        readTag(line, at: offset, received: received, into: &fields)
    }

    /// Reads the sender's own time behind that of a relay which put no name there:
    /// `Oct 11 22:14:15 Oct 11 22:14:14 host app: text`.
    ///
    /// - Returns: where the hostname begins, the line's end when all is read; `nil` when no time
    ///   stands at `start`.
    @inline(never)
    private func readSecondTime(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Int? {
        guard let second = clock.read(line, at: start, received: received) else { return nil }
        fields.hostname = Slot.null
        if bodies != .off, readCisco(line, at: start, received: received, into: &fields) {
            return line.byteCount
        }
        let end = line.hasByte(UInt8(ascii: ":"), at: second.end) ? second.end &+ 1 : second.end
        let next = Self.skipSpaces(line, from: end)
        if next == line.byteCount { fields.message = SyslogFields.slot(next, next) }
        return next
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
            else { return readCisco(line, at: start, received: received, into: &fields) }
            // The tag is read with the text.
            fields.message = SyslogFields.slot(next, line.byteCount)
            return true
        case UInt8(ascii: "%"):
            guard VendorTag.read(line, at: start) != nil else { return false }
            fields.message = SyslogFields.slot(start, line.byteCount)
            return true
        case UInt8(ascii: "["):
            return readBracketedAddress(line, at: start, received: received, into: &fields)
        case UInt8(ascii: "(") where !line.hasByte(UInt8(ascii: "\""), at: start &+ 1):
            return readBracketedTag(line, at: start, into: &fields)
        case UInt8(ascii: "("):
            // Ubiquiti: `("U7LT,24a43c000000,v3.9.3.7537") hostapd: text`.
            guard fields.hostname == Slot.null, line.hasByte(UInt8(ascii: "\""), at: start &+ 1),
                let comma = line.firstIndex(of: UInt8(ascii: ","), from: start &+ 2),
                let end = line.firstIndex(of: UInt8(ascii: ")"), from: comma),
                end &- start <= 128, comma > start &+ 2,
                line.hasByte(UInt8(ascii: "\""), at: end &- 1)
            else { return false }
            fields.hostname = SyslogFields.slot(start &+ 2, comma)
            readTag(
                line, at: Self.skipSpaces(line, from: end &+ 1), received: received, into: &fields)
            return true
        case 0x30...0x39, UInt8(ascii: "*"), UInt8(ascii: "."):
            return readCisco(line, at: start, received: received, into: &fields)
        default: return false
        }
    }

    /// Reads an address in brackets in the place of a hostname: `[2001:db8::1] app: text`.
    private func readBracketedAddress(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Bool {
        guard fields.hostname == Slot.null,
            let close = line.firstIndex(of: UInt8(ascii: "]"), from: start), close &- start <= 64,
            line.hasByte(UInt8(ascii: " "), at: close &+ 1)
        else { return false }
        let address = line.extracting(start &+ 1..<close)
        guard IPAddress(address.makeString()) != nil else { return false }
        fields.hostname = SyslogFields.slot(start &+ 1, close)
        readTag(
            line, at: Self.skipSpaces(line, from: close &+ 1), received: received, into: &fields)
        return true
    }

    @inline(__always)
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
                // Ubiquiti's versions have a plus.
                guard byte == UInt8(ascii: ",") || comma >= 0 && byte == UInt8(ascii: "+") else {
                    break
                }
                if comma < 0 { comma = offset }
            }
            offset &+= 1
        }
        // `::1` and its like begin with a colon.
        guard offset < line.byteCount, offset > start || line.hasBytes(of: "::", at: start) else {
            return start
        }
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
        // A zone (RFC 4007 §11).
        if line.hasByte(UInt8(ascii: "%"), at: offset) {
            offset &+= 1
            while offset < line.byteCount, ByteSet.hostname.contains(line.byte(at: offset)) {
                offset &+= 1
            }
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
}
