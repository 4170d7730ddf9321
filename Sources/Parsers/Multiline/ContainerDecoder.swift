public import Core

/// Decodes payloads that are one container's line each, without joining them; other lines go to
/// another decoder.
public final class ContainerDecoder: PayloadDecoder {
    private let reader: ContainerReader
    private let others: LineDecoder
    private let counters: SourceCounters

    /// - Parameter counters: of the file whose lines these are.
    public init(reader: ContainerReader, others: LineDecoder, counters: SourceCounters) {
        self.reader = reader
        self.others = others
        self.counters = counters
    }

    public func decode(
        _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) {
        reader.received = source.received
        guard reader.read(payload) != nil else {
            return others.decode(payload, from: source, into: &batch)
        }
        reader.append(to: &batch)
        counters.count(payloadBytes: payload.byteCount, records: 1)
    }
}
