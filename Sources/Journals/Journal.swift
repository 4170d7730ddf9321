public import Core
import Synchronization
import System

/// The log of one input: frames are appended at its end and read by every output from a place of
/// its own.
///
/// One thread appends. Any number of readers read what has been appended; a segment goes when all
/// of them have committed positions behind it. Files and memory are handled alike.
public final class Journal: Sendable {
    public let name: String
    public let settings: JournalSettings
    /// What opening found.
    public let recovery: RecoveryReport

    struct Segment: Sendable {
        var number: UInt64
        var firstRecord: UInt64
        var storage: SegmentStorage
        /// Bytes that readers may read.
        var published: Int

        /// Whether the next frame would be its first.
        var isFresh: Bool { published == Frame.segmentHeaderLength }
    }

    struct State: Sendable {
        var segments: [Segment]
        var end: JournalPosition
        /// The position each reader has committed, by the reader's number.
        var committed: [Int: JournalPosition] = [:]
        var nextReader = 0
        var bytes: Int { segments.reduce(0) { $0 + $1.published } }
    }

    private struct Writer: ~Copyable {
        var encoder: FrameEncoder
        /// Whether the encoder has begun the last segment; after a restart it has not.
        var hasBegun = false
    }

    private let pool: MemoryPool
    private let writer: Mutex<Writer>
    let state: Mutex<State>
    /// Rung when a reader commits, for an `append` that waits for room.
    private let roomBell = Doorbell()
    private let isClosed = Atomic<Bool>(false)

    /// Opens the journal and recovers what it holds.
    ///
    /// - Parameter name: for messages; unique in the agent.
    /// - Throws: `journalOpenFailed` and file errors. Damage is no error: see `recovery`.
    public init(name: String, settings: JournalSettings, log: Log) throws(OperationError) {
        self.name = name
        self.settings = settings
        writer = Mutex(Writer(encoder: FrameEncoder(hasChecksums: settings.isPersistent)))
        pool = MemoryPool(length: settings.segmentLength)
        let recovered = try Recovery.run(settings, log: log)
        recovery = recovered.report
        let last = recovered.segments.last
        let end =
            last.map {
                JournalPosition(
                    segment: $0.number, offset: UInt64($0.published),
                    record: recovered.endRecord)
            } ?? JournalPosition(segment: 0, offset: 0, record: 0)
        state = Mutex(State(segments: recovered.segments, end: end))
    }

    /// The place behind the last frame.
    public var end: JournalPosition { state.withLock { $0.end } }

    /// The place before the oldest frame that is still there.
    public var start: JournalPosition {
        state.withLock { state in
            state.segments.first.map {
                JournalPosition(
                    segment: $0.number, offset: UInt64(Frame.segmentHeaderLength),
                    record: $0.firstRecord)
            } ?? state.end
        }
    }

    /// Bytes in all segments.
    public var byteCount: Int { state.withLock { $0.bytes } }

    /// Appends the batch as one frame; an empty batch is nothing.
    ///
    /// Waits while the journal is at its limit.
    ///
    /// - Throws: `fileWriteFailed` and the like when the storage refuses; nothing was appended then
    ///   and the call may be repeated. `journalFull` when the journal was closed while waiting.
    public func append(_ batch: borrowing RecordBatch) throws(OperationError) {
        if batch.isEmpty { return }
        try waitForRoom()
        try writer.withLock { (writer) throws(OperationError) in
            try append(batch, with: &writer)
        }
    }

    private func append(
        _ batch: borrowing RecordBatch, with writer: inout Writer
    ) throws(OperationError) {
        let end = self.end
        if writer.hasBegun {
            writer.encoder.encode(batch, firstRecord: end.record)
            writer.hasBegun = hasRoom(in: lastSegment, for: writer.encoder.frame.count)
        }
        if !writer.hasBegun {
            writer.encoder.beginSegment()
            writer.encoder.encode(batch, firstRecord: end.record)
            try roll(after: end, atLeast: writer.encoder.frame.count)
            writer.hasBegun = true
        }
        let segment = lastSegment
        do throws(OperationError) {
            try segment.storage.append(writer.encoder.frame.bytes)
            if settings.synchronization == .full { try segment.storage.synchronize() }
        } catch {
            // The frame's shapes are not in the segment: begin another one next time.
            writer.hasBegun = false
            // What is left of a frame, or a whole one that may be appended again. When this fails
            // too, recovery sets a torn frame aside.
            try? segment.storage.truncate(to: segment.published)
            throw error
        }
        publish(segment.storage.byteCount, records: batch.count)
    }

