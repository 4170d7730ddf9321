package import Core
import Net
import Synchronization

/// Receives syslog messages from the network or a local socket.
package final class SyslogInput: Input {
    package static var info: PluginInfo { SyslogSettings.info }

    private let settings: SyslogSettings
    /// Set by `open`; the lock is for `stop`, which may come from another thread.
    private let listener = Mutex<MessageListener?>(nil)
    private let isStopped = Atomic<Bool>(false)

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try SyslogSettings(settings)
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        SyslogDecoder(settings: settings, ledger: ledger)
    }

    package func open(log: Log) throws(OperationError) {
        let made = try MessageListener(settings.address, options: settings.listener, log: log)
        listener.withLock { $0 = made }
        if isStopped.load(ordering: .acquiring) { made.stop() }
    }

    /// Where the socket is bound, after `open`.
    package var localEndpoint: Endpoint? { listener.withLock { $0?.localEndpoint } }

    package func run(into sink: any BatchSink) {
        guard let listener = listener.withLock({ $0 }) else { return }
        do {
            try listener.run(
                SyslogDecoder(settings: settings, ledger: sink.ledger), into: sink)
        } catch {
            sink.log.error("\(error)")
        }
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        listener.withLock { $0?.stop() }
    }
}
