import Core
import Journals
import Synchronization
import System

/// Delivers to one output on a thread of its own, from the journals of all inputs it matches.
///
/// It wakes a flush interval after the first new record, or at once when much is waiting; reads
/// frames, writes them to the output, commits, and only then moves its cursor. After a failure it
/// goes back to the cursor and starts the output over, for ever.
final class OutputWorker: @unchecked Sendable {
    // Sendable: everything mutable but the atomics belongs to the worker's thread once started;
    // `wakeBytes` never changes from then on.

    /// The way of this output through one input's journal.
    struct Source {
        let reader: JournalReader
        let ledger: DeliveryLedger
        /// Records written and not committed.
        var written = 0
    }

    let name: String
    private let output: any Output
    private let cursorFile: CursorFile?
    private let flush: Int64
    private let log: Log
    private var sources: [Source] = []
    private var cursor = Cursor()
    /// Whether the cursor's file names places that its journals do not have.
    private var isCursorMoved = false
    private var batch = RecordBatch()
    private var backoff = Backoff()

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
    /// Bytes of rows written between two commits.
    private static let commitBytes = 512 << 10

    /// - Parameters:
    ///   - cursorFile: where the cursor is kept; `nil` when all journals are in memory.
    ///   - flush: nanoseconds.
    init(
        name: String, output: any Output, cursorFile: CursorFile?, flush: Int64, log: Log
    ) throws(OperationError) {
        self.name = name
        self.output = output
        self.cursorFile = cursorFile
        self.flush = flush
        self.log = log
        if let stored = try cursorFile?.load() { cursor = stored }
    }

    /// Adds a journal to read; before `start`.
    func addSource(_ journal: Journal, ledger: DeliveryLedger) {
        // A journal in memory begins anew with the process: no place of an earlier one is in it.
        let place = journal.settings.isPersistent ? cursor.positions[journal.name] : nil
        let reader = JournalReader(journal, from: place, log: log)
        ledger.setRecovered(reader.backlog)
        if let place, place != reader.committed {
            cursor.positions[journal.name] = reader.committed
            isCursorMoved = true
        }
        if let limit = journal.settings.limit { wakeBytes = min(wakeBytes, max(limit / 2, 1)) }
        sources.append(Source(reader: reader, ledger: ledger))
    }

    /// Counts as dropped what waits in journals that end with the process; after the thread's end.
    func giveUpWhatIsInMemory() {
        for source in sources where !source.reader.journal.settings.isPersistent {
            let waiting = source.ledger.waiting
            if waiting > 0 { source.ledger.countDropped(waiting, reason: .graceExpired) }
        }
    }

    /// Whether the thread is done.
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    func start(onEnd: @escaping @Sendable () -> Void) {
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
                try saveMovedCursor()
                try output.open(resuming: cursor.state, log: log)
                try deliver()
                output.close()
                break
            } catch {
                recover(from: error)
                if isOverdue { break }
            }
        }
        updateLedger()
    }

    private func deliver() throws(OperationError) {
        // What an earlier process left, or what failed before, is there already.
        try pump()
        while !isDraining {
            waitForWork()
            try pump()
        }
        try pump()
    }

    /// Waits for new records and then for the flush interval, unless much comes or the agent stops.
    private func waitForWork() {
        if let due = output.deadline {
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

    /// Writes and commits until the journals have no more.
    private func pump() throws(OperationError) {
        unread.store(0, ordering: .relaxed)
        var bytes = 0
        var isDirty = false
        var hasMore = true
        while hasMore {
            hasMore = false
            for index in sources.indices {
                guard try sources[index].reader.next(into: &batch) else { continue }
                hasMore = true
                isDirty = true
                try output.write(batch)
                sources[index].written += batch.count
                bytes += batch.bytes.byteCount
            }
            if bytes >= Self.commitBytes {
                try commit()
                bytes = 0
                isDirty = false
                if isOverdue { return }
            }
        }
        let isDue = output.deadline.map { $0 <= .now() } ?? false
        if isDirty || isDue { try commit() }
    }

    private func commit() throws(OperationError) {
        if let plan = output.plan() {
            try save(Cursor(positions: cursor.positions, state: plan))
        }
        let state = try output.commit()
        var positions = cursor.positions
        for source in sources where source.reader.journal.settings.isPersistent {
            positions[source.reader.journal.name] = source.reader.position
        }
        try save(Cursor(positions: positions, state: state))
        for index in sources.indices {
            sources[index].reader.commit()
            sources[index].ledger.countDelivered(sources[index].written)
            sources[index].written = 0
        }
        updateLedger()
        backoff.reset()
    }

    private func save(_ cursor: Cursor) throws(OperationError) {
        try cursorFile?.save(cursor)
        self.cursor = cursor
    }

    /// Forgets places that are gone, before a journal that has lost its end grows up to them and
    /// the next start would skip what lies before.
    private func saveMovedCursor() throws(OperationError) {
        guard isCursorMoved else { return }
        try save(cursor)
        isCursorMoved = false
    }

    private func updateLedger() {
        for source in sources {
            source.ledger.set(source.reader.losses)
        }
    }

    private func recover(from error: OperationError) {
        output.close()
        let pause = backoff.next()
        log.error("\(error); next try in \(pause / 1_000_000) ms")
        for index in sources.indices {
            sources[index].reader.rewind()
            sources[index].written = 0
            sources[index].ledger.countFailure(error.code)
        }
        updateLedger()
        let until = min(
            MonotonicClock.now() + pause, deadline.load(ordering: .relaxed))
        while true {
            let left = until - MonotonicClock.now()
            if left <= 0 { return }
            // A ring for new records does not shorten the pause; one for the end does.
            if bell.wait(atMost: left), isDraining { return }
        }
    }
}
