package import Core
import Net

/// Receives flow records of routers, switches and firewalls: NetFlow v1 to v9, IPFIX and
/// sFlow on one port.
package final class NetflowInput: Input {
    package static var info: PluginInfo { NetflowSettings.info }

    private let settings: NetflowSettings
    private let sockets: MessageSockets

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try NetflowSettings(settings)
        sockets = MessageSockets(
            self.settings.address, options: self.settings.listener, count: self.settings.sockets)
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        NetflowDecoder(options: settings.decoder, ledger: ledger)
    }

    package func open(log: Log) throws(OperationError) { try sockets.open(log: log) }

    /// Where the sockets are bound, after `open`.
    package var localEndpoint: Endpoint? { sockets.localEndpoint }

    package func run(into sink: any BatchSink) {
        let options = settings.decoder
        sockets.run(name: "netflow", into: sink) { index in
            NetflowDecoder(
                options: options,
                store: TemplateStore(
                    directory: sink.stateDirectory, part: index, log: sink.log),
                log: sink.log, ledger: sink.ledger)
        }
    }

    package func stop() { sockets.stop() }
}
