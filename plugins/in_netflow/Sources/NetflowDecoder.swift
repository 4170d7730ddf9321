import Core
import Net

/// The decoder of the `netflow` input, for the network and for captures.
final class NetflowDecoder: Net.MessageDecoder {
    struct Options: Sendable {
        var limits = ExporterTable.Limits()
        var held = HeldSets.Limits()
        var watch = ExporterWatch.Limits()
        /// Seconds that a template counts without being announced again; 0 learns it.
        var templateLifetime: Int64 = 0
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

        /// Gives each of several decoders its share of what all may take together.
        mutating func divide(by count: Int) {
            limits.exporters = (limits.exporters + count - 1) / count
            limits.templateBytes /= count
            held.bytes /= count
        }
    }

    private var messages: MessageDecoder

    init(
        options: Options, store: TemplateStore = TemplateStore(), log: Log = .silent,
        ledger: SourceLedger
    ) {
        messages = MessageDecoder(options: options, store: store, log: log, ledger: ledger)
    }

    func decode(_ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch) {
        messages.decode(payload, from: source, into: &batch)
    }

    func tend(at now: Timestamp, into batch: inout RecordBatch) { messages.tend(at: now) }

    func finish(into batch: inout RecordBatch) { finish(at: Timestamp.now()) }

    func finish(at now: Timestamp) { messages.finish(at: now) }

    /// Counts something wrong with a connection.
    func note(_ problem: ErrorCode, from source: PayloadSource) {
        messages.exporters.strangerCounters(source.peer.address).count(problem)
    }

    /// Forgets what a connection announced: its templates live as long as it does.
    func endSession(of source: PayloadSource) { messages.endSession(of: source) }

    /// Data sets that wait for their templates, and the memory they take.
    var heldCount: Int { messages.held.count }
    var heldBytes: Int { messages.held.byteCount }
    var domainCount: Int { messages.exporters.domainCount }
    /// Bytes of all templates and plans.
    var storedBytes: Int { messages.exporters.storedBytes }

    /// The state of a stream, made when it is new.
    func domain(_ key: DomainKey) -> ObservationDomain { messages.exporters.domain(key) }
}
