package import Core
import Net
import Synchronization

/// Receives the logs of MikroTik RouterOS devices.
package final class RouterOSInput: Input {
    package static var info: PluginInfo { RouterOSSettings.info }

    private let settings: RouterOSSettings
    /// Set by `open`; the lock is for `stop`, which may come from another thread.
    private let listener = Mutex<MessageListener?>(nil)
    private let isStopped = Atomic<Bool>(false)

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try RouterOSSettings(settings)
    }

    package var listenAddresses: [ListenAddress] { [settings.address] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        RouterOSDecoder(settings: settings, ledger: ledger)
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
                RouterOSDecoder(settings: settings, ledger: sink.ledger), into: sink)
        } catch {
            sink.log.error("\(error)")
        }
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        listener.withLock { $0?.stop() }
    }
}
