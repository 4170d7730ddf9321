public import Core

/// Turns lines of pairs into records: logfmt, LTSV, CSV, `key=value`, CEF and LEEF.
///
/// Every record starts with its event time in `time`: the value under the time key, else the time
/// received. A line without a single pair is refused, as is a LTSV field without a label. Where a
/// line ends inside quotes the record says so in `parse_error`. What stands in front of CEF, LEEF
/// and the first `key=value`, a syslog header mostly, is kept in `pri` and `header`.
public final class PairParser: LineParser {
    private let format: PairFormat
    private var record: PairRecord
    private var columns: [String] = []

    init(_ format: PairFormat, rules: FieldRules) {
        self.format = format
        record = PairRecord(rules)
        if case .csv(_, let names) = format { columns = names }
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        record.begin(received: source.received)
        return record.finish(read(line), into: &batch)
    }

    private func read(_ line: RawSpan) -> PairsEnd {
        switch format {
        case .logfmt(let allowsBareKeys):
            LogfmtPairs.forEach(line, allowsBareKeys: allowsBareKeys) { record.add(line, $0, $1) }
        case .ltsv:
            LTSVPairs.forEach(line) { record.add(line, $0, $1) }
        case .keyValue(let pairs): readKeyValue(line, pairs)
        case .csv(let fields, _):
            fields.forEach(line) { record.add(line, named: column($0), $1) }
        case .cef: readCEF(line)
        case .leef: readLEEF(line)
        }
    }

    /// Words alone are no line of this format.
    private func readKeyValue(_ line: RawSpan, _ pairs: KeyValuePairs) -> PairsEnd {
        let start = readPriority(line)
        var hasPair = false
        let end = pairs.forEach(line, from: start) { key, value in
            if value != nil, !hasPair {
                hasPair = true
                addHeader(line, start..<key.range.lowerBound)
            }
            if hasPair { record.add(line, key, value) }
        }
        return hasPair ? end : .refused
    }

    /// Adds the number of `<134>` at the beginning of a line, as text.
    ///
    /// - Returns: the offset behind it.
    private func readPriority(_ line: RawSpan) -> Int {
        var fields = SyslogFields()
        guard line.hasBytes(of: "<"), let end = SyslogReader.readPriority(line, into: &fields)
        else {
            return 0
        }
        record.add(line, "pri", PairText(range: 1..<end &- 1))
        return end
    }

    private func addHeader(_ line: RawSpan, _ range: Range<Int>) {
        var range = PairText.trimmed(line, range)
        if range.count >= 3, line.hasBytes(of: "\u{feff}", at: range.upperBound &- 3) {
            range = PairText.trimmed(line, range.lowerBound..<range.upperBound &- 3)
        }
        if !range.isEmpty { record.add(line, "header", PairText(range: range)) }
    }

    private func column(_ index: Int) -> String {
        // The record refuses lines of more.
        while columns.count <= min(index, PairRecord.pairLimit) {
            columns.append("column\(columns.count + 1)")
        }
        return columns[min(index, PairRecord.pairLimit)]
    }

    private func readCEF(_ line: RawSpan) -> PairsEnd {
        guard let start = CEFHeader.start(in: line), let header = CEFHeader.read(line, at: start)
        else { return .refused }
        addHeader(line, readPriority(line)..<start)
        record.add(line, "cef_version", PairText(range: header.cefVersion))
        record.add(line, "vendor", PairText(range: header.vendor, escape: .cef))
        record.add(line, "product", PairText(range: header.product, escape: .cef))
        record.add(line, "product_version", PairText(range: header.version, escape: .cef))
        record.add(line, "device_event_class_id", PairText(range: header.classID, escape: .cef))
        record.add(line, "name", PairText(range: header.name, escape: .cef))
        record.add(line, "severity", PairText(range: header.severity, escape: .cef))
        let lead = CEFExtension.forEachNamed(line, from: header.extensionStart) {
            record.add(line, $0, $1)
        }
        if !lead.isEmpty { record.add(line, "extension", PairText(range: lead, escape: .cef)) }
        return .complete
    }

    private func readLEEF(_ line: RawSpan) -> PairsEnd {
        guard let start = LEEFEvent.start(in: line), let event = LEEFEvent.read(line, at: start)
        else { return .refused }
        addHeader(line, readPriority(line)..<start)
        record.add(line, "leef_version", PairText(range: event.leefVersion))
        record.add(line, "vendor", PairText(range: event.vendor))
        record.add(line, "product", PairText(range: event.product))
        record.add(line, "product_version", PairText(range: event.version))
        record.add(line, "event_id", PairText(range: event.eventID))
        let lead = event.forEach(line) { record.add(line, $0, $1) }
        if !lead.isEmpty { record.add(line, "attributes", PairText(range: lead)) }
        return .complete
    }
}
