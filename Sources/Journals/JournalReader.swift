public import Core
import Synchronization
import System

/// One output's way through a journal.
///
/// `next` moves on, `commit` tells the journal what is delivered for good, `rewind` goes back to
/// that place. Used by one thread.
public final class JournalReader {
    public let journal: Journal
    /// The place behind the frame read last.
    public private(set) var position: JournalPosition
    /// The place that was committed last.
    public private(set) var committed: JournalPosition
    private let number: Int
    private var segment: Journal.Segment?
    private var decoder = FrameDecoder()
    private var buffer = ByteBuffer()
    private let log: Log

    /// - Parameter position: where an earlier process stopped; `nil` begins with the oldest frame.
    ///   A place that is gone, or beyond the end, is moved to the nearest that exists.
    public init(_ journal: Journal, from position: JournalPosition?, log: Log) {
        self.journal = journal
        self.log = log
        let start = journal.start
        let end = journal.end
        var place = position ?? start
        if place < start {
            log.warning(
                "journal \(journal.name): records \(place.record) to \(start.record) are gone; "
                    + "delivery goes on at \(start.record)")
            place = start
        } else if place > end {
            log.warning(
                "journal \(journal.name): the cursor is at record \(place.record), behind the "
                    + "end at \(end.record); delivery goes on at the end")
            place = end
        }
        self.position = place
        committed = place
        number = journal.addReader(at: place)
    }

    deinit { journal.removeReader(number) }

    /// Records appended and not committed by this reader.
    public var backlog: UInt64 {
        let end = journal.end.record
        return end > committed.record ? end - committed.record : 0
    }

    /// Reads the next frame.
    ///
    /// A damaged frame is skipped with the rest of its segment, counted in `lostRecords`.
    ///
    /// - Returns: `false` when there is none yet.
    public func next(into batch: inout RecordBatch) throws(OperationError) -> Bool {
        while let segment = try currentSegment() {
            try readFrame(of: segment)
            do throws(DecodeError) {
                let header = try Frame.intactHeader(
                    of: buffer, hasChecksum: journal.settings.isPersistent)
                try decoder.decode(buffer, header, into: &batch)
                position.offset += UInt64(header.frameLength)
                position.record = header.firstRecord + UInt64(header.recordCount)
                return true
            } catch {
                skip(segment, after: error)
            }
        }
        return false
    }

    /// Records that could not be read back because their frames were damaged.
    public private(set) var lostRecords: UInt64 = 0

    /// Everything before `position` is delivered.
    public func commit() {
        committed = position
        journal.commit(position, reader: number)
    }

    /// Goes back to the place committed last.
    public func rewind() {
        position = committed
        segment = nil
    }

    // MARK: Inside

    /// The segment to read from, with something in it to read; `nil` at the journal's end.
    private func currentSegment() throws(OperationError) -> Journal.Segment? {
        while let found = segmentWithNews() {
            if found.number != segment?.number {
                decoder.beginSegment()
                if found.number != position.segment {
                    position = JournalPosition(
                        segment: found.number, offset: UInt64(Frame.segmentHeaderLength),
                        record: found.firstRecord)
                } else {
                    try learnShapes(of: found)
                }
            }
            segment = found
            // A segment that has only its header has nothing to read; another may follow it.
            if found.published > Int(position.offset) { return found }
        }
        return nil
    }

    /// The first segment that goes on behind `position`.
    private func segmentWithNews() -> Journal.Segment? {
        let place = position
        return journal.state.withLock { state in
            state.segments.first { segment in
                segment.number > place.segment
                    || segment.number == place.segment && segment.published > Int(place.offset)
            }
        }
    }

    /// Reads the shapes of the frames before `position`, which later frames refer to.
    private func learnShapes(of segment: Journal.Segment) throws(OperationError) {
        var offset = Frame.segmentHeaderLength
        while offset < Int(position.offset) {
            buffer.removeAll()
            try segment.storage.read(at: offset, count: Frame.headerLength, into: &buffer)
            guard let header = try? Frame.readHeader(buffer.bytes),
                header.frameLength <= segment.published - offset
            else { return }
            try segment.storage.read(
                at: offset + Frame.headerLength, count: header.bodyLength, into: &buffer)
            do throws(DecodeError) {
                try decoder.learnShapes(from: buffer)
            } catch {
                return
            }
            offset += header.frameLength
        }
    }

    /// Fills `buffer` with the frame at `position`, as far as the segment goes.
    private func readFrame(of segment: Journal.Segment) throws(OperationError) {
        buffer.removeAll(keepingAtMost: 4 << 20)
        let offset = Int(position.offset)
        let left = segment.published - offset
        guard left >= Frame.headerLength else { return }
        try segment.storage.read(at: offset, count: Frame.headerLength, into: &buffer)
        guard let header = try? Frame.readHeader(buffer.bytes), header.frameLength <= left else {
            return
        }
        try segment.storage.read(
            at: offset + Frame.headerLength, count: header.bodyLength, into: &buffer)
    }

    /// Gives up the rest of a segment: frames after a damaged one may need its shapes.
    private func skip(_ damaged: Journal.Segment, after error: DecodeError) {
        let next: (offset: UInt64, record: UInt64) = journal.state.withLock { state in
            let following = state.segments.first { $0.number > damaged.number }
            let published = state.segments.first { $0.number == damaged.number }?.published
            return (
                UInt64(published ?? damaged.published),
                following?.firstRecord ?? state.end.record
            )
        }
        let lost = next.record > position.record ? next.record - position.record : 0
        lostRecords += lost
        log.error(
            "\(error.code.text): \(damaged.storage.name): damaged frame at offset "
                + "\(position.offset); \(lost) records cannot be delivered")
        position.offset = next.offset
        position.record = next.record
    }
}
