package import Core
import Net
import Synchronization

/// Receives flow records of routers, switches and firewalls: NetFlow v1 to v9, IPFIX and
/// sFlow on one port.
package final class NetflowInput: Input {
    package static var info: PluginInfo { NetflowSettings.info }

    private let settings: NetflowSettings
    /// Set by `open`; the lock is for `stop`, which may come from another thread.
    private let listener = Mutex<DatagramListener?>(nil)
    private let isStopped = Atomic<Bool>(false)

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try NetflowSettings(settings)
    }

    package var listenAddresses: [ListenAddress] {
        [ListenAddress(transport: .udp, endpoint: settings.endpoint)]
    }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        NetflowDecoder(options: settings.decoder, ledger: ledger)
    }

    package func open(log: Log) throws(OperationError) {
        var options = DatagramListener.Options()
        options.receiveBuffer = settings.receiveBufferSize
        let made = try DatagramListener(listenAddresses[0], options: options, log: log)
        listener.withLock { $0 = made }
        if isStopped.load(ordering: .acquiring) { made.stop() }
    }

    /// Where the socket is bound, after `open`.
    package var localEndpoint: Endpoint? { listener.withLock { $0?.localEndpoint } }

    package func run(into sink: any BatchSink) {
        guard let listener = listener.withLock({ $0 }) else { return }
        let decoder = NetflowDecoder(options: settings.decoder, ledger: sink.ledger)
        defer { decoder.finish() }
        var handler = Handler(decoder: decoder, sink: sink)
        do {
            try listener.run(&handler, ledger: sink.ledger)
        } catch {
            sink.log.error("\(error)")
        }
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        listener.withLock { $0?.stop() }
    }
}

/// Collects the records of one round of receiving in a batch.
private struct Handler: PayloadHandler, ~Copyable {
    /// A round of large datagrams is handed on in parts, to bound memory.
    private static let batchBytes = 1 << 20

    private let decoder: NetflowDecoder
    private let sink: any BatchSink
    private var batch: RecordBatch

    init(decoder: NetflowDecoder, sink: any BatchSink) {
        self.decoder = decoder
        self.sink = sink
        batch = RecordBatch(tag: sink.tag)
    }

    mutating func receive(_ payload: RawSpan, from source: PayloadSource) {
        if batch.isEmpty { batch.received = source.received }
        decoder.decode(payload, from: source, into: &batch)
        if batch.bytes.byteCount >= Self.batchBytes { submit() }
    }

    mutating func endBatch() { submit() }

    private mutating func submit() {
        if !batch.isEmpty { sink.submit(&batch) }
    }
}
