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
    private let reader: SyslogReader
    /// The layouts of messages in order, which are nearly all.
    private let plainRFC3164: SyslogLayout
    private let plainRFC5424: SyslogLayout
    private var layouts: [LayoutKey: SyslogLayout] = [:]
    private var stockShapes: [LayoutKey: FluentBitSyslogLayout] = [:]

    struct LayoutKey: Hashable {
        var format: SyslogFormat
        var hasDeviceTime: Bool
        var problem: ErrorCode?
    }

    /// - Parameters:
    ///   - timeZone: for timestamps that do not say.
    ///   - zoneNames: what abbreviations of zones mean.
    public init(
        form: Form = .auto, schema: Schema = .catchment, timeZone: TimeZone = .utc,
        zoneNames: ZoneNames = .stock, names: Names = Names()
    ) {
        self.form = form
        self.schema = schema
        self.names = names
        reader = SyslogReader(
            form: form, keepsNil: schema == .fluentBit, timeZone: timeZone,
            zoneNames: zoneNames)
        plainRFC3164 = Self.makeLayout(
            LayoutKey(format: .rfc3164, hasDeviceTime: true), names)
        plainRFC5424 = Self.makeLayout(
            LayoutKey(format: .rfc5424, hasDeviceTime: true), names)
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        var fields = SyslogFields()
        let (format, problem) = reader.read(line, received: source.received, into: &fields)
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
        let (format, problem) = reader.read(line, received: source.received, into: &fields)
        append(
            line, fields, format: format, problem: problem, isTruncated: isTruncated,
            from: source, into: &batch)
        return problem
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
        let layout = layout(format, hasDeviceTime: moment.isFromDevice, problem: problem)
        SyslogLayout.continueRun(layout.shape, source: source, of: &batch)
        typealias Place = SyslogLayout.Place
        batch.beginRow(rowLength: layout.rowLength, isVariable: true)
        batch.withFixedPart(rowLength: layout.rowLength) { row in
            SyslogLayout.storeHead(
                moment, deviceTime: fields.deviceTime, priority: fields.priority,
                isTruncated: isTruncated, from: source, into: &row)
            if fields.priority < 0 { row.store(SyslogLayout.no, at: Place.isPriorityValid) }
            if fields.repeatCount != 0 { row.store(fields.repeatCount, at: Place.repeatCount) }
            row.store(fields.message, at: Place.message)
            if format != .raw {
                row.store(fields.hostname, at: Place.hostname)
                row.store(fields.appName, at: Place.appName)
                row.store(fields.procID, at: Place.procID)
            }
            if format == .rfc5424 { row.store(fields.msgID, at: Place.msgID) }
            if layout.hasRaw {
                let whole = SyslogFields.slot(0, line.byteCount)
                row.store(whole, at: layout.rowLength &- Slot.byteCount)
            }
        }
        _ = batch.appendVariable(line, rowLength: layout.rowLength)
        if format == .rfc5424 {
            storeStructuredData(fields, line: line, rowLength: layout.rowLength, into: &batch)
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
        let place = reader.structuredData.append(to: &batch, rowLength: rowLength)
        batch.store(place, at: SyslogLayout.Place.structuredData)
    }

    private func layout(
        _ format: SyslogFormat, hasDeviceTime: Bool, problem: ErrorCode?
    ) -> SyslogLayout {
        if hasDeviceTime, problem == nil {
            if format == .rfc3164 { return plainRFC3164 }
            if format == .rfc5424 { return plainRFC5424 }
        }
        let key = LayoutKey(format: format, hasDeviceTime: hasDeviceTime, problem: problem)
        if let known = layouts[key] { return known }
        let made = Self.makeLayout(key, names)
        layouts[key] = made
        return made
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
