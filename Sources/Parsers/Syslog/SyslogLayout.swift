import Core

/// Where the values of a normalized syslog record lie, and the shapes that say so.
///
/// Rows carry the whole line as their variable part; slots point into it. Constants of a run are
/// the time received and the transport.
struct SyslogLayout {
    enum Place {
        static let time = 0
        static let deviceTime = 8
        static let peerHigh = 16
        static let peerLow = 24
        /// 0x100 | PRI, or 0 for none: its bits are facility and severity.
        static let priority = 32
        static let peerPort = 34
        static let repeatCount = 36
        static let isTimeSuspect = 40
        static let isTruncated = 41
        static let isPriorityValid = 42
        /// 0x10 | the severity of a vendor's tag, or 0 for none.
        static let tagSeverity = 43
        static let sequence = 44
        static let message = 48
        static let hostname = 56
        static let appName = 64
        static let procID = 72
        static let msgID = 80
        static let structuredData = 88
    }

    /// Which layout it is.
    struct Key: Hashable {
        var format: SyslogFormat
        /// Whether `time` is the sender's.
        var hasDeviceTime: Bool
        /// What the record says in `parse_error`.
        var problem: ErrorCode?
        /// Whose tag or header the message has.
        var vendor: VendorTag.Vendor?
        /// What the text is made of.
        var body: SyslogBody.Format?
    }

    /// Places of what a vendor's header and tag say, behind the fixed part of all others.
    enum VendorPlace {
        static let facility = 0
        static let subfacility = 8
        static let node = 16
        static let uptime = 24
        static let logNumber = 32
        static let byteCount = 36
    }

    /// Time received (8 bytes) and transport (4 bytes, padded).
    static let constantsLength = 12
    static let yes: UInt8 = 1
    static let no: UInt8 = 2

    let shape: Shape
    let rowLength: Int
    /// Whether the last slot of the fixed part points to the whole line.
    let hasRaw: Bool
    /// Where the places of a vendor's values and of a body's start.
    let vendorStart: Int
    let bodyStart: Int
    /// Whether there are any of those.
    let isSpecial: Bool
    let body: SyslogBody.Format?

    /// Bytes that the fixed parts of all records of a format begin with.
    @inline(__always)
    static func headLength(of format: SyslogFormat) -> Int {
        switch format {
        case .raw, .routeros: Place.hostname
        case .rfc3164, .bare, .cisco: Place.msgID
        case .rfc5424: Place.structuredData
        }
    }

    /// Bytes of the fixed part by format: what a format cannot have takes no room.
    private static func rowLength(of key: Key) -> Int {
        switch key.format {
        case .raw, .routeros: headLength(of: key.format)
        case .rfc3164, .bare, .cisco: key.vendor == nil ? Place.msgID : Place.structuredData
        case .rfc5424: Place.structuredData + Slot.byteCount
        }
    }

    init(_ key: Key, _ names: SyslogParser.Names) {
        let format = key.format
        let status = key.status
        var columns = Self.timeColumns(hasDeviceTime: key.hasDeviceTime)
        if format != .raw {
            columns.append(Column("hostname", .text, .slot(offset: Place.hostname)))
            columns.append(Column("app_name", .text, .slot(offset: Place.appName)))
            columns.append(Column("proc_id", .text, .slot(offset: Place.procID)))
        }
        if format == .rfc5424 || key.vendor != nil {
            columns.append(Column("msg_id", .text, .slot(offset: Place.msgID)))
        }
        columns +=
            key.vendor == nil
            ? Self.priorityColumns(hiddenAt: columns.count)
            : Self.taggedPriorityColumns(hiddenAt: columns.count)
        if format == .rfc5424 {
            columns.append(
                Column("structured_data", .nested, .slot(offset: Place.structuredData)))
        }
        columns.append(Column("message", .text, .slot(offset: Place.message)))
        var rowLength = Self.rowLength(of: key)
        vendorStart = rowLength
        if let vendor = key.vendor {
            columns += Self.vendorColumns(vendor, at: rowLength)
            rowLength += VendorPlace.byteCount
        }
        bodyStart = rowLength
        body = key.body
        if let body {
            columns += Self.bodyColumns(body, at: rowLength)
            rowLength += body.byteCount
        }
        isSpecial = key.vendor != nil || body != nil
        // What a half-read line says is not lost.
        hasRaw = names.raw != nil || status == "partial"
        if hasRaw {
            columns.append(Column(names.raw ?? "raw", .text, .slot(offset: rowLength)))
            rowLength += Slot.byteCount
        }
        columns.append(.literal("format", text: key.formatName))
        if status != "ok" { columns.append(.literal("parse_status", text: status)) }
        if let problem = key.problem {
            columns.append(.literal("parse_error", text: problem.text))
        }
        columns += Self.remarkColumns
        if format == .rfc5424 || key.vendor != nil { columns.append(Self.sequenceColumn) }
        columns += Self.originColumns(addressKey: names.peerAddress)
        self.rowLength = rowLength
        shape = .known(
            columns: columns, rowLength: rowLength, hasVariablePart: true,
            constantsLength: Self.constantsLength, timeColumn: 1)
    }