    /// Whether a frame goes into the segment; one without frames takes any that its storage takes.
    private func hasRoom(in segment: Segment, for length: Int) -> Bool {
        segment.storage.hasRoom(for: length)
            && (segment.isFresh || segment.published + length <= settings.segmentLength)
    }

    private var lastSegment: Segment {
        state.withLock { state in
            guard let last = state.segments.last else {
                preconditionFailure("roll has made a segment")
            }
            return last
        }
    }

    private func publish(_ length: Int, records: Int) {
        state.withLock { state in
            state.segments[state.segments.count - 1].published = length
            state.end.offset = UInt64(length)
            state.end.record += UInt64(records)
        }
    }

    /// Begins a new segment, unless the last one is still fresh and can be used.
    private func roll(after end: JournalPosition, atLeast length: Int) throws(OperationError) {
        let last = state.withLock { $0.segments.last }
        if let last, last.isFresh, last.storage.ends(at: last.published),
            hasRoom(in: last, for: length)
        {
            return
        }
        let number = end.segment + 1
        let storage = try makeStorage(number, firstRecord: end.record, atLeast: length)
        state.withLock { state in
            state.segments.append(
                Segment(
                    number: number, firstRecord: end.record, storage: storage,
                    published: storage.byteCount))
            state.end = JournalPosition(
                segment: number, offset: UInt64(storage.byteCount), record: end.record)
        }
        removePassedSegments()
    }

    /// Storage with a segment header in it; a file that cannot be begun is removed, so that its
    /// name can be used again.
    private func makeStorage(
        _ number: UInt64, firstRecord: UInt64, atLeast length: Int
    ) throws(OperationError) -> SegmentStorage {
        var header = ByteBuffer()
        Frame.appendSegmentHeader(number: number, firstRecord: firstRecord, to: &header)
        guard case .filesystem(let directory) = settings.storage else {
            let storage = SegmentStorage(memory: pool.block(atLeast: length + header.count))
            try storage.append(header.bytes)
            return storage
        }
        let path = directory + "/" + SegmentName.text(number)
        let storage = try SegmentStorage(file: path, create: true)
        do throws(OperationError) {
            try storage.append(header.bytes)
            if settings.synchronization == .full {
                try FileSystem.synchronizeDirectory(of: path)
            }
        } catch {
            try? storage.remove()
            throw error
        }
        return storage
    }

    // MARK: Room

    private func waitForRoom() throws(OperationError) {
        guard let limit = settings.limit else { return }
        while state.withLock({ $0.bytes }) > limit {
            if isClosed.load(ordering: .relaxed) {
                throw OperationError(
                    .journalFull, call: "append", target: name,
                    reason: "the journal is at its limit of \(limit) bytes", canRetry: false)
            }
            roomBell.wait(atMost: 100_000_000)
        }
    }

    /// Ends the wait of an `append`; the journal takes no more frames while it is full.
    public func close() {
        isClosed.store(true, ordering: .relaxed)
        roomBell.ring()
    }

    // MARK: Readers

    func addReader(at position: JournalPosition) -> Int {
        state.withLock { state in
            let number = state.nextReader
            state.nextReader += 1
            state.committed[number] = position
            return number
        }
    }

    func removeReader(_ number: Int) {
        state.withLock { state in _ = state.committed.removeValue(forKey: number) }
    }

    func commit(_ position: JournalPosition, reader: Int) {
        state.withLock { $0.committed[reader] = position }
        removePassedSegments()
        roomBell.ring()
    }

    /// Removes segments that every reader has passed; without readers nothing is removed.
    private func removePassedSegments() {
        let passed: [Segment] = state.withLock { state in
            guard let slowest = state.committed.values.min() else { return [] }
            // The last segment stays: the writer appends to it. A reader at its end has passed it
            // only when another has begun.
            let count = state.segments.prefix { segment in
                segment.number < slowest.segment
                    || segment.number == slowest.segment
                        && slowest.offset >= UInt64(segment.published)
                        && segment.number < state.end.segment
            }.count
            let keep = Swift.min(count, state.segments.count - 1)
            guard keep > 0 else { return [] }
            let removed = Array(state.segments.prefix(keep))
            state.segments.removeFirst(keep)
            return removed
        }
        for segment in passed {
            // A name that cannot be removed now is found and removed after the next start.
            try? segment.storage.remove()
        }
    }
}

/// Names of segment files: twenty digits, so that they sort as they were made.
enum SegmentName {
    static let suffix = ".segment"

    static func text(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits + suffix
    }

    static func number(of name: String) -> UInt64? {
        guard name.hasSuffix(suffix) else { return nil }
        let digits = name.dropLast(suffix.count)
        guard digits.count == 20, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(digits)
    }
}
