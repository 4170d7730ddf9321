public import Core

/// Reads syslog messages: RFC 5424, and RFC 3164 in the forms that devices really send.
///
/// With `form` `.auto` every line becomes a record: one that has no known form is kept whole in
/// `message` and says why in `parse_error`. A forced form refuses such lines.
public final class SyslogParser: LineParser {
    public enum Form: Sendable {
        case auto, rfc3164, rfc5424
    }

    /// Names and types of the record's fields.
    public enum Schema: Sendable {
        /// The normalized log record: typed columns under Catchment's names.
        case catchment
        /// All texts, under the names of Fluent Bit's stock parsers: `pri`, `host`, `ident`.
        case fluentBit
    }

    /// The record's columns that a user may name.
    public struct Names: Sendable {
        /// A column for the whole line; `nil` for none.
        public var raw: String?
        public var peerAddress = "peer_address"

        public init() {}
    }

    private let form: Form
    private let schema: Schema
    private let names: Names
    var clock: SyslogClock
    var structuredData = StructuredData()
    /// Whether NIL and spaces are kept as Fluent Bit's patterns do.
    let keepsNil: Bool
    private var layouts: [LayoutKey: SyslogLayout] = [:]
    private var stockShapes: [LayoutKey: FluentBitSyslogLayout] = [:]
    private var lastLayout: (key: LayoutKey, layout: SyslogLayout)

    struct LayoutKey: Hashable {
        var format: SyslogFormat
        var hasDeviceTime: Bool
        var problem: ErrorCode?
    }

    /// - Parameter timeZoneOffsetSeconds: east of UTC, for timestamps that do not say.
    public init(
        form: Form = .auto, schema: Schema = .catchment, timeZoneOffsetSeconds: Int = 0,
        names: Names = Names()
    ) {
        self.form = form
        self.schema = schema
        self.names = names
        keepsNil = schema == .fluentBit
        clock = SyslogClock(offsetSeconds: Int64(timeZoneOffsetSeconds))
        let key = LayoutKey(format: .rfc3164, hasDeviceTime: true)
        lastLayout = (key, Self.makeLayout(key, names))
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        var fields = SyslogFields()
        let (format, problem) = read(line, received: source.received, into: &fields)
        if form != .auto, format == .raw { return problem ?? .syslogNoHeader }
        append(
            line, fields, format: format, problem: problem, isTruncated: false, from: source,
            into: &batch)
        return nil
    }

