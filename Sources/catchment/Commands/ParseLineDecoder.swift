import Core

/// Reads payloads with a line parser; what it refuses is kept under `log`.
final class LineDecoder: PayloadDecoder {
    private let parser: any LineParser
    private let ledger: SourceLedger
    private var builder = RecordBuilder()
    private var counters: (address: IPAddress, counters: SourceCounters)?

    /// - Parameter name: the parser's, for the ledger entry of lines from files.
    init(_ parser: any LineParser, name: String, ledger: SourceLedger) {
        self.parser = parser
        self.ledger = ledger
    }

    func decode(_ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch) {
        let counters = counters(for: source.peer.address)
        var end = payload.byteCount
        while end > 0, [0x0a, 0x0d].contains(payload.byte(at: end - 1)) { end -= 1 }
        let line = payload.extracting(0..<end)
        if let code = parser.parse(line, from: source, into: &batch) {
            counters.count(code)
            builder.begin()
            builder.add("log", text: line)
            builder.add("parse_error", text: code.text)
            builder.finish(into: &batch)
        }
        counters.count(payloadBytes: payload.byteCount, records: 1)
    }

    private func counters(for address: IPAddress) -> SourceCounters {
        if let counters, counters.address == address { return counters.counters }
        let found = ledger.counters(for: address.description)
        counters = (address, found)
        return found
    }
}
