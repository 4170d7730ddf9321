package import Core
import Net

/// Receives syslog messages from the network or a local socket.
package final class SyslogInput: Input {
    package static var info: PluginInfo { SyslogSettings.info }

    private let settings: SyslogSettings
    private let listener = LastingListener<MessageListener>()

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try SyslogSettings(settings)
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        SyslogDecoder(settings: settings, ledger: ledger)
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
        let decoder = SyslogDecoder(settings: settings, ledger: sink.ledger)
        listener.run(log: sink.log) { () throws(OperationError) in
            try makeListener(sink.log)
        } serve: { listener throws(OperationError) in
            try listener.run(decoder, into: sink)
        }
    }

    package func stop() { listener.stop() }
}
