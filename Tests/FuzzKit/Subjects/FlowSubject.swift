import Core
import InNetflow

/// The decoder of the `netflow` input, new for each input of several datagrams.
///
/// The byte in front of a datagram: two bits choose the exporter, one lets an hour pass first.
final class FlowSubject: FuzzSubject {
    static let input = FuzzTarget.testInput([
        ("emit_options", "true"), ("ie_all", "true"), ("tunnels", "true"),
        // Small, so that inputs reach the limits.
        ("domain_limit", "4"), ("template_limit", "8"), ("hold_sets", "4"),
        ("exporter_limit", "3"),
    ]) { settings throws(SettingsError) in try NetflowInput(settings: settings) }
    private var records = RecordCheck()
    private var batch = RecordBatch(tag: "flows")

    /// The exporter that the byte in front of a datagram names.
    static func source(_ control: UInt8, at seconds: Int64) -> PayloadSource {
        let address = IPAddress(v4: 0xc000_0200 + UInt32(control & 3))
        return PayloadSource(
            peer: Endpoint(address: address, port: 2055), transport: .udp,
            received: Timestamp(seconds: seconds))
    }

    /// Decodes whole datagrams; for seeds of what records become.
    func decode(_ datagrams: [[UInt8]], into batch: inout RecordBatch) {
        let decoder = Self.input.makeDecoder(ledger: SourceLedger())
        let source = Self.source(1, at: 1_700_000_000)
        for datagram in datagrams {
            datagram.withBytes { decoder.decode($0, from: source, into: &batch) }
        }
    }

    func execute(_ input: RawSpan) {
        let ledger = SourceLedger(limit: 4)
        let decoder = Self.input.makeDecoder(ledger: ledger)
        batch.removeAll()
        var seconds: Int64 = 1_700_000_000
        input.forEachPart { control, datagram in
            seconds += control & 4 == 0 ? 1 : 3600
            decoder.decode(datagram, from: Self.source(control, at: seconds), into: &batch)
        }
        decoder.finish(into: &batch)
        records.check(batch)
        let counted = ledger.recordCount
        precondition(counted == batch.count, "\(batch.count) records, the ledger has \(counted)")
    }
}
