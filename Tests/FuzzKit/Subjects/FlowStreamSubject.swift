import Core
import InNetflow

/// One decoder of the `netflow` input for many datagrams, so that templates pile up and change.
///
/// The byte in front of a datagram: two bits choose the exporter, one lets an hour pass first.
final class FlowStreamSubject: FuzzSubject {
    private let ledger = SourceLedger(limit: 16)
    private let decoder: any PayloadDecoder
    private var records = RecordCheck()
    private var batch = RecordBatch(tag: "flows")
    private var seconds: Int64 = 1_700_000_000
    private var inputs = 0
    private var count = 0

    init() { decoder = FlowSubject.input.makeDecoder(ledger: ledger) }

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let control = input.byte(at: 0)
        // An hour is longer than what waits for its template may wait.
        seconds += control & 0xfc == 4 ? 3600 : Int64(control >> 7)
        batch.removeAll()
        decoder.decode(
            input.extracting(1..<input.byteCount),
            from: FlowSubject.source(control, at: seconds), into: &batch)
        records.check(batch)
        inputs += 1
        count += batch.count
        // Asking the ledger costs as much as decoding.
        if inputs % 64 == 0 {
            let counted = ledger.recordCount
            precondition(counted == count, "\(count) records, the ledger has \(counted)")
        }
    }
}
