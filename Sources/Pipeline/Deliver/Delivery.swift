import Core
import Journals
import System

/// What one output takes from the journals of the inputs it matches, step by step.
///
/// Frames are read and written to the output, the output commits, the cursor is saved, and only then
/// do the readers let go of the frames. After an error from any step `close` and `open` go back to
/// the saved cursor. A record that the output refuses for good is looked for, and kept aside.
final class Delivery {
    /// The way through one journal.
    struct Source {
        let reader: JournalReader
        let ledger: DeliveryLedger
        /// Records written and not committed.
        var written = 0
        /// Of an output that collects: places that were committed and are not delivered.
        var marks: [Mark] = []
    }

    /// A place that the cursor can move to, and what was written since the one before.
    struct Mark {
        var reader: JournalReader.Mark
        var records: Int
        var bytes: Int
    }

    private let output: any Output
    /// The same output, when it collects.
    private let collector: (any CollectingOutput)?
    /// Bytes of rows that a collecting output may keep waiting in the journals.
    var heldLimit = Int.max
    /// How the output reaches the worker.
    var engine = OutputEngine()
    private var isPrepared = false
    /// Whether a commit failed that can be called again.
    private(set) var isHolding = false
    private var isFinishing = false
    /// Bytes of rows that were written to a collecting output and are not delivered.
    private var heldBytes = 0
    /// Of them, those written since the last mark.
    private var writtenBytes = 0
    private let cursorFile: CursorFile?
    private let quarantine: Quarantine?
    private let log: Log
    private(set) var sources: [Source] = []
    private var cursor = Cursor()
    /// Whether the cursor's file may say something else than `cursor`.
    private var isCursorStale = false
    private var batch = RecordBatch()

    /// Bytes of rows written between two commits.
    private static let commitBytes = 512 << 10

    /// - Parameters:
    ///   - cursorFile: where the cursor is kept; `nil` when all journals are in memory.
    ///   - quarantine: for records that are refused; `nil` drops them.
    init(
        output: any Output, cursorFile: CursorFile?, quarantine: Quarantine?, log: Log
    ) throws(OperationError) {
        self.output = output
        collector = output as? any CollectingOutput
        self.cursorFile = cursorFile
        self.quarantine = quarantine
        self.log = log
        if let stored = try cursorFile?.load() { cursor = stored }
    }

    /// Adds a journal to read; before `open`.
    func addSource(_ journal: Journal, limits: ReaderLimits, ledger: DeliveryLedger) {
        // A journal in memory begins anew with the process: no place of an earlier one is in it.
        let place = journal.settings.isPersistent ? cursor.positions[journal.name] : nil
        let reader = JournalReader(journal, from: place, limits: limits, log: log)
        ledger.setRecovered(reader.backlog)
        if journal.settings.isPersistent, place != reader.committed {
            // A first place is worth saving too: it tells others what waits.
            cursor.positions[journal.name] = reader.committed
            isCursorStale = true
        }
        sources.append(Source(reader: reader, ledger: ledger))
    }

    /// When `pump` should be called although there is nothing new; `nil` never.
    ///
    /// Where inputs may wait for room, an output that collects looks every second whether they do.
    var deadline: Timestamp? {
        guard heldBytes > 0, heldLimit < .max else { return output.deadline }
        let soon = Timestamp(nanoseconds: Timestamp.now().nanoseconds + 1_000_000_000)
        return min(soon, output.deadline ?? soon)
    }

    // MARK: Steps

    /// Starts, or starts over, from the saved cursor.
    func open() throws(OperationError) {
        if let collector, !isPrepared {
            collector.prepare(
                sources: sources.map {
                    let journal = $0.reader.journal
                    return OutputSource(
                        name: journal.name, isPersistent: journal.settings.isPersistent)
                }, engine: engine)
            isPrepared = true
        }
        // Before the output goes back to what `cursor` says; and before a journal that has lost its
        // end grows up to a place that is gone, and the next start would skip what lies before.
        if isCursorStale { try save(cursor) }
        try output.open(resuming: cursor.state, log: log)
    }

    /// Ends the output's work; what was not committed is read again later.
    func close() {
        output.close()
        isHolding = false
        heldBytes = 0
        writtenBytes = 0
        for index in sources.indices {
            sources[index].reader.rewind()
            sources[index].written = 0
            sources[index].marks.removeAll()
        }
        updateLedger()
    }

    /// Lets the next `pump` deliver also what the output would collect for longer.
    func finish() {
        collector?.handOver()
        isFinishing = collector != nil
    }

    /// Nanoseconds that the output wants to be left alone after an error.
    var pause: Int64 { collector?.pause ?? 0 }

    /// Writes and commits until the journals have no more, or until `isOverdue` says so.
    func pump(until isOverdue: () -> Bool) throws(OperationError) {
        do throws(OperationError) {
            try pumpFrames(until: isOverdue)
        } catch {
            guard error.code == .recordRefused else { throw error }
            try isolate(until: isOverdue)
        }
    }

    private func pumpFrames(until isOverdue: () -> Bool) throws(OperationError) {
        if isHolding { try commit() }
        var bytes = 0
        var isDirty = false
        var hasMore = true
        while hasMore {
            hasMore = false
            for index in sources.indices {
                guard try sources[index].reader.next(into: &batch) else { continue }
                hasMore = true
                isDirty = true
                try write(from: index)
                bytes += batch.bytes.byteCount
            }
            if bytes >= Self.commitBytes {
                try commit()
                bytes = 0
                isDirty = false
                if isOverdue() { return }
            }
        }
        if let collector, heldBytes > 0, sources.contains(where: { $0.reader.journal.isFull }) {
            collector.handOver()
        }
        let isDue = output.deadline.map { $0 <= .now() } ?? false
        // Records that the limits took away move the cursor too.
        let hasMoved = sources.contains { $0.reader.position != $0.reader.committed }
        if isDirty || isDue || hasMoved || isFinishing { try commit() }
    }

