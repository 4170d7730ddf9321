import Core

/// Finds out which form a message has and reads its header.
///
/// A class, because its owner's check of exclusive access would cost a tenth of reading a message.
final class SyslogReader {
    let form: SyslogParser.Form
    /// Whether NIL and spaces are kept as Fluent Bit's patterns do.
    let keepsNil: Bool
    /// Which bodies are looked for; `off` leaves vendors' headers and tags alone, too.
    let bodies: SyslogParser.Body
    /// Whether lines of RouterOS are told apart.
    let findsRouterOS: Bool
    let clock: SyslogClock
    // Knows no reader, and one thread reads.
    @exclusivity(unchecked) var structuredData = StructuredData()
    /// Of the message read last, where its fields say so.
    var vendorFields = VendorFields()
    var body: SyslogBody

    init(
        form: SyslogParser.Form, keepsNil: Bool, bodies: SyslogParser.Body = .off,
        findsRouterOS: Bool = false, timeZone: TimeZone, zoneNames: ZoneNames = .stock
    ) {
        self.form = form
        self.keepsNil = keepsNil
        self.bodies = bodies
        self.findsRouterOS = findsRouterOS
        clock = SyslogClock(zone: timeZone, zoneNames: zoneNames)
        body = SyslogBody(zone: timeZone)
    }

    /// Finds out which form a line has and reads its header.
    func read(
        _ line: RawSpan, received: Timestamp, into fields: inout SyslogFields
    ) -> (SyslogFormat, ErrorCode?) {
        var offset = 0
        if line.hasByte(UInt8(ascii: "<"), at: 0) {
            guard let end = Self.readPriority(line, into: &fields) else {
                return raw(line, .syslogBadPriority, &fields)
            }
            offset = end
        }
        // Without a PRI only RFC 3164 is recognised: files have it, but no RFC 5424.
        if fields.priority >= 0, form != .rfc3164,
            let version = Self.versionEnd(line, at: offset)
        {
            var problem = readRFC5424(line, at: version, received: received, into: &fields)
            let format = readText(line, of: .rfc5424, received: received, into: &fields)
            // Check Point has a list of its own in the place of structured data.
            if problem == .syslogBadStructuredData, fields.body != nil { problem = nil }
            return (format, problem)
        }
        if form == .rfc5424 || offset == line.byteCount {
            return raw(line, line.byteCount == 0 ? .syslogEmpty : .syslogNoHeader, &fields)
        }
        offset = Self.skipSpaces(line, from: offset)
        guard let end = readTime(line, at: offset, received: received, into: &fields) else {
            if bodies != .off,
                let format = readWithoutTime(line, at: offset, received: received, into: &fields)
            {
                return (format, nil)
            }
            return raw(line, .syslogNoHeader, &fields)
        }
        readRFC3164(line, at: end, received: received, into: &fields)
        return (readText(line, of: .rfc3164, received: received, into: &fields), nil)
    }

    private func raw(
        _ line: RawSpan, _ problem: ErrorCode, _ fields: inout SyslogFields
    ) -> (SyslogFormat, ErrorCode?) {
        fields.message = SyslogFields.slot(0, line.byteCount)
        return (.raw, problem)
    }

    /// Reads `<0>` to `<191>`; leading zeros are tolerated (RFC 5424 §6.2.1).
    ///
    /// - Returns: the offset behind `>`.
    static func readPriority(_ line: RawSpan, into fields: inout SyslogFields) -> Int? {
        var offset = 1
        var value = 0
        let limit = Swift.min(4, line.byteCount)
        while offset < limit {
            let digit = line.byte(at: offset) &- 0x30
            guard digit <= 9 else { break }
            value = value &* 10 &+ Int(digit)
            offset &+= 1
        }
        guard offset > 1, line.hasByte(UInt8(ascii: ">"), at: offset), value <= 191 else {
            return nil
        }
        fields.priority = value
        fields.priorityText = SyslogFields.slot(1, offset)
        return offset &+ 1
    }

    /// Reads the timestamp of an RFC 3164 header and what clings to it.
    ///
    /// - Returns: where the hostname or the tag begins.
    private func readTime(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> Int? {
        guard let reading = clock.read(line, at: start, received: received) else {
            return readEpoch(line, at: start, into: &fields)
        }
        var end = reading.end
        if end < line.byteCount, line.byte(at: end) != UInt8(ascii: " "),
            line.byte(at: end) != UInt8(ascii: ":")
        {
            return nil
        }
        fields.deviceTime = reading.time
        fields.isClockUnset = reading.isUnsynchronised
        fields.timeText = SyslogFields.slot(start, end)
        if line.hasByte(UInt8(ascii: ":"), at: end) {
            end &+= 1
        } else if end &+ 1 < line.byteCount, line.byte(at: end &+ 1) &- 0x41 < 26,
            let zoneEnd = Self.zoneNameEnd(line, at: end &+ 1)
        {
            end = zoneEnd
        }
        return end
    }

    /// The end of ` CEST:`: two to five capitals and a colon, as Cisco writes the zone's name.
    ///
    /// Names that the clock does not know are ambiguous (IST, CST), so the configured zone stands.
    /// Without the colon the word is the hostname (RFC 3164 §5.4, example 3).
    private static func zoneNameEnd(_ line: RawSpan, at start: Int) -> Int? {
        var offset = start
        while offset < line.byteCount, (0x41...0x5a).contains(line.byte(at: offset)) {
            offset &+= 1
        }
        guard (2...5).contains(offset &- start), line.hasBytes(of: ": ", at: offset) else {
            return nil
        }
        // `CRON: text` is a tag; Cisco goes on with `%`, XR with `proc[123]: %`.
        var next = offset &+ 2
        while next < line.byteCount, line.byte(at: next) > 0x20, next &- offset < 64 {
            if line.byte(at: next) == UInt8(ascii: "%") { return offset &+ 1 }
            next &+= 1
        }
        return line.hasBytes(of: "]: %", at: next &- 2) ? offset &+ 1 : nil
    }

    /// Reads `1 1563249630.774 `, the time of Cisco Meraki: a version and seconds since 1970.
    ///
    /// The fraction may be missing behind a PRI and the version; else a number is no time.
    private func readEpoch(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> Int? {
        var offset = start
        if line.hasByte(UInt8(ascii: "1"), at: start),
            line.hasByte(UInt8(ascii: " "), at: start &+ 1)
        {
            offset = start &+ 2
        }
        let first = offset
        var seconds: Int64 = 0
        while offset < line.byteCount, line.byte(at: offset).isDigit, offset &- first < 11 {
            seconds = seconds &* 10 &+ Int64(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        guard (9...10).contains(offset &- first) else { return nil }
        if line.hasByte(UInt8(ascii: "."), at: offset) {
            offset &+= 1
        } else if fields.priority < 0 || first == start {
            return nil
        }
        var nanoseconds: Int64 = 0
        var scale: Int64 = 100_000_000
        while offset < line.byteCount, line.byte(at: offset).isDigit {
            nanoseconds &+= Int64(line.byte(at: offset) &- 0x30) &* scale
            scale /= 10
            offset &+= 1
        }
        guard line.hasByte(UInt8(ascii: " "), at: offset) else { return nil }
        fields.deviceTime = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        fields.timeText = SyslogFields.slot(first, offset)
        return offset
    }
}
