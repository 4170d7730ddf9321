public import Core
import Synchronization
import System

/// The log of one input: frames are appended at its end and read by every output from a place of
/// its own.
///
/// One thread appends. Any number of readers read what has been appended; a segment goes when none
/// of them needs it any more. Files and memory are handled alike.
public final class Journal: Sendable {
    public let name: String
    public let settings: JournalSettings
    /// What opening found.
    public let recovery: RecoveryReport

    struct State: Sendable {
        var segments: [Segment]
        var end: JournalPosition
        /// By the readers' numbers.
        var readers: [Int: ReaderState] = [:]
        var nextReader = 0
        /// Whether a reader has limits.
        var hasLimits = false
        /// The number of the next segment.
        var nextNumber: UInt64
        /// Bytes in all segments.
        var bytes: Int

        /// Bytes published since the journal was opened, removed segments included.
        var endBytes: UInt64 { segments.last?.endBytes ?? 0 }
    }

    private struct Writer: ~Copyable {
        var encoder: FrameEncoder
        /// How far the sources have been read; told again at the start of every segment.
        var places: SourcePlaces
    }

    private let pool: MemoryPool
    private let writer: Mutex<Writer>
    let state: Mutex<State>
    /// Rung when a reader commits, for an `append` that waits for room.
    let roomBell = Doorbell()
    private let isClosed = Atomic<Bool>(false)
    private let log: Log

    /// Opens the journal and recovers what it holds.
    ///
    /// - Parameter name: for messages; unique in the agent.
    /// - Throws: `journalOpenFailed`, `frameVersion` and file errors. Damage is no error: see
    ///   `recovery`.
    public init(name: String, settings: JournalSettings, log: Log) throws(OperationError) {
        self.name = name
        self.settings = settings
        self.log = log
        pool = MemoryPool(length: settings.segmentLength)
        let recovered = try Recovery.run(settings, log: log)
        recovery = recovered.report
        writer = Mutex(
            Writer(
                encoder: FrameEncoder(hasChecksums: settings.isPersistent),
                places: recovered.report.places))
        var segments = recovered.segments
        var base: UInt64 = 0
        for index in segments.indices {
            segments[index].base = base
            base += UInt64(segments[index].published)
        }
        let end =
            segments.last.map {
                JournalPosition(
                    segment: $0.number, offset: UInt64($0.published),
                    record: recovered.endRecord)
            } ?? JournalPosition(segment: 0, offset: 0, record: 0)
        state = Mutex(
            State(
                segments: segments, end: end, nextNumber: recovered.lastNumber + 1,
                bytes: Int(base)))
    }

    /// The place behind the last frame.
    public var end: JournalPosition { state.withLock { $0.end } }

    /// The place before the oldest frame that is still there.
    public var start: JournalPosition {
        state.withLock { $0.segments.first?.start ?? $0.end }
    }

    /// Bytes in all segments.
    public var byteCount: Int { state.withLock { $0.bytes } }

    // MARK: Appending

    /// Appends the batch as one frame; a batch without records and progress is nothing.
    ///
    /// Waits while the journal is at its limit.
    ///
    /// - Throws: `fileWriteFailed` and the like when the storage refuses; nothing was appended then
    ///   and the call may be repeated. `journalFull` when the journal was closed while waiting.
    public func append(_ batch: borrowing RecordBatch) throws(OperationError) {
        if batch.isEmpty, batch.progress.isEmpty || !settings.isPersistent { return }
        try waitForRoom()
        try writer.withLock { (writer) throws(OperationError) in
            try append(batch, with: &writer)
        }
        applyLimits()
    }

    private func append(
        _ batch: borrowing RecordBatch, with writer: inout Writer
    ) throws(OperationError) {
        let end = self.end
        let last = state.withLock { $0.segments.last }.flatMap { isUsable($0) ? $0 : nil }
        let segment: Segment
        if let last, !last.isFresh, goesOn(in: last, with: batch, after: end, &writer.encoder) {
            segment = last
        } else {
            let fresh = last.flatMap { $0.isFresh ? $0 : nil }
            segment = try begin(with: batch, after: end, in: fresh, with: &writer)
        }
        do throws(OperationError) {
            if writer.encoder.isFollowedByBatch {
                try segment.storage.append(writer.encoder.head.bytes, batch.bytes)
            } else {
                try segment.storage.append(writer.encoder.head.bytes)
            }
            if settings.synchronization == .full { try segment.storage.synchronize() }
        } catch {
            // What is left of a frame, or a whole one that may be appended again. When this fails
            // too, recovery sets a torn frame aside.
            try? segment.storage.truncate(to: segment.published)
            throw error
        }
        if settings.isPersistent { writer.places.merge(batch.progress) }
        publish(segment.storage.byteCount, batch.count, received: batch.received)
    }

    /// Whether the segment's storage ends where its last frame does and its places are complete.
    private func isUsable(_ segment: Segment) -> Bool {
        segment.storage.ends(at: segment.published) && (segment.isFresh || segment.hasAllPlaces)
    }