    /// Goes on with the batch's last run when it has this shape and the constants of `source`.
    @inline(__always)
    static func continueRun(
        _ shape: Shape, source: PayloadSource, of batch: inout RecordBatch
    ) {
        let last = batch.runs.count &- 1
        if last >= 0, batch.runs[last].shape === shape {
            let constants = batch.runs[last].constants
            if batch.bytes.uint64(at: constants) == UInt64(bitPattern: source.received.nanoseconds),
                batch.bytes.uint32(at: constants &+ 8) == source.transport.padded
            {
                return
            }
        }
        beginRun(shape, source: source, of: &batch)
    }

    private static func beginRun(
        _ shape: Shape, source: PayloadSource, of batch: inout RecordBatch
    ) {
        // Once per line where lines of several shapes come mixed: nothing is allocated.
        var constants = InlineArray<12, UInt8>(repeating: 0)
        let received = UInt64(bitPattern: source.received.nanoseconds)
        let transport = source.transport.padded
        for place in 0..<8 {
            constants[place] = UInt8(truncatingIfNeeded: received >> UInt64(56 - 8 * place))
        }
        for place in 0..<4 {
            constants[8 + place] = UInt8(truncatingIfNeeded: transport >> UInt32(24 - 8 * place))
        }
        // The span is used for the call only.
        batch.beginRun(shape, constants: unsafe constants.span.bytes)
    }

    /// Writes what the records of all formats begin with into the fixed part of a row.
    @inline(__always)
    static func storeHead(
        _ moment: EventTime, deviceTime: Timestamp?, priority: Int, isTruncated: Bool,
        from source: PayloadSource, into row: inout MutableRawSpan
    ) {
        row.store(moment.time.nanoseconds, at: Place.time)
        if let deviceTime { row.store(deviceTime.nanoseconds, at: Place.deviceTime) }
        if source.transport == .udp || source.transport.isConnection {
            row.store(source.peer.address.high, at: Place.peerHigh)
            row.store(source.peer.address.low, at: Place.peerLow)
            row.store(source.peer.port, at: Place.peerPort)
        }
        if priority >= 0 {
            row.store(UInt16(truncatingIfNeeded: 0x100 | priority), at: Place.priority)
        }
        if moment.isSuspect { row.store(yes, at: Place.isTimeSuspect) }
        if isTruncated { row.store(yes, at: Place.isTruncated) }
    }

    /// The times of a record; what its sender said is only worth a field when it is not `time`.
    static func timeColumns(hasDeviceTime: Bool) -> [Column] {
        var columns: [Column] = [
            .literal("record_type", text: "log"),
            Column("time", .nanoseconds, .row(offset: Place.time, length: 8)),
            Column("time_received", .nanoseconds, .constant(offset: 0, length: 8)),
        ]
        if !hasDeviceTime {
            columns.append(
                Column(
                    "time_device", .nanoseconds, .row(offset: Place.deviceTime, length: 8),
                    zeroIsNull: true))
            columns.append(.literal("time_source", text: "received"))
        }
        columns.append(
            Column("time_suspect", .ipfixBoolean, .row(offset: Place.isTimeSuspect, length: 1)))
        return columns
    }

    private static func priorityColumns(hiddenAt index: Int) -> [Column] {
        [
            Column(
                "priority", .unsigned, .row(offset: Place.priority, length: 2), hidden: true,
                zeroIsNull: true),
            Column("facility", .unsigned, .derived(.bits(of: index, shift: 3, mask: 31))),
            Column("facility_name", .text, .derived(.name(of: index + 1, table: .facility))),
            Column("severity", .unsigned, .derived(.bits(of: index, shift: 0, mask: 7))),
            Column("severity_name", .text, .derived(.name(of: index + 3, table: .severity))),
        ]
    }

    private static let sequenceColumn = Column(
        "sequence", .unsigned, .row(offset: Place.sequence, length: 4), zeroIsNull: true)

    private static let remarkColumns = [
        Column("pri_valid", .ipfixBoolean, .row(offset: Place.isPriorityValid, length: 1)),
        Column("truncated", .ipfixBoolean, .row(offset: Place.isTruncated, length: 1)),
        Column(
            "repeat_count", .unsigned, .row(offset: Place.repeatCount, length: 4),
            zeroIsNull: true),
    ]

    private static func originColumns(addressKey: String) -> [Column] {
        [
            Column("transport", .paddedText, .constant(offset: 8, length: 4)),
            Column(
                addressKey, .address, .row(offset: Place.peerHigh, length: 16), zeroIsNull: true),
            Column(
                "peer_port", .unsigned, .row(offset: Place.peerPort, length: 2), zeroIsNull: true),
        ]
    }
}

extension Transport {
    /// The name in four bytes, NULs behind it.
    var padded: UInt32 {
        switch self {
        case .udp: 0x7564_7000
        case .tcp: 0x7463_7000
        case .tls: 0x746c_7300
        case .unix: 0x756e_6978
        case .file: 0x6669_6c65
        }
    }
}
