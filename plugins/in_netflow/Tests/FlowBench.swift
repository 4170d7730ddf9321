import Core
import Net
import Testing

@testable import InNetflow

/// A decoder with the records it gave as texts, and its counters.
final class FlowBench {
    let ledger = SourceLedger()
    let decoder: NetflowDecoder
    /// Field name to text; members of `ie` under `ie.<member>`.
    private(set) var records: [[String: String]] = []
    private(set) var runCount = 0

    /// - Parameter stateDirectory: where templates are kept.
    init(
        _ options: NetflowDecoder.Options = NetflowDecoder.Options(), stateDirectory: String? = nil,
        log: Log = .silent
    ) {
        decoder = NetflowDecoder(
            options: options, store: TemplateStore(directory: stateDirectory, log: log), log: log,
            ledger: ledger)
    }

    /// What the listener lets the decoder do once a second.
    ///
    /// - Parameter after: seconds since the first datagram was received.
    func tend(after: Int64) {
        var batch = RecordBatch()
        decoder.tend(at: Timestamp(seconds: 1_700_000_001 + after), into: &batch)
    }

    static let exporter = IPAddress(v4: 0xc000_0201)

    /// Decodes one datagram and keeps its records.
    ///
    /// - Parameter after: seconds since the first datagram was received.
    func feed(
        _ payload: [UInt8], from address: IPAddress = FlowBench.exporter, port: UInt16 = 50_000,
        by transport: Transport = .udp, after: Int64 = 0
    ) {
        var batch = RecordBatch(tag: "flows")
        let source = PayloadSource(
            peer: Endpoint(address: address, port: port), transport: transport,
            received: Timestamp(seconds: 1_700_000_001 + after))
        payload.withBytes { decoder.decode($0, from: source, into: &batch) }
        runCount += batch.runs.count
        batch.forEachRow { row in records.append(Self.describe(row)) }
    }

    /// The number of a problem over all senders.
    func count(_ problem: ErrorCode) -> UInt64 {
        ledger.snapshot.reduce(0) { $0 + ($1.problems[problem] ?? 0) }
    }

    var problems: [ErrorCode: UInt64] {
        ledger.snapshot.reduce(into: [:]) { $0.merge($1.problems, uniquingKeysWith: +) }
    }

    /// Data sets that came before their templates, over all senders.
    var held: HeldCounters.Snapshot {
        ledger.snapshot.reduce(into: HeldCounters.Snapshot()) { $0 += $1.held }
    }

    /// Ends the connection of an exporter.
    func endConnection(port: UInt16 = 50_000) {
        decoder.endSession(
            of: PayloadSource(
                peer: Endpoint(address: Self.exporter, port: port), transport: .tcp,
                received: Timestamp(seconds: 1_700_000_002)))
    }

    /// Gives up what waits for its template.
    func finish() { decoder.finish(at: Timestamp(seconds: 1_700_000_001)) }

    /// What sequence numbers told, over all senders.
    var loss: SequenceLoss.Snapshot {
        ledger.snapshot.reduce(into: SequenceLoss.Snapshot()) { $0 += $1.loss }
    }

    static func describe(_ row: Row) -> [String: String] {
        var fields: [String: String] = [:]
        for (index, column) in row.shape.columns.enumerated() where !column.isHidden {
            guard let text = text(row.value(at: index)) else { continue }
            let name = column.member.map { "\(column.name).\($0)" } ?? column.name
            #expect(fields[name] == nil, "two columns \(name)")
            fields[name] = text
        }
        return fields
    }

    private static func text(_ value: consuming FieldValue) -> String? {
        if case .list(let row, let columns) = value {
            let items = columns.compactMap { text(row.value(at: $0)) }
            return "[" + items.joined(separator: ",") + "]"
        }
        if case .timestamp(let time) = value { return text(time) }
        if case .nested(let nested) = value { return text(nested) }
        var scratch = ByteBuffer()
        return value.withText(scratch: &scratch) { $0.makeString() }
    }

    /// `{key:value,key:[value,value]}`.
    private static func text(_ nested: Nested) -> String {
        guard nested.isMap || nested.tag == .array else { return text(nested.value) ?? "null" }
        var parts: [String] = []
        nested.forEach { key, value in
            let name = key.byteCount == 0 ? "" : key.makeString() + ":"
            parts.append(name + text(value))
            return true
        }
        let all = parts.joined(separator: ",")
        return nested.isMap ? "{\(all)}" : "[\(all)]"
    }

    /// RFC 3339 with as many groups of three fraction digits as it takes, at least one.
    private static func text(_ time: Timestamp) -> String {
        let civil = CivilTime(secondsSince1970: time.seconds)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
        }
        var fraction = digits(Int(time.subsecond), 9)
        while fraction.count > 3, fraction.hasSuffix("000") { fraction.removeLast(3) }
        return digits(civil.year, 4) + "-" + digits(civil.month, 2) + "-" + digits(civil.day, 2)
            + "T" + digits(civil.hour, 2) + ":" + digits(civil.minute, 2) + ":"
            + digits(civil.second, 2) + "." + fraction + "Z"
    }
}
