import Core

/// The decoder of the `netflow` input, for the network and for captures.
final class NetflowDecoder: PayloadDecoder {
    struct Options: Sendable {
        var limits = ExporterTable.Limits()
        var held = HeldSets.Limits()
        /// Whether options records are handed on, beside being learned from.
        var emitsOptions = false
        var shapes = ShapeOptions()
        var exporters = ExporterProfiles()
        /// Whether sampling rates that were sent little-endian are read so.
        var repairsSampling = true
        /// Whether the packets inside tunnels' packets are read, in sFlow samples.
        var readsTunnels = false
        var protocols = ProtocolSet.all
        /// Who may send.
        var senders = SenderList()
    }

    private var messages: MessageDecoder

    init(options: Options, ledger: SourceLedger) {
        messages = MessageDecoder(options: options, ledger: ledger)
    }

    func decode(_ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch) {
        messages.decode(payload, from: source, into: &batch)
    }

    func finish() { messages.held.dropAll() }

    /// Data sets that wait for their templates, and the memory they take.
    var heldCount: Int { messages.held.count }
    var heldBytes: Int { messages.held.byteCount }
    var domainCount: Int { messages.exporters.domainCount }
    /// Bytes of all templates and plans.
    var storedBytes: Int { messages.exporters.storedBytes }

    /// The state of a stream, made when it is new.
    func domain(_ key: DomainKey) -> ObservationDomain { messages.exporters.domain(key) }
}