    /// Gives the batch read last to the output.
    private func write(from index: Int) throws(OperationError) {
        if let collector {
            let end = sources[index].reader.position.record
            try collector.write(
                batch,
                from: BatchOrigin(source: index, firstRecord: end - UInt64(batch.count)))
            writtenBytes += batch.bytes.byteCount
            heldBytes += batch.bytes.byteCount
        } else {
            try output.write(batch)
        }
        sources[index].written += batch.count
    }

    private func commit() throws(OperationError) {
        isHolding = false
        if let collector, heldBytes > heldLimit { collector.handOver() }
        if let plan = output.plan() {
            try save(Cursor(positions: cursor.positions, state: plan))
        }
        let state: [UInt8]
        do throws(OperationError) {
            state = try output.commit()
        } catch {
            isHolding = collector?.canCommitAgain ?? false
            throw error
        }
        isFinishing = false
        if let collector {
            try settle(collector, state)
        } else {
            try saveCursor(state: state)
            for index in sources.indices {
                sources[index].reader.commit()
                sources[index].ledger.countDelivered(sources[index].written)
                sources[index].written = 0
            }
        }
        updateLedger()
    }

    /// Moves the cursor as far as an output that collects has delivered.
    private func settle(
        _ collector: any CollectingOutput, _ state: [UInt8]
    ) throws(OperationError) {
        var moved: [(index: Int, count: Int)] = []
        var positions = cursor.positions
        for index in sources.indices {
            let mark = sources[index].reader.mark
            let last = sources[index].marks.last?.reader.position
            if mark.position != last ?? sources[index].reader.committed {
                sources[index].marks.append(
                    Mark(reader: mark, records: sources[index].written, bytes: writtenBytes))
                sources[index].written = 0
                writtenBytes = 0
            }
            let delivered = collector.delivered(of: index)
            let count = sources[index].marks.prefix {
                $0.reader.position.record <= delivered
            }.count
            guard count > 0 else { continue }
            moved.append((index, count))
            if sources[index].reader.journal.settings.isPersistent {
                positions[sources[index].reader.journal.name] =
                    sources[index].marks[count - 1].reader.position
            }
        }
        let next = Cursor(positions: positions, state: state)
        if isCursorStale || next != cursor { try save(next) }
        for (index, count) in moved {
            let passed = sources[index].marks.prefix(count)
            if let last = passed.last { sources[index].reader.commit(last.reader) }
            sources[index].ledger.countDelivered(passed.reduce(0) { $0 + $1.records })
            heldBytes -= passed.reduce(0) { $0 + $1.bytes }
            sources[index].marks.removeFirst(count)
        }
    }

    private func saveCursor(state: [UInt8]) throws(OperationError) {
        var positions = cursor.positions
        for source in sources where source.reader.journal.settings.isPersistent {
            positions[source.reader.journal.name] = source.reader.position
        }
        try save(Cursor(positions: positions, state: state))
    }

    private func save(_ cursor: Cursor) throws(OperationError) {
        // A save that fails may have come to the disk, wholly or not.
        isCursorStale = true
        try cursorFile?.save(cursor)
        isCursorStale = false
        self.cursor = cursor
    }

    /// Brings the readers' losses into the ledger.
    func updateLedger() {
        for source in sources { source.ledger.set(source.reader.surveyLosses()) }
    }

    // MARK: Refused records

    /// Delivers frame by frame, and the frames that are refused in halves, until the record that is
    /// refused stands alone and can be kept aside.
    private func isolate(until isOverdue: () -> Bool) throws(OperationError) {
        let ends = sources.map(\.reader.position)
        close()
        try open()
        for index in sources.indices {
            while sources[index].reader.position < ends[index],
                try sources[index].reader.next(into: &batch)
            {
                try deliver(batch.count, of: index)
                if isOverdue() { return }
            }
        }
    }

    /// Delivers and commits the records of the frame read last, in as few parts as are taken.
    private func deliver(_ count: Int, of index: Int) throws(OperationError) {
        var left = count
        var size = count
        while left > 0 {
            size = min(size, left)
            do throws(OperationError) {
                batch.keep(0..<size)
                sources[index].reader.stop(behind: size, of: left)
                try write(from: index)
                try commit()
            } catch {
                guard error.code == .recordRefused else { throw error }
                close()
                try open()
                if size == 1 {
                    try setAside(of: index, because: error)
                    left -= 1
                    // The next one may be taken with many others again.
                    size = left
                } else {
                    size /= 2
                }
                if left > 0 { _ = try sources[index].reader.next(into: &batch) }
                continue
            }
            left -= size
            size = left
            if left > 0 { _ = try sources[index].reader.next(into: &batch) }
        }
    }

    /// Keeps the next record of a journal aside and moves behind it.
    private func setAside(
        of index: Int, because reason: OperationError
    ) throws(OperationError) {
        let reader = sources[index].reader
        guard try reader.next(into: &batch) else { return }
        let count = batch.count
        batch.keep(0..<1)
        reader.stop(behind: 1, of: count)
        if let quarantine {
            try quarantine.keep(
                &batch, from: reader.journal.name, at: reader.position, because: reason)
        } else {
            log.error("\(reason); dropped, there is no 'storage.path' to keep it in")
        }
        try saveCursor(state: cursor.state)
        reader.commit()
        if quarantine != nil {
            sources[index].ledger.countQuarantined()
        } else {
            sources[index].ledger.countDropped(1, reason: .recordRefused)
        }
    }
}
