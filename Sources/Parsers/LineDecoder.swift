public import Core

/// Decodes payloads that are one line each with a parser, and keeps lines that it refuses.
public final class LineDecoder: PayloadDecoder {
    private let parser: any LineParser
    private let counters: SourceCounters

    /// - Parameter counters: of the sender whose lines these are.
    public init(parser: any LineParser, counters: SourceCounters) {
        self.parser = parser
        self.counters = counters
    }

    public func decode(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        if let code = parser.parse(payload, from: source, into: &batch) {
            keep(payload, because: code, from: source, into: &batch)
        } else {
            counters.count(payloadBytes: payload.byteCount, records: 1)
        }
    }

    /// Keeps a line, or a piece of one, that the parser cannot be asked about.
    public func keep(
        _ line: RawSpan, because code: ErrorCode, from source: PayloadSource,
        into batch: inout RecordBatch
    ) {
        RawRecord.append(line, code: code, from: source, to: &batch)
        counters.count(payloadBytes: line.byteCount, records: 1)
        counters.count(code)
    }
}
