import Core

/// The decoder of an input for log messages: one record for each message that is not empty.
final class MessageSubject: FuzzSubject {
    private let ledger = SourceLedger()
    private let decoder: any PayloadDecoder
    private var records = RecordCheck()
    private var batch = RecordBatch(tag: "logs")
    private var count = 0

    init(_ makeDecoder: (SourceLedger) -> any PayloadDecoder) { decoder = makeDecoder(ledger) }

    private static let source = PayloadSource(
        peer: Endpoint(address: IPAddress(v4: 0xc000_0201), port: 514), transport: .udp,
        received: Timestamp(seconds: 1_700_000_000))

    func execute(_ input: RawSpan) {
        batch.removeAll()
        decoder.decode(input, from: Self.source, into: &batch)
        // Pieces of entries are held until no other follows, and counters until a round ends.
        decoder.finish(into: &batch)
        let isEmpty = (0..<input.byteCount).allSatisfy { [0, 10, 13].contains(input.byte(at: $0)) }
        precondition(batch.count == (isEmpty ? 0 : 1), "\(batch.count) records of one message")
        count += batch.count
        precondition(
            ledger.recordCount == count, "the ledger has \(ledger.recordCount) of \(count)")
        records.check(batch)
    }
}
