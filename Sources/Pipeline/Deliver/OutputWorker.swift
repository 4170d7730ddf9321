import Core
import Journals
import Synchronization
import System

/// Delivers to one output on a thread of its own, from the journals of all inputs it matches.
///
/// It wakes a flush interval after the first new record, or at once when much is waiting. After a
/// failure it starts the output over from the cursor, for ever.
final class OutputWorker: @unchecked Sendable {
    // Sendable: `delivery` and `trouble` belong to the worker's thread once started; `wakeBytes`
    // never changes from then on.
    let name: String
    private let delivery: Delivery
    private let limits: ReaderLimits
    private let flush: Int64
    private let longestPause: Int64
    private let log: Log
    private var trouble: Trouble

    /// Bytes appended since the worker last looked.
    private let unread = Atomic<Int>(0)
    private let bell = Doorbell()
    /// When draining must end, on the monotonic clock; `max` while the agent runs.
    private let deadline = Atomic<Int64>(.max)
    private let ended = Atomic<Bool>(false)

    /// Waiting bytes that wake the worker before its flush interval is over.
    ///
    /// Set before `start`: an input that waits for room in a small journal must not wait for the
    /// flush interval.
    private var wakeBytes = 512 << 10

    /// Nanoseconds between attempts while the agent stops: there is no time for more.
    private static let drainPause: Int64 = 1_000_000_000

    /// - Parameters:
    ///   - flush: nanoseconds.
    ///   - longestPause: nanoseconds between attempts.
    init(
        name: String, delivery: Delivery, limits: ReaderLimits, flush: Int64,
        longestPause: Int64 = OutputEngine.usualLongestPause, log: Log
    ) {
        self.name = name
        self.delivery = delivery
        self.limits = limits
        self.flush = flush
        self.longestPause = longestPause
        trouble = Trouble(
            meanwhile: "its records wait in the journal", longestPause: longestPause)
        self.log = log
    }

    /// Adds a journal to read; before `start`.
    func addSource(_ journal: Journal, ledger: DeliveryLedger) {
        delivery.addSource(journal, limits: limits, ledger: ledger)
        for limit in [journal.settings.limit, limits.bytes] {
            if let limit {
                wakeBytes = min(wakeBytes, max(limit / 2, 1))
                delivery.heldLimit = min(delivery.heldLimit, limit / 2)
            }
        }
    }

    /// Counts as dropped what waits in journals that end with the process; after the thread's end.
    func giveUpWhatIsInMemory() {
        for source in delivery.sources where !source.reader.journal.settings.isPersistent {
            let waiting = source.ledger.waiting
            if waiting > 0 { source.ledger.countDropped(waiting, reason: .graceExpired) }
        }
    }

    /// Whether the thread is done.
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    func start(onEnd: @escaping @Sendable () -> Void) {
        // The output belongs to the worker: neither keeps the other alive by this.
        delivery.engine = OutputEngine(
            wake: { [weak self] in self?.bell.ring() },
            isOverdue: { [weak self] in self?.isOverdue ?? true }, longestPause: longestPause)
        _ = Thread.start(name: name) { [self] in
            run()
            ended.store(true, ordering: .releasing)
            onEnd()
        }
    }

    /// Tells that an input has appended; called by inputs' threads.
    func notify(bytes: Int) {
        let before = unread.add(bytes, ordering: .relaxed).oldValue
        if before == 0 || before < wakeBytes && before + bytes >= wakeBytes {
            bell.ring()
        }
    }

    /// Delivers what is in the journals and ends; gives up at `deadline`.
    func drain(until deadline: Int64) {
        self.deadline.store(deadline, ordering: .relaxed)
        bell.ring()
    }

    // MARK: The thread

    private var isDraining: Bool { deadline.load(ordering: .relaxed) != .max }
    private var isOverdue: Bool { MonotonicClock.now() >= deadline.load(ordering: .relaxed) }

    private func run() {
        while true {
            do throws(OperationError) {
                if !delivery.isHolding { try delivery.open() }
                try deliver()
                delivery.close()
                return
            } catch {
                recover(from: error)
                if isOverdue {
                    delivery.close()
                    return
                }
            }
        }
    }

    private func deliver() throws(OperationError) {
        // What an earlier process left, or what failed before, is there already.
        try pump()
        while !isDraining {
            waitForWork()
            try pump()
        }
        try pump()
        delivery.finish()
        try pump()
    }

    private func pump() throws(OperationError) {
        unread.store(0, ordering: .relaxed)
        try delivery.pump { isOverdue }
        trouble.end(log: log)
    }

    /// Waits for new records and then for the flush interval, unless much comes or the agent stops.
    private func waitForWork() {
        if let due = delivery.deadline {
            bell.wait(atMost: due.nanoseconds(since: .now()))
        } else {
            bell.wait()
        }
        let flushAt = MonotonicClock.now() + flush
        while unread.load(ordering: .relaxed) < wakeBytes, !isDraining {
            if unread.load(ordering: .relaxed) == 0 { return }
            let left = flushAt - MonotonicClock.now()
            if left <= 0 { return }
            bell.wait(atMost: left)
        }
    }

    private func recover(from error: OperationError) {
        if !delivery.isHolding { delivery.close() }
        let isStopping = isDraining
        let pause = trouble.add(
            error, atLeast: delivery.pause, atMost: isStopping ? Self.drainPause : .max, log: log)
        for source in delivery.sources { source.ledger.countFailure(error.code) }
        let until = min(
            MonotonicClock.now() + pause, deadline.load(ordering: .relaxed))
        while true {
            let left = until - MonotonicClock.now()
            if left <= 0 { return }
            // A ring for new records or an answer does not shorten the pause; one for the end does.
            if bell.wait(atMost: left), isDraining, !isStopping { return }
        }
    }
}
