import Core
import Net
import Parsers

/// Turns RouterOS messages into records and counts them by sender.
///
/// No message is dropped.
final class RouterOSDecoder: MessageDecoder {
    private let parser: RouterOSParser
    private let senders: SenderCounters

    init(settings: RouterOSSettings, ledger: SourceLedger) {
        parser = RouterOSParser(
            timeZone: settings.timeZone,
            messagePrefixes: settings.messagePrefixes, patterns: settings.patterns)
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
            parser.decode(line, isTruncated: isTruncated, from: source, into: &batch)
        }
    }
}