    /// Appends the record of a message of any form.
    ///
    /// - Parameter isTruncated: whether the end of the message was lost on the way.
    /// - Returns: what is wrong with the message, for the ledger; the record says so too.
    public func decode(
        _ line: RawSpan, isTruncated: Bool = false, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> ErrorCode? {
        var fields = SyslogFields()
        let (format, problem) = read(line, received: source.received, into: &fields)
        append(
            line, fields, format: format, problem: problem, isTruncated: isTruncated,
            from: source, into: &batch)
        return problem
    }

    // MARK: Deciding

    /// Finds out which form a line has and reads its header.
    private func read(
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
            return (
                .rfc5424, readRFC5424(line, at: version, received: received, into: &fields)
            )
        }
        if form == .rfc5424 || offset == line.byteCount {
            return raw(line, line.byteCount == 0 ? .syslogEmpty : .syslogNoHeader, &fields)
        }
        offset = Self.skipSpaces(line, from: offset)
        guard let end = readTime(line, at: offset, received: received, into: &fields) else {
            return raw(line, .syslogNoHeader, &fields)
        }
        readRFC3164(line, at: end, into: &fields)
        return (.rfc3164, nil)
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
        while offset < line.byteCount, offset <= 3, line.byte(at: offset).isDigit {
            value = value &* 10 &+ Int(line.byte(at: offset) &- 0x30)
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
        fields.timeText = SyslogFields.slot(start, end)
        if line.hasByte(UInt8(ascii: ":"), at: end) {
            end &+= 1
        } else if let zoneEnd = Self.zoneNameEnd(line, at: end &+ 1) {
            end = zoneEnd
        }
        return end
    }

    /// The end of ` CEST:`: three to five capitals and a colon, as Cisco writes the zone's name.
    ///
    /// The names are ambiguous (IST, CST), so the configured zone stands. Without the colon the
    /// word is the hostname (RFC 3164 §5.4, example 3).
    private static func zoneNameEnd(_ line: RawSpan, at start: Int) -> Int? {
        var offset = start
        while offset < line.byteCount, (0x41...0x5a).contains(line.byte(at: offset)) {
            offset &+= 1
        }
        guard (3...5).contains(offset &- start), line.hasByte(UInt8(ascii: ":"), at: offset),
            // `CRON: text` is a tag; Cisco goes on with `%`.
            line.hasBytes(of: " %", at: offset &+ 1)
        else { return nil }
        return offset &+ 1
    }

    /// Reads `1 1563249630.774 `, the time of Cisco Meraki: a version and seconds since 1970.
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
        guard (9...10).contains(offset &- first), line.hasByte(UInt8(ascii: "."), at: offset) else {
            return nil
        }
        offset &+= 1
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

    // MARK: Writing

    private func append(
        _ line: RawSpan, _ fields: SyslogFields, format: SyslogFormat, problem: ErrorCode?,
        isTruncated: Bool, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        if schema == .fluentBit {
            appendStock(line, fields, format: format, problem: problem, from: source, into: &batch)
            return
        }
        let moment = EventTime(device: fields.deviceTime, source: source)
        let key = LayoutKey(
            format: format, hasDeviceTime: moment.isFromDevice, problem: problem)
        let layout = layout(for: key)
        SyslogLayout.continueRun(layout.shape, source: source, of: &batch)
        typealias Place = SyslogLayout.Place
        batch.beginRow(rowLength: layout.rowLength, isVariable: true)
        SyslogLayout.storeHead(
            moment, deviceTime: fields.deviceTime, priority: fields.priority,
            isTruncated: isTruncated, from: source, into: &batch)
        if fields.priority < 0 { batch.store(SyslogLayout.no, at: Place.isPriorityValid) }
        if fields.repeatCount != 0 { batch.store(fields.repeatCount, at: Place.repeatCount) }
        batch.store(fields.message, at: Place.message)
        if format != .raw {
            batch.store(fields.hostname, at: Place.hostname)
            batch.store(fields.appName, at: Place.appName)
            batch.store(fields.procID, at: Place.procID)
        }
        _ = batch.appendVariable(line, rowLength: layout.rowLength)
        if format == .rfc5424 {
            batch.store(fields.msgID, at: Place.msgID)
            storeStructuredData(fields, line: line, rowLength: layout.rowLength, into: &batch)
        }
        if layout.hasRaw {
            batch.storeSlot(
                at: layout.rowLength &- Slot.byteCount, start: 0, count: line.byteCount)
        }
        batch.endRow(isVariable: true)
    }

    private func storeStructuredData(
        _ fields: SyslogFields, line: RawSpan, rowLength: Int, into batch: inout RecordBatch
    ) {
        guard fields.structuredText != Slot.null else {
            batch.storeNullSlot(at: SyslogLayout.Place.structuredData)
            return
        }
        let place = structuredData.append(to: &batch, rowLength: rowLength)
        batch.store(place, at: SyslogLayout.Place.structuredData)
    }

    @inline(__always)
    private func layout(for key: LayoutKey) -> SyslogLayout {
        if lastLayout.key == key { return lastLayout.layout }
        let layout = layouts[key] ?? Self.makeLayout(key, names)
        layouts[key] = layout
        lastLayout = (key, layout)
        return layout
    }

    private static func makeLayout(_ key: LayoutKey, _ names: Names) -> SyslogLayout {
        SyslogLayout(
            format: key.format, hasDeviceTime: key.hasDeviceTime, problem: key.problem,
            rawKey: names.raw, addressKey: names.peerAddress)
    }

    /// Writes a record as Fluent Bit's stock parsers would.
    private func appendStock(
        _ line: RawSpan, _ fields: SyslogFields, format: SyslogFormat, problem: ErrorCode?,
        from source: PayloadSource, into batch: inout RecordBatch
    ) {
        let key = LayoutKey(format: format, hasDeviceTime: true, problem: problem)
        let layout = stockShapes[key] ?? FluentBitSyslogLayout(format: format, problem: problem)
        stockShapes[key] = layout
        layout.append(line, fields, from: source, to: &batch)
    }
}
