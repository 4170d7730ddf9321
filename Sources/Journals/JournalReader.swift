public import Core
import Synchronization
import System

/// One output's way through a journal.
///
/// `next` moves on, `commit` tells the journal what is delivered for good, `rewind` goes back to
/// that place. Used by one thread.
public final class JournalReader {
    /// Records that a reader does not get, by reason.
    public struct Losses: Sendable, Equatable {
        /// Their frames were damaged.
        public var damaged: UInt64 = 0
        /// More waited than the limits of the reader allow.
        public var dropped: UInt64 = 0
        /// They waited for longer than the limits of the reader allow.
        public var expired: UInt64 = 0
    }

    public let journal: Journal
    /// The place behind the records read last.
    public private(set) var position: JournalPosition
    /// The place that was committed last.
    public private(set) var committed: JournalPosition
    /// Records that were read over, up to `position`.
    public private(set) var losses = Losses()
    private var committedLosses = Losses()
    /// Records dropped when the log told of it last.
    private var droppedSaid: UInt64 = 0
    private let number: Int
    private var segment: Segment?
    private var frames: SegmentReader?
    private var decoder = FrameDecoder()
    /// Where the frame read last begins.
    private var frameOffset: UInt64 = 0
    private let limits: ReaderLimits
    private let log: Log

    /// - Parameter position: where an earlier process stopped; `nil` begins with the oldest frame.
    ///   A place that is gone, or beyond the end, is moved to the nearest that exists.
    public init(
        _ journal: Journal, from position: JournalPosition?, limits: ReaderLimits = ReaderLimits(),
        log: Log
    ) {
        self.journal = journal
        self.limits = limits
        self.log = log
        let start = journal.start
        let end = journal.end
        var place = position ?? start
        if place < start {
            if place.record < start.record {
                log.warning(
                    "journal \(journal.name): records \(place.record) to \(start.record) are "
                        + "gone; delivery goes on at \(start.record)")
            }
            place = start
        } else if place > end {
            log.warning(
                "journal \(journal.name): the cursor is at record \(place.record), behind the "
                    + "end at \(end.record); delivery goes on at the end")
            place = end
        }
        self.position = place
        committed = place
        number = journal.addReader(at: place, limits: limits)
    }

    deinit { journal.removeReader(number) }

    /// Records appended and not committed by this reader.
    public var backlog: UInt64 {
        let end = journal.end.record
        return end > committed.record ? end - committed.record : 0
    }

    /// Reads the next frame.
    ///
    /// What is damaged is passed over, set aside and counted in `losses`.
    ///
    /// - Returns: `false` when there is none yet.
    public func next(into batch: inout RecordBatch) throws(OperationError) -> Bool {
        while true {
            takeDetour()
            guard let segment = currentSegment() else { return false }
            let offset = Int(position.offset)
            guard let step = try frames?.step(at: offset, before: segment.published) else {
                return false
            }
            switch step {
            case .damage(let length):
                passOver(length, of: segment)
            case .frame(let header) where isExpired(header):
                countGap(before: header.firstRecord)
                losses.expired += header.endRecord - position.record
                position.offset += UInt64(header.frameLength)
                position.record = header.endRecord
            case .frame(let header):
                let end = offset + header.frameLength
                if let error = try read(header, at: offset, before: end, into: &batch) {
                    log.error("\(error.code.text): \(segment.storage.name), frame at \(offset)")
                    passOver(header.frameLength, of: segment)
                    continue
                }
                countGap(before: header.firstRecord)
                dropDelivered(of: header, from: &batch)
                frameOffset = position.offset
                position.offset = UInt64(end)
                position.record = header.endRecord
                return true
            }
        }
    }

    /// Goes back into the frame read last, to the record behind the first `count` that `next` gave.
    ///
    /// - Parameter records: what `next` gave in all.
    public func stop(behind count: Int, of records: Int) {
        guard count < records else { return }
        position.offset = frameOffset
        position.record -= UInt64(records - count)
    }

    /// Everything before `position` is delivered.
    public func commit() {
        committed = position
        committedLosses = losses
        journal.commit(position, reader: number)
    }

    /// A place that was read up to, and what was lost before it.
    public struct Mark: Sendable {
        public let position: JournalPosition
        fileprivate let losses: Losses
    }

