package import Core
import Messages
import Net

/// Receives syslog messages from the network or a local socket.
package final class SyslogInput: Input {
    package static var info: PluginInfo { SyslogSettings.info }

    private let settings: SyslogSettings
    private let sockets: MessageSockets

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try SyslogSettings(settings)
        sockets = MessageSockets(self.settings.entrance)
    }

    package var listenAddresses: [ListenAddress] { [settings.entrance.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        settings.makeIntake(ledger: ledger, log: .silent)
    }

    package func open(log: Log) throws(OperationError) { try sockets.open(log: log) }

    /// Where the sockets are bound, after `open`.
    package var localEndpoint: Endpoint? { sockets.localEndpoint }

    package func run(into sink: any BatchSink) {
        sockets.run(name: "syslog", into: sink) { [settings] _ in
            settings.makeIntake(ledger: sink.ledger, log: sink.log)
        }
    }

    package func stop() { sockets.stop() }
}
