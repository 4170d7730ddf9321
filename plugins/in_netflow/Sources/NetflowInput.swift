package import Core
import Net

/// Receives flow records of routers, switches and firewalls: NetFlow v1 to v9, IPFIX and
/// sFlow on one port.
package final class NetflowInput: Input {
    package static var info: PluginInfo { NetflowSettings.info }

    private let settings: NetflowSettings
    private let listener = LastingListener<MessageListener>()

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try NetflowSettings(settings)
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        NetflowDecoder(options: settings.decoder, ledger: ledger)
    }

    package func open(log: Log) throws(OperationError) {
        try listener.open { () throws(OperationError) in try makeListener(log) }
    }

    private func makeListener(_ log: Log) throws(OperationError) -> MessageListener {
        try MessageListener(settings.address, options: settings.listener, log: log)
    }

    /// Where the socket is bound, after `open`.
    package var localEndpoint: Endpoint? { listener.localEndpoint }

    package func run(into sink: any BatchSink) {
        // Templates are remembered across sockets.
        let decoder = NetflowDecoder(
            options: settings.decoder, stateDirectory: sink.stateDirectory, log: sink.log,
            ledger: sink.ledger)
        defer { decoder.finish() }
        var handler = Handler(decoder: decoder, sink: sink)
        listener.run(log: sink.log) { () throws(OperationError) in
            try makeListener(sink.log)
        } serve: { listener throws(OperationError) in
            try listener.run(&handler, ledger: sink.ledger)
        }
    }

    package func stop() { listener.stop() }
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

    mutating func note(_ problem: ErrorCode, from source: PayloadSource) {
        decoder.note(problem, from: source)
    }

    mutating func ended(_ source: PayloadSource) { decoder.endSession(of: source) }

    mutating func endBatch() { submit() }

    mutating func tend(at now: Timestamp) { decoder.tend(at: now) }

    private mutating func submit() {
        if !batch.isEmpty { sink.submit(&batch) }
    }
}
