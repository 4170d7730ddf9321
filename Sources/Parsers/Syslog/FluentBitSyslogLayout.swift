import Core

/// Syslog records under the names of Fluent Bit's `syslog-rfc3164` and `syslog-rfc5424` parsers.
///
/// All values are text, as its patterns capture them; the event time is kept beside them.
struct FluentBitSyslogLayout {
    private let shape: Shape
    private let names: [String]

    init(format: SyslogFormat, problem: ErrorCode?) {
        names =
            switch format {
            case .rfc3164: ["pri", "time", "host", "ident", "pid", "message"]
            case .rfc5424:
                ["pri", "time", "host", "ident", "pid", "msgid", "extradata", "message"]
            case .raw, .cisco, .bare, .routeros: ["message"]
            }
        var columns = [
            Column("event_time", .nanoseconds, .row(offset: 0, length: 8), hidden: true)
        ]
        for (index, name) in names.enumerated() {
            columns.append(Column(name, .text, .slot(offset: 8 + index * Slot.byteCount)))
        }
        if let problem { columns.append(.literal("parse_error", text: problem.text)) }
        shape = .known(
            columns: columns, rowLength: 8 + names.count * Slot.byteCount, hasVariablePart: true,
            constantsLength: 0, timeColumn: 0)
    }

    func append(
        _ line: RawSpan, _ fields: SyslogFields, from source: PayloadSource,
        to batch: inout RecordBatch
    ) {
        batch.continueRun(shape)
        batch.beginRow(rowLength: shape.rowLength, isVariable: true)
        let moment = EventTime(device: fields.deviceTime, source: source)
        batch.store(moment.time.nanoseconds, at: 0)
        for (index, name) in names.enumerated() {
            batch.store(Self.slot(name, of: fields), at: 8 + index * Slot.byteCount)
        }
        _ = batch.appendVariable(line, rowLength: shape.rowLength)
        batch.endRow(isVariable: true)
    }

    private static func slot(_ name: String, of fields: SyslogFields) -> UInt64 {
        switch name {
        case "pri": fields.priorityText
        case "time": fields.timeText
        case "host": fields.hostname
        case "ident": fields.appName
        case "pid": fields.procID
        case "msgid": fields.msgID
        case "extradata": fields.structuredText
        default: fields.message
        }
    }
}
