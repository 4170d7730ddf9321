package import Core
import Parsers
import Synchronization
import System

/// Makes the same record again and again, to try a pipeline out.
package final class DummyInput: Input {
    package static var info: PluginInfo { DummySettings.info }

    private let settings: DummySettings
    private let bell = Doorbell()
    private let isStopped = Atomic<Bool>(false)

    package init(settings: PluginSettings) throws(SettingsError) {
        self.settings = try DummySettings(settings)
    }

    package var listenAddresses: [ListenAddress] { [] }

    /// Reads payloads as the records that `dummy` would be set to.
    package func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder {
        LineDecoder(
            parser: DummyParser(clock: settings.clock), counters: ledger.counters(for: "dummy"))
    }

    package func open(log: Log) throws(OperationError) {
        for warning in settings.inertOptions { log.warning(warning) }
    }

    package func run(into sink: any BatchSink) {
        let decoder = makeDecoder(ledger: sink.ledger)
        let begin = MonotonicClock.now()
        var schedule = DummySchedule(settings)
        var batch = RecordBatch(tag: sink.tag)
        while !isStopped.load(ordering: .acquiring), !sink.isStopping {
            switch schedule.next(elapsed: MonotonicClock.now() - begin) {
            case .finished: return
            case .wait(let nanoseconds): bell.wait(atMost: nanoseconds)
            case .make(let events):
                let source = PayloadSource(
                    peer: Endpoint(address: .any, port: 0), transport: .file, received: .now())
                batch.received = source.received
                settings.record.withBytes { record in
                    for _ in 0..<events * settings.copies {
                        decoder.decode(record, from: source, into: &batch)
                    }
                }
                sink.submit(&batch)
            }
        }
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        bell.ring()
    }
}
