import Core
import Journals
import Synchronization
import System

/// Runs one input on a thread of its own: what it submits is filtered and appended to its journal.
final class InputRunner: BatchSink, @unchecked Sendable {
    // Sendable: `chain` is used under `taking` only; the rest is immutable or atomic.
    let name: String
    let tag: String
    let log: Log
    let stateDirectory: String?
    let journal: Journal
    private let input: any Input
    private let account: InputLedger
    private let chain: FilterChain
    /// Held while a batch is filtered and appended.
    private let taking = Mutex(())
    private let outputs: [OutputWorker]
    private let stopping = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)
    /// Whether what the journal does not take is read again after the next start.
    private let canReadAgain = Atomic<Bool>(false)
    private let hasGivenUp = Atomic<Bool>(false)

    init(
        name: String, tag: String, input: any Input, chain: FilterChain, journal: Journal,
        account: InputLedger, outputs: [OutputWorker], stateDirectory: String? = nil, log: Log
    ) {
        self.name = name
        self.stateDirectory = stateDirectory
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
        stopping.store(true, ordering: .sequentiallyConsistent)
        input.stop()
        if canReadAgain.load(ordering: .sequentiallyConsistent) { journal.close() }
        journal.wake()
    }

    /// Ends every wait for the journal; what it does not take at once is dropped from now on.
    func giveUp() {
        hasGivenUp.store(true, ordering: .relaxed)
        journal.close()
    }

    func submit(_ batch: inout RecordBatch) -> Bool {
        defer { batch.removeAll() }
        if batch.isEmpty, batch.progress.isEmpty { return true }
        return taking.withLock { _ in take(&batch) }
    }

    private func take(_ batch: inout RecordBatch) -> Bool {
        let mark = account.mark
        account.countReceived(batch.count)
        chain.apply(to: &batch)
        if outputs.isEmpty {
            // Only `compat: fluent-bit` lets such an input start; nobody would empty its journal.
            account.countDropped(batch.count, reason: .noMatchingOutput)
            return true
        }
        if !batch.progress.isEmpty { expectToReadAgain() }
        guard let failure = append(batch) else { return true }
        if batch.progress.isEmpty {
            account.countDropped(batch.count, reason: failure.code)
        } else {
            account.takeBack(to: mark)
        }
        return false
    }

    private func expectToReadAgain() {
        canReadAgain.store(true, ordering: .sequentiallyConsistent)
        if stopping.load(ordering: .sequentiallyConsistent) { journal.close() }
    }

    /// Appends until it succeeds: a disk that is full is waited for, and the source waits with us.
    ///
    /// - Returns: `nil`, or why the journal took nothing before the agent had to end.
    private func append(_ batch: borrowing RecordBatch) -> OperationError? {
        var trouble = Trouble(meanwhile: "the input waits")
        while true {
            do throws(OperationError) {
                try journal.append(batch)
                trouble.end(log: log)
                account.countJournaled(batch.count)
                for output in outputs { output.notify(bytes: batch.bytes.byteCount) }
                return nil
            } catch {
                let canWait = !isStopping || batch.progress.isEmpty
                if !canWait || hasGivenUp.load(ordering: .relaxed) { return error }
                let pause = trouble.add(error, log: log)
                // What an output has delivered may have freed the room that is missing.
                journal.waitForCommit(atMost: isStopping ? min(pause, Self.shortPause) : pause)
            }
        }
    }

    /// Nanoseconds between attempts when there is little time left.
    private static let shortPause: Int64 = 250_000_000
}
