import Core
import Net
import Parsers

/// Turns RouterOS messages into records and counts them by sender. No message is dropped.
final class RouterOSDecoder: MessageDecoder {
    private let parser: RouterOSParser
    private var senders: SenderCounters

    init(settings: RouterOSSettings, ledger: SourceLedger) {
        parser = RouterOSParser(
            timeZoneOffsetSeconds: settings.timeZoneOffsetSeconds,
            messagePrefixes: settings.messagePrefixes)
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
        let counters = senders.counters(of: source)
        let count = LineEnding.contentLength(of: payload)
        guard count > 0 else {
            // An empty datagram says nothing, but it came.
            counters.count(payloadBytes: payload.byteCount, records: 0)
            counters.count(.syslogEmpty)
            return
        }
        let problem = parser.decode(
            payload.extracting(0..<count), isTruncated: isTruncated, from: source, into: &batch)
        counters.count(payloadBytes: payload.byteCount, records: 1)
        if let problem { counters.count(problem) }
    }
}