    /// The place behind the records read last, to be committed when they are delivered.
    public var mark: Mark { Mark(position: position, losses: losses) }

    /// Everything before a place that was read over is delivered.
    public func commit(_ mark: Mark) {
        committed = mark.position
        committedLosses = mark.losses
        journal.commit(mark.position, reader: number)
    }

    /// Goes back to the place committed last.
    public func rewind() {
        position = committed
        losses = committedLosses
        segment = nil
    }

    // MARK: Inside

    /// Leaves out what the journal has taken from this reader.
    private func takeDetour() {
        guard limits.bytes != nil || limits.age != nil,
            let detour = journal.detour(from: position, reader: number)
        else { return }
        let count = detour.target.record - min(position.record, detour.target.record)
        losses.expired += detour.expired
        losses.dropped += count - min(detour.expired, count)
        position = detour.target
    }

    /// What this reader has lost and will lose, also behind `position`: an output that is stuck
    /// does not get there.
    ///
    /// Says so in the log, first and at every doubling.
    public func surveyLosses() -> Losses {
        guard limits.bytes != nil || limits.age != nil else { return losses }
        var all = losses
        let taken = journal.taken(behind: position, reader: number)
        all.dropped += taken.dropped
        all.expired += taken.expired
        if all.dropped > 0, all.dropped >= droppedSaid * 2 {
            droppedSaid = all.dropped
            log.warning(
                "\(ErrorCode.journalOverflow.text): journal \(journal.name): \(all.dropped) records "
                    + "dropped since the start by this output's limit")
        }
        return all
    }

    private func isExpired(_ header: Frame.Header) -> Bool {
        guard let age = limits.age else { return false }
        return Timestamp.now().nanoseconds - age > header.received.nanoseconds
    }

    /// The segment to read from, with something in it to read; `nil` at the journal's end.
    private func currentSegment() -> Segment? {
        let place = position
        let found = journal.state.withLock { state in
            state.segments.first { segment in
                segment.number > place.segment
                    ? segment.published > SegmentHeader.length
                    : segment.number == place.segment && segment.published > Int(place.offset)
            }
        }
        guard let found else { return nil }
        if found.number != segment?.number {
            if frames == nil {
                frames = SegmentReader(
                    found.storage, hasChecksums: journal.settings.isPersistent)
            } else {
                frames?.begin(found.storage)
            }
        }
        if found.number != position.segment {
            countGap(before: found.firstRecord)
            position = JournalPosition(
                segment: found.number, offset: UInt64(SegmentHeader.length),
                record: found.firstRecord)
        }
        segment = found
        return found
    }

    private func read(
        _ header: Frame.Header, at offset: Int, before end: Int, into batch: inout RecordBatch
    ) throws(OperationError) -> DecodeError? {
        var failure: DecodeError?
        try frames?.withBytes(at: offset, count: header.frameLength, before: end) { bytes in
            do throws(DecodeError) {
                try decoder.decode(bytes, header, into: &batch)
            } catch {
                failure = error
            }
        }
        return failure
    }

    /// Leaves out bytes that are no frame.
    ///
    /// How many records were in them is known when the next frame tells its number, or at once when
    /// nothing follows.
    private func passOver(_ length: Int, of segment: Segment) {
        let place = journal.setAside(length, of: segment, at: Int(position.offset), log: log)
        log.error(
            "\(ErrorCode.frameCorrupt.text): \(segment.storage.name): \(length) damaged bytes at "
                + "offset \(position.offset)" + (place.map { ", set aside in \($0)" } ?? ""))
        position.offset += UInt64(length)
        let end = journal.end
        if position.segment == end.segment, position.offset >= end.offset {
            countGap(before: end.record)
        }
    }

    /// A place may lie within a frame: what stands before it there was delivered.
    private func dropDelivered(of header: Frame.Header, from batch: inout RecordBatch) {
        guard position.record > header.firstRecord else { return }
        let delivered = min(position.record - header.firstRecord, UInt64(batch.count))
        batch.keep(Int(delivered)..<batch.count)
    }

    private func countGap(before record: UInt64) {
        guard record > position.record else { return }
        log.error(
            "journal \(journal.name): records \(position.record) to \(record) cannot be read; "
                + "\(record - position.record) are lost")
        losses.damaged += record - position.record
        position.record = record
    }
}
