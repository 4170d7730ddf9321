import Core

extension SyslogReader {
    /// Looks at a message's text: a vendor's tag, a body that has fields of its own, or RouterOS's.
    ///
    /// - Returns: `format`, or what the text makes of it.
    @inline(__always)
    func readText(
        _ line: RawSpan, of format: SyslogFormat, received: Timestamp,
        into fields: inout SyslogFields
    ) -> SyslogFormat {
        let start = Int(fields.message >> 32)
        guard bodies != .off,
            fields.hasVendor
                || SyslogBody.mayStart(line, at: start, allowsOne: bodies == .kv)
                || fields.appName & 0xffff_ffff == 6 && Self.isNetfilter(line, at: start, fields)
        else { return format }
        return readSpecial(line, at: start, of: format, received: received, into: &fields)
    }

    /// Whether a text of a program with six letters is the kernel's, and of its firewall.
    @inline(never)
    private static func isNetfilter(
        _ line: RawSpan, at start: Int, _ fields: SyslogFields
    ) -> Bool {
        line.hasBytes(of: "kernel", at: Int(fields.appName >> 32))
            && SyslogBody.netfilterStart(line, from: start) != nil
    }

    @inline(never)
    private func readSpecial(
        _ line: RawSpan, at textStart: Int, of format: SyslogFormat, received: Timestamp,
        into fields: inout SyslogFields
    ) -> SyslogFormat {
        // Relays keep the blank that stood behind a tag.
        let start = Self.skipSpaces(line, from: textStart)
        if !fields.hasVendor, let tagStart = SyslogBody.tagStart(line, at: start),
            let tag = VendorTag.read(line, at: tagStart)
        {
            vendorFields = VendorFields()
            vendorFields.logNumber = SyslogBody.number(line, start..<tagStart)
            apply(tag, line, into: &fields)
            fields.hasVendor = true
            fields.message = SyslogFields.slot(tag.end, line.byteCount)
        }
        if !fields.hasVendor, format == .rfc5424, start > textStart {
            readRelayed(line, at: start, received: received, into: &fields)
        }
        if fields.hasVendor { return hasCiscoTime(line, format, fields) ? .cisco : format }
        if findsRouterOS, fields.appName == Slot.null,
            TopicList.read(line, at: start, limit: line.byteCount, allowsOne: false) != nil
        {
            return .routeros
        }
        guard
            body.read(
                line, at: start, bodies, clock: clock, received: received, into: &fields)
        else { return format }
        return findsRouterOS && body.isRouterOS(line) ? .routeros : format
    }

    /// Whether a header in the order of RFC 3164 has a time that only Cisco writes: with a mark in
    /// front or a colon behind.
    private func hasCiscoTime(
        _ line: RawSpan, _ format: SyslogFormat, _ fields: SyslogFields
    ) -> Bool {
        guard format == .rfc3164, vendorFields.vendor == .cisco else { return false }
        let end = Int(fields.timeText >> 32) &+ Int(fields.timeText & 0xffff_ffff)
        // Behind the name of a zone RFC 3164 readers see a tag without a name, if anything.
        return fields.isClockUnset
            || line.hasByte(UInt8(ascii: ":"), at: end) && line.byte(at: end &- 1).isDigit
    }

    /// Reads what has neither a header of RFC 5424 nor a time that RFC 3164 begins with.
    ///
    /// - Returns: `nil` when it is plain text.
    @inline(never)
    func readWithoutTime(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> SyslogFormat? {
        if let event = SyslogBody.eventStart(in: line, from: start) {
            readNames(line, start..<event, into: &fields)
            if body.read(line, at: event, bodies, clock: clock, received: received, into: &fields) {
                return findsRouterOS && body.isRouterOS(line) ? .routeros : .bare
            }
            fields.hostname = Slot.null
            fields.appName = Slot.null
        }
        if readCisco(line, at: start, received: received, into: &fields) { return .cisco }
        if SyslogBody.mayStart(line, at: start, allowsOne: bodies == .kv),
            body.read(line, at: start, bodies, clock: clock, received: received, into: &fields)
        {
            fields.message = SyslogFields.slot(start, line.byteCount)
            return .bare
        }
        let isList =
            findsRouterOS
            && TopicList.read(line, at: start, limit: line.byteCount, allowsOne: false) != nil
        return isList ? .routeros : nil
    }

    /// Takes one or two words in front of an event for names; more are kept as text.
    private func readNames(_ line: RawSpan, _ range: Range<Int>, into fields: inout SyslogFields) {
        fields.message = SyslogFields.slot(range.upperBound, line.byteCount)
        let range = PairText.trimmed(line, range)
        if range.isEmpty { return }
        var words = 1
        var space = range.upperBound
        for offset in range where line.byte(at: offset) == UInt8(ascii: " ") {
            words += 1
            space = offset
        }
        guard words <= 2 else {
            fields.message = SyslogFields.slot(range.lowerBound, line.byteCount)
            return
        }
        fields.hostname = SyslogFields.slot(range.lowerBound, space)
        if words == 2 {
            let end =
                line.byte(at: range.upperBound &- 1) == UInt8(ascii: ":")
                ? range.upperBound &- 1 : range.upperBound
            if end > space &+ 1 { fields.appName = SyslogFields.slot(space &+ 1, end) }
        }
    }
}
