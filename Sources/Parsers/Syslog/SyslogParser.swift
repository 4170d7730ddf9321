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

    /// Which texts are taken apart into fields.
    public enum Body: String, Sendable, CaseIterable {
        /// All that is known: CEF, LEEF, JSON, the `key=value` pairs of firewalls, vendors' tags and
        /// headers, lines of RouterOS.
        case auto
        /// None: texts stay texts, vendors' headers are not told from text.
        case off
        /// Only this one; `kv` takes texts that begin with a single pair, too.
        case cef, leef, json, kv

        func allows(_ format: SyslogBody.Format) -> Bool {
            switch self {
            case .auto: true
            case .off: false
            case .cef: format == .cef
            case .leef: format == .leef
            case .json: format == .json
            case .kv: format == .kv
            }
        }
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
    private let timeZone: TimeZone
    private let reader: SyslogReader
    /// The layouts of messages in order, which are nearly all.
    private let plainRFC3164: SyslogLayout
    private let plainRFC5424: SyslogLayout
    private var layouts: [SyslogLayout.Key: SyslogLayout] = [:]
    private var stockShapes: [SyslogLayout.Key: FluentBitSyslogLayout] = [:]
    /// For lines of RouterOS; made for the first.
    private var routerOS: RouterOSParser?
    /// The number of the message read last, 0 for none, and its format.
    private var last = (number: UInt32(0), format: SyslogFormat.raw)

    /// - Parameters:
    ///   - body: which texts become fields; with a forced form or Fluent Bit's names none do.
    ///   - timeZone: for timestamps that do not say.
    ///   - zoneNames: what abbreviations of zones mean.
    public init(
        form: Form = .auto, schema: Schema = .catchment, body: Body = .auto,
        timeZone: TimeZone = .utc, zoneNames: ZoneNames = .stock, names: Names = Names()
    ) {
        self.form = form
        self.schema = schema
        self.names = names
        self.timeZone = timeZone
        let isAuto = form == .auto && schema == .catchment
        reader = SyslogReader(
            form: form, keepsNil: schema == .fluentBit, bodies: isAuto ? body : .off,
            // Records of RouterOS have names of their own.
            findsRouterOS: body == .auto && names.raw == nil
                && names.peerAddress == Names().peerAddress,
            timeZone: timeZone, zoneNames: zoneNames)
        plainRFC3164 = SyslogLayout(SyslogLayout.Key(format: .rfc3164, hasDeviceTime: true), names)
        plainRFC5424 = SyslogLayout(SyslogLayout.Key(format: .rfc5424, hasDeviceTime: true), names)
    }

    /// The number that its sender gave the message read last; `nil` when it gave none.
    public var lastSequence: MessageSequence? {
        last.number == 0
            ? nil
            : MessageSequence(
                number: last.number, kind: last.format == .rfc5424 ? .rfc5424 : .cisco)
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        var fields = SyslogFields()
        let (format, problem) = reader.read(line, received: source.received, into: &fields)
        if form != .auto, format == .raw { return problem ?? .syslogNoHeader }
        _ = append(
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
        return append(
            line, fields, format: format, problem: problem, isTruncated: isTruncated,
            from: source, into: &batch)
    }

    // MARK: Writing

    private func append(
        _ line: RawSpan, _ fields: SyslogFields, format: SyslogFormat, problem: ErrorCode?,
        isTruncated: Bool, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        last = (fields.sequence, format)
        if schema == .fluentBit {
            appendStock(line, fields, format: format, problem: problem, from: source, into: &batch)
            return problem
        }
        if format == .routeros {
            return appendRouterOS(line, isTruncated: isTruncated, from: source, into: &batch)
        }
        let moment = EventTime(
            device: fields.deviceTime, isUnset: fields.isClockUnset, source: source)
        // The layouts of nearly all messages are lent: counting references would cost as much as
        // reading the header.
        if moment.isFromDevice, problem == nil, !fields.hasVendor, fields.body == nil {
            if format == .rfc3164 {
                write(
                    line, fields, plainRFC3164, .rfc3164, moment, isTruncated: isTruncated,
                    from: source, into: &batch)
                return nil
            }
            if format == .rfc5424 {
                write(
                    line, fields, plainRFC5424, .rfc5424, moment, isTruncated: isTruncated,
                    from: source, into: &batch)
                return nil
            }
        }
        let layout = layout(fields, format, hasDeviceTime: moment.isFromDevice, problem: problem)
        write(
            line, fields, layout, format, moment, isTruncated: isTruncated, from: source,
            into: &batch)
        return problem
    }

    @inline(__always)
    private func write(
        _ line: RawSpan, _ fields: SyslogFields, _ layout: borrowing SyslogLayout,
        _ format: SyslogFormat, _ moment: EventTime, isTruncated: Bool,
        from source: PayloadSource, into batch: inout RecordBatch
    ) {
        let rowLength = layout.rowLength
        let hasRaw = layout.hasRaw
        SyslogLayout.continueRun(layout.shape, source: source, of: &batch)
        typealias Place = SyslogLayout.Place
        batch.beginRow(rowLength: rowLength, isVariable: true)
        // A constant where the format is one, so that no store needs to compare with it.
        batch.withFixedPart(rowLength: SyslogLayout.headLength(of: format)) { row in
            SyslogLayout.storeHead(
                moment, deviceTime: fields.deviceTime, priority: fields.priority,
                isTruncated: isTruncated, from: source, into: &row)
            if fields.priority < 0 { row.store(SyslogLayout.no, at: Place.isPriorityValid) }
            if fields.repeatCount != 0 { row.store(fields.repeatCount, at: Place.repeatCount) }
            if fields.sequence != 0 { row.store(fields.sequence, at: Place.sequence) }
            row.store(fields.message, at: Place.message)
            if format != .raw {
                row.store(fields.hostname, at: Place.hostname)
                row.store(fields.appName, at: Place.appName)
                row.store(fields.procID, at: Place.procID)
            }
            if format == .rfc5424 { row.store(fields.msgID, at: Place.msgID) }
        }
        if hasRaw {
            batch.store(
                SyslogFields.slot(0, line.byteCount), at: rowLength &- Slot.byteCount)
        }
        _ = batch.appendVariable(line, rowLength: rowLength)
        if layout.isSpecial { storeSpecial(fields, layout, into: &batch) }
        if format == .rfc5424 {
            storeStructuredData(fields, line: line, rowLength: rowLength, into: &batch)
        }
        batch.endRow(isVariable: true)
    }

    /// Stores what a vendor's tag or a body says; texts that are not in the line come behind it.
    private func storeSpecial(
        _ fields: SyslogFields, _ layout: borrowing SyslogLayout, into batch: inout RecordBatch
    ) {
        let layout = copy layout
        batch.withFixedPart(rowLength: layout.rowLength) { row in
            if fields.hasVendor {
                row.store(fields.msgID, at: SyslogLayout.Place.msgID)
                layout.store(reader.vendorFields, into: &row)
            }
            if fields.body != nil { layout.store(reader.body.values, into: &row) }
        }
        if fields.body != nil { reader.body.append(to: &batch, rowLength: layout.rowLength) }
    }

    private func appendRouterOS(
        _ line: RawSpan, isTruncated: Bool, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> ErrorCode? {
        let parser = routerOS ?? RouterOSParser(timeZone: timeZone)
        routerOS = parser
        return parser.decode(line, isTruncated: isTruncated, from: source, into: &batch)
    }

    private func storeStructuredData(
        _ fields: SyslogFields, line: RawSpan, rowLength: Int, into batch: inout RecordBatch
    ) {
        guard fields.structuredText != Slot.null else {
            batch.storeNullSlot(at: SyslogLayout.Place.structuredData)
            return
        }
        let place = unsafe reader.structuredData.append(to: &batch, rowLength: rowLength)
        batch.store(place, at: SyslogLayout.Place.structuredData)
    }

    private func layout(
        _ fields: SyslogFields, _ format: SyslogFormat, hasDeviceTime: Bool, problem: ErrorCode?
    ) -> SyslogLayout {
        let key = SyslogLayout.Key(
            format: format, hasDeviceTime: hasDeviceTime, problem: problem,
            vendor: fields.hasVendor ? reader.vendorFields.vendor : nil, body: fields.body)
        if let known = layouts[key] { return known }
        let made = SyslogLayout(key, names)
        layouts[key] = made
        return made
    }

    /// Writes a record as Fluent Bit's stock parsers would.
    private func appendStock(
        _ line: RawSpan, _ fields: SyslogFields, format: SyslogFormat, problem: ErrorCode?,
        from source: PayloadSource, into batch: inout RecordBatch
    ) {
        let key = SyslogLayout.Key(format: format, hasDeviceTime: true, problem: problem)
        let layout = stockShapes[key] ?? FluentBitSyslogLayout(format: format, problem: problem)
        stockShapes[key] = layout
        layout.append(line, fields, from: source, to: &batch)
    }
}
