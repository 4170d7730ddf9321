import Core

/// One decoder and what its records pass afterwards.
final class ParseStage {
    struct Step {
        var name: String
        var filter: any Filter
        /// Records it dropped.
        var dropped = 0
    }

    struct Destination {
        var name: String
        var output: any Output
        /// Records it would have got.
        var records = 0
    }

    /// The input's name.
    let name: String
    let ledger: SourceLedger
    /// Records decoded.
    private(set) var records = 0
    private(set) var steps: [Step]
    /// `nil` when records are printed as they are.
    private(set) var destinations: [Destination]?
    private let decoder: any PayloadDecoder
    private var batch: RecordBatch

    init(
        name: String, tag: String, ledger: SourceLedger, decoder: any PayloadDecoder,
        filters: [Step] = [], destinations: [Destination]? = nil
    ) {
        self.name = name
        self.ledger = ledger
        self.decoder = decoder
        steps = filters
        self.destinations = destinations
        batch = RecordBatch(tag: tag)
    }

    var isEmpty: Bool { batch.isEmpty }

    /// Bytes of the records gathered.
    var byteCount: Int { batch.runs.last.map { $0.start + $0.byteCount } ?? 0 }

    func decode(_ payload: RawSpan, from source: PayloadSource) {
        if batch.isEmpty { batch.received = source.received }
        decoder.decode(payload, from: source, into: &batch)
    }

    /// Gathers what the decoder kept for later: no payload follows.
    func finish() { decoder.finish(into: &batch) }

    /// Filters the records gathered, prints them and forgets them.
    ///
    /// - Returns: records printed, at most `limit`.
    func flush(to printer: any RecordPrinter, atMost limit: Int) -> Int {
        defer { batch.removeAll() }
        records += batch.count
        for index in steps.indices where !batch.isEmpty {
            let before = batch.count
            steps[index].filter.apply(to: &batch)
            steps[index].dropped += before - batch.count
        }
        guard let destinations else {
            let count = min(limit, batch.count)
            printer.print(batch, atMost: count)
            return count
        }
        var printed = 0
        for index in destinations.indices {
            let count = min(limit - printed, batch.count)
            printer.print(batch, of: destinations[index], atMost: count)
            self.destinations?[index].records += batch.count
            printed += count
        }
        return printed
    }
}
