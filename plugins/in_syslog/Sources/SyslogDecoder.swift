import Core
import Net
import Parsers

/// Turns syslog messages into records and counts them by sender.
///
/// No message is dropped.
final class SyslogDecoder: MessageDecoder {
    private let parser: SyslogParser
    /// The user's parser, which comes first; what it refuses is kept raw.
    private let chosen: (any LineParser)?
    private let senders: SenderCounters

    init(settings: SyslogSettings, ledger: SourceLedger) {
        parser = SyslogParser(
            timeZone: settings.timeZone, zoneNames: settings.zoneNames, names: settings.names)
        chosen = settings.parserName.flatMap { settings.parsers.makeParser(named: $0) }
        senders = SenderCounters(ledger: ledger)
    }

    func decode(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        decode(payload, isTruncated: false, from: source, into: &batch)
    }

    func decodeTruncated(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        decode(payload, isTruncated: true, from: source, into: &batch)
    }

    func note(_ problem: ErrorCode, from source: PayloadSource) {
        senders.counters(of: source).count(problem)
    }

    private func decode(
        _ payload: RawSpan, isTruncated: Bool, from source: PayloadSource,
        into batch: inout RecordBatch
    ) {
        senders.count(payload, from: source) { line in
            guard let chosen else {
                return parser.decode(
                    line, isTruncated: isTruncated, from: source, into: &batch)
            }
            let problem = chosen.parse(line, from: source, into: &batch)
            if let problem { RawRecord.append(line, code: problem, from: source, to: &batch) }
            return problem
        }
    }
}
