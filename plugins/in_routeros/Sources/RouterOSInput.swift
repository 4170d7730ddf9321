package import Core
import Net

/// Receives the logs of MikroTik RouterOS devices.
package final class RouterOSInput: Input {
    package static var info: PluginInfo { RouterOSSettings.info }

    private let settings: RouterOSSettings
    private let listener = LastingListener<MessageListener>()

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try RouterOSSettings(settings)
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        RouterOSDecoder(settings: settings, ledger: ledger)
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
        let decoder = RouterOSDecoder(settings: settings, ledger: sink.ledger)
        listener.run(log: sink.log) { () throws(OperationError) in
            try makeListener(sink.log)
        } serve: { listener throws(OperationError) in
            try listener.run(decoder, into: sink)
        }
    }

    package func stop() { listener.stop() }
}
