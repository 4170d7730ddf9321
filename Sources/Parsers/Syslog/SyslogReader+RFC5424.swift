import Core

extension SyslogReader {
    /// Whether `VERSION SP` and a timestamp or NIL stand at `start`.
    ///
    /// - Returns: where the timestamp starts.
    static func versionEnd(_ line: RawSpan, at start: Int) -> Int? {
        guard start < line.byteCount else { return nil }
        let first = line.byte(at: start)
        guard first.isDigit, first != UInt8(ascii: "0") else { return nil }
        var offset = start &+ 1
        while offset < line.byteCount, line.byte(at: offset).isDigit, offset < start &+ 3 {
            offset &+= 1
        }
        guard line.hasByte(UInt8(ascii: " "), at: offset) else { return nil }
        offset &+= 1
        if line.hasByte(UInt8(ascii: "-"), at: offset),
            offset &+ 1 == line.byteCount || line.byte(at: offset &+ 1) == UInt8(ascii: " ")
        {
            return offset
        }
        // `2026-`: the year of an RFC 3339 timestamp.
        guard line.hasByte(UInt8(ascii: "-"), at: offset &+ 4), line.byte(at: offset).isDigit else {
            return nil
        }
        return offset
    }

    /// Reads what follows `<PRI>VERSION SP` (RFC 5424 §6).
    ///
    /// - Returns: what is wrong; the fields read until then stay.
    func readRFC5424(
        _ line: RawSpan, at start: Int, received: Timestamp, into fields: inout SyslogFields
    ) -> ErrorCode? {
        var problem: ErrorCode?
        var offset = start
        fields.message = SyslogFields.slot(line.byteCount, line.byteCount)
        if line.byte(at: start) == UInt8(ascii: "-") {
            fields.timeText = SyslogFields.slot(start, start &+ 1)
            offset = start &+ 1
        } else {
            if let reading = clock.read(line, at: start, received: received),
                reading.end == line.byteCount || line.byte(at: reading.end) == UInt8(ascii: " ")
            {
                fields.deviceTime = reading.time
                offset = reading.end
            } else {
                problem = .syslogBadTimestamp
                offset = line.firstIndex(of: UInt8(ascii: " "), from: start) ?? line.byteCount
            }
            fields.timeText = SyslogFields.slot(start, offset)
        }
        // What is longer than RFC 5424 §6 allows is taken, and said.
        var isLong = false
        guard
            readToken(line, &offset, limit: 255, &isLong, into: &fields.hostname),
            readToken(line, &offset, limit: 48, &isLong, into: &fields.appName),
            readToken(line, &offset, limit: 128, &isLong, into: &fields.procID),
            readToken(line, &offset, limit: 32, &isLong, into: &fields.msgID),
            offset < line.byteCount
        else { return problem ?? .syslogNoHeader }
        offset &+= 1
        problem = readStructuredData(line, at: offset, into: &fields) ?? problem
        return problem ?? (isLong ? .syslogLongField : nil)
    }

    /// Reads ` TOKEN`; NIL leaves the slot null, unless the schema keeps the text.
    ///
    /// - Returns: `false` when the line ends before.
    @inline(__always)
    private func readToken(
        _ line: RawSpan, _ offset: inout Int, limit: Int, _ isLong: inout Bool,
        into slot: inout UInt64
    ) -> Bool {
        let start = offset &+ 1
        guard start < line.byteCount else { return false }
        // Two spaces in a row are an empty field, which nobody may send.
        offset = line.firstIndex(of: UInt8(ascii: " "), from: start) ?? line.byteCount
        let isNil = offset == start &+ 1 && line.byte(at: start) == UInt8(ascii: "-")
        if offset > start, !isNil || keepsNil { slot = SyslogFields.slot(start, offset) }
        if offset &- start > limit { isLong = true }
        return true
    }

    private func readStructuredData(
        _ line: RawSpan, at start: Int, into fields: inout SyslogFields
    ) -> ErrorCode? {
        guard start < line.byteCount else { return .syslogNoHeader }
        var offset = start
        var problem: ErrorCode?
        if line.byte(at: start) == UInt8(ascii: "-"),
            start &+ 1 == line.byteCount || line.byte(at: start &+ 1) == UInt8(ascii: " ")
        {
            offset = start &+ 1
            if keepsNil { fields.structuredText = SyslogFields.slot(start, offset) }
        } else if line.byte(at: start) == UInt8(ascii: "["),
            let end = unsafe structuredData.read(line, at: start)
        {
            fields.structuredText = SyslogFields.slot(start, end)
            fields.sequence = unsafe structuredData.sequence
            if unsafe structuredData.hasLongName { problem = .syslogLongField }
            offset = end
        } else {
            // The rest is all message.
            problem = .syslogBadStructuredData
            offset = start &- 1
        }
        if offset < line.byteCount { offset &+= 1 }
        // A BOM announces UTF-8 and is no part of the text (RFC 5424 §6.4).
        if line.hasByte(0xef, at: offset), line.hasByte(0xbb, at: offset &+ 1),
            line.hasByte(0xbf, at: offset &+ 2)
        {
            offset &+= 3
        }
        fields.message = SyslogFields.slot(offset, line.byteCount)
        return problem
    }
}
