package import Core
import Net
import System

/// Receives flow records of routers, switches and firewalls: NetFlow v1 to v9, IPFIX and
/// sFlow on one port.
package final class NetflowInput: Input {
    package static var info: PluginInfo { NetflowSettings.info }

    private let settings: NetflowSettings
    /// One per socket.
    private let listeners: [LastingListener<MessageListener>]

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try NetflowSettings(settings)
        listeners = (0..<self.settings.sockets).map { _ in LastingListener() }
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        NetflowDecoder(options: settings.decoder, ledger: ledger)
    }

    package func open(log: Log) throws(OperationError) {
        var address = settings.address
        for listener in listeners {
            try listener.open { () throws(OperationError) in try makeListener(address, log) }
            // The system may have chosen the port.
            if let local = listener.localEndpoint { address = address.bound(to: local) }
        }
    }

    private func makeListener(
        _ address: ListenAddress, _ log: Log
    ) throws(OperationError) -> MessageListener {
        try MessageListener(address, options: settings.listener, log: log)
    }

    /// Where the sockets are bound, after `open`.
    package var localEndpoint: Endpoint? { listeners.first?.localEndpoint }

    package func run(into sink: any BatchSink) {
        let threads = listeners.indices.dropFirst().map { index in
            Thread.start(name: "netflow \(index + 1)") { [self] in serve(index, sink) }
        }
        serve(0, sink)
        for thread in threads { thread.join() }
    }

    /// Serves one socket; its exporters are known to nobody else.
    private func serve(_ index: Int, _ sink: any BatchSink) {
        // Templates are remembered when the socket has to be opened again.
        let store = TemplateStore(directory: sink.stateDirectory, part: index, log: sink.log)
        let decoder = NetflowDecoder(
            options: settings.decoder, store: store, log: sink.log, ledger: sink.ledger)
        defer { decoder.finish() }
        let address = localEndpoint.map { settings.address.bound(to: $0) } ?? settings.address
        listeners[index].run(log: sink.log) { () throws(OperationError) in
            try makeListener(address, sink.log)
        } serve: { listener throws(OperationError) in
            try listener.run(decoder, into: sink)
        }
    }

    package func stop() {
        for listener in listeners { listener.stop() }
    }
}