    /// Whether a frame goes into the segment; one without frames takes any that its storage takes.
    private func hasRoom(in segment: Segment, for length: Int) -> Bool {
        segment.storage.hasRoom(for: length)
            && (segment.isFresh || segment.published + length <= settings.segmentLength)
    }

    /// Encodes the batch as one more frame of a segment.
    ///
    /// - Returns: whether the segment has room for it.
    private func goesOn(
        in segment: Segment, with batch: borrowing RecordBatch, after end: JournalPosition,
        _ encoder: inout FrameEncoder
    ) -> Bool {
        encoder.encode(
            batch, progress: batch.progress, firstRecord: end.record, salt: segment.salt)
        return hasRoom(in: segment, for: encoder.frameLength)
    }

    /// Encodes the batch as the first frame of a segment, making one unless `fresh` can be used.
    private func begin(
        with batch: borrowing RecordBatch, after end: JournalPosition, in fresh: Segment?,
        with writer: inout Writer
    ) throws(OperationError) -> Segment {
        var places = writer.places
        places.merge(batch.progress)
        let progress = settings.isPersistent ? places.all : batch.progress
        let salt = fresh?.salt ?? Process.randomUInt64()
        writer.encoder.encode(batch, progress: progress, firstRecord: end.record, salt: salt)
        let length = writer.encoder.frameLength
        if let fresh, hasRoom(in: fresh, for: length) { return fresh }
        let number = state.withLock { $0.nextNumber }
        let header = SegmentHeader(number: number, firstRecord: end.record, salt: salt)
        let storage = try makeStorage(header, atLeast: length)
        return state.withLock { state in
            let made = Segment(
                number: number, firstRecord: end.record, salt: salt, storage: storage,
                published: storage.byteCount, hasAllPlaces: true, base: state.endBytes)
            state.segments.append(made)
            state.end = made.start
            state.nextNumber = number + 1
            state.bytes += made.published
            return made
        }
    }

    private func publish(_ length: Int, _ records: Int, received: Timestamp) {
        let isFirst = state.withLock { state in
            let last = state.segments.count - 1
            let isFirst = state.segments[last].isFresh
            state.bytes += length - state.segments[last].published
            state.segments[last].published = length
            state.segments[last].newest = received
            state.segments[last].hasAllPlaces = true
            state.end.offset = UInt64(length)
            state.end.record += UInt64(records)
            return isFirst
        }
        // Only now are the places of the sources in the new segment.
        if isFirst { removePassedSegments() }
    }

    /// Storage with a segment header in it; a file that cannot be begun is removed, so that its
    /// name can be used again.
    private func makeStorage(
        _ header: SegmentHeader, atLeast length: Int
    ) throws(OperationError) -> SegmentStorage {
        var bytes = ByteBuffer()
        header.append(to: &bytes)
        guard case .filesystem(let directory) = settings.storage else {
            let storage = SegmentStorage(memory: pool.block(atLeast: length + bytes.count))
            try storage.append(bytes.bytes)
            return storage
        }
        let path = directory + "/" + SegmentName.text(header.number)
        let storage = try SegmentStorage(file: path, create: true)
        do throws(OperationError) {
            try storage.append(bytes.bytes)
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
        let start = MonotonicClock.now()
        var hasSaid = false
        while let reason = fullReason {
            let waited = MonotonicClock.now() - start
            if !hasSaid, waited >= Self.patience {
                hasSaid = true
                log.warning(
                    "\(ErrorCode.journalFull.text): \(reason); the input waits until the outputs "
                        + "have delivered")
            }
            if isClosed.load(ordering: .relaxed) {
                throw OperationError(
                    .journalFull, call: "append", target: name, reason: reason, canRetry: false)
            }
            roomBell.wait(atMost: 100_000_000)
        }
        if hasSaid {
            let seconds = (MonotonicClock.now() - start) / 1_000_000_000
            log.info("there is room in the journal again after \(seconds) s")
        }
    }

    /// Nanoseconds of waiting for room that are nobody's business: outputs take turns.
    private static let patience: Int64 = 500_000_000

    /// Whether inputs wait until readers let go of something.
    public var isFull: Bool { fullReason != nil }

    /// Why nothing more can be appended now.
    private var fullReason: String? {
        let limit = settings.limit
        return state.withLock { state in
            if let limit, state.bytes > limit {
                return "the journal is at its limit of \(limit) bytes"
            }
            for reader in state.readers.values where reader.limits.policy == .block {
                guard let limit = reader.limits.bytes, state.bytes > limit else { continue }
                if reader.waiting(state.endBytes) > limit {
                    return "an output is at its limit of \(limit) waiting bytes"
                }
            }
            return nil
        }
    }

    /// Waits until a reader commits, which may have made room on the disk too, or until `wake`.
    public func waitForCommit(atMost nanoseconds: Int64) { roomBell.wait(atMost: nanoseconds) }

    /// Ends a wait early.
    public func wake() { roomBell.ring() }

    /// Ends the wait of an `append`; the journal takes no more frames while it is full.
    public func close() {
        isClosed.store(true, ordering: .relaxed)
        roomBell.ring()
    }
}
