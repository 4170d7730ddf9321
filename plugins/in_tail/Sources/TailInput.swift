package import Core
import Parsers
import Synchronization
import System

/// Follows text files as they grow and are rotated.
package final class TailInput: Input {
    package static var info: PluginInfo { TailSettings.info }

    private let settings: TailSettings
    private let parsers: any ParserDirectory
    /// Set by `open`; the lock is for `stop`, which may come from another thread.
    private let stopHandle = Mutex<StopHandle?>(nil)
    private let isStopped = Atomic<Bool>(false)

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try TailSettings(settings)
        parsers = settings.parsers
    }

    package var listenAddresses: [ListenAddress] { [] }

    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        let counters = ledger.counters(for: "tail")
        let lines = LineDecoder(parser: makeParser(), counters: counters)
        guard let reader = settings.makeContainerReader() else { return lines }
        return ContainerDecoder(reader: reader, others: lines, counters: counters)
    }

    private func makeParser() -> any LineParser {
        guard let name = settings.parser else { return PlainLine(key: settings.lineKey) }
        guard let parser = parsers.makeParser(named: name) else {
            preconditionFailure("settings with an unknown parser make no input")
        }
        return parser
    }

    package func open(log: Log) throws(OperationError) {
        let handle = try StopHandle()
        if isStopped.load(ordering: .acquiring) { handle.raise() }
        stopHandle.withLock { $0 = handle }
    }

    package func run(into sink: any BatchSink) {
        guard let stop = stopHandle.withLock({ $0 }) else { return }
        let reader = TailReader(settings: settings, parser: makeParser(), sink: sink)
        let loop = TailLoop(
            reader: reader, settings: settings, log: sink.log, isStopping: { sink.isStopping })
        loop.run(stop: stop)
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        stopHandle.withLock { $0?.raise() }
    }
}
