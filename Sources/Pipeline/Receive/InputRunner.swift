import Core
import Journals
import Synchronization
import System

/// Runs one input on a thread of its own: what it submits is filtered and appended to its journal.
final class InputRunner: BatchSink, @unchecked Sendable {
    // Sendable: `chain` and `readers` are used by the input's thread only; the rest is immutable
    // or atomic.
    let name: String
    let tag: String
    let log: Log
    let journal: Journal
    private let input: any Input
    private let account: InputLedger
    private let chain: FilterChain
    private let outputs: [OutputWorker]
    private let stopping = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)
    private let stopBell = Doorbell()

    init(
        name: String, tag: String, input: any Input, chain: FilterChain, journal: Journal,
        account: InputLedger, outputs: [OutputWorker], log: Log
    ) {
        self.name = name
        self.tag = tag
        self.input = input
        self.chain = chain
        self.journal = journal
        self.account = account
        self.outputs = outputs
        self.log = log
    }

    var ledger: SourceLedger { account.sources }
    var recoveredPlaces: SourcePlaces { journal.recovery.places }
    var isStopping: Bool { stopping.load(ordering: .relaxed) }
    /// Whether `run` has returned.
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    func open() throws(OperationError) {
        try input.open(log: log)
    }

    /// Starts the thread; `onEnd` is called there when the input has ended.
    func start(onEnd: @escaping @Sendable () -> Void) {
        _ = Thread.start(name: name) { [self] in
            input.run(into: self)
            ended.store(true, ordering: .releasing)
            onEnd()
        }
    }

    func stop() {
        stopping.store(true, ordering: .relaxed)
        input.stop()
        stopBell.ring()
    }

    func submit(_ batch: inout RecordBatch) -> Bool {
        defer { batch.removeAll() }
        if batch.isEmpty, batch.progress.isEmpty { return true }
        account.countReceived(batch.count)
        chain.apply(to: &batch)
        if outputs.isEmpty {
            // Only `compat: fluent-bit` lets such an input start; nobody would empty its journal.
            account.countDropped(batch.count, reason: .noMatchingOutput)
            return true
        }
        return append(batch)
    }

    /// Appends until it succeeds: a disk that is full is waited for, and the source waits with us.
    private func append(_ batch: borrowing RecordBatch) -> Bool {
        var backoff = Backoff()
        while true {
            do throws(OperationError) {
                try journal.append(batch)
                account.countJournaled(batch.count)
                for output in outputs { output.notify(bytes: batch.bytes.byteCount) }
                return true
            } catch {
                let pause = backoff.next()
                log.error("\(error); next try in \(pause / 1_000_000) ms")
                if isStopping {
                    account.countDropped(batch.count, reason: error.code)
                    return false
                }
                stopBell.wait(atMost: pause)
            }
        }
    }
}
