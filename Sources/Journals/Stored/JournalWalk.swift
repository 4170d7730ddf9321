public import Core
import System

/// Goes through the segments of a journal, frame by frame, and never changes a byte.
///
/// Made for journals in use: segments may vanish because they have been delivered, and the last may
/// grow. What is damaged is a step like any other. Used by one thread.
public final class JournalWalk {
    public enum Step: Sendable {
        /// A segment begins; `firstRecord` is `nil` when its header is damaged.
        case segment(StoredSegment, byteCount: Int, firstRecord: UInt64?)
        /// The segment was removed between listing and opening.
        case vanished(StoredSegment)
        /// A whole frame; `read` gives its records.
        case frame(StoredFrame)
        case damage(StoredDamage)
        /// Records that should be here and are not: damage took them.
        case lost(Range<UInt64>)
        /// Records of segments that have been removed between two that are there.
        case removed(Range<UInt64>)
    }

    /// Bytes passed so far.
    public var bytesDone: Int { bytesBefore + offset }

    private var bytesBefore = 0
    private var segments: ArraySlice<StoredSegment>
    /// Whether an agent may append to the last segment.
    private let isOpenEnded: Bool
    private var steps: [Step] = []
    private var decoder = FrameDecoder()

    private var segment: StoredSegment?
    private var hasVanished = false
    private var reader: SegmentReader?
    private var offset = 0
    private var end = 0
    /// The number of the next record; `nil` until a segment has told.
    private var expected: UInt64?
    /// Whether there was damage since the last frame.
    private var isAfterDamage = false

    init(_ segments: [StoredSegment], isOpenEnded: Bool) {
        self.segments = segments[...]
        self.isOpenEnded = isOpenEnded
    }

    /// The next step; `nil` at the journal's end.
    public func next() -> Step? {
        while steps.isEmpty {
            if segment != nil, offset < end {
                advance()
            } else if !begin() {
                return nil
            }
        }
        return steps.removeFirst()
    }

    /// Fills `batch` with the records of the frame of the last step.
    ///
    /// - Returns: what is wrong with the frame; `batch` is of no use then.
    public func read(_ frame: StoredFrame, into batch: inout RecordBatch) -> StoredDamage? {
        var failure: DecodeError?
        do throws(OperationError) {
            try reader?.withBytes(
                at: frame.offset, count: frame.length, before: frame.offset + frame.length
            ) { bytes in
                do throws(DecodeError) {
                    try decoder.decode(bytes, frame.header, into: &batch)
                } catch {
                    failure = error
                }
            }
        } catch {
            return damage(error.code, at: frame.offset, frame.length, error.reason)
        }
        return failure.map {
            damage(
                $0.code, at: frame.offset, frame.length,
                "the frame is whole but its content cannot be read at byte \($0.offset)")
        }
    }

    /// What the frame of the last step tells of its sources.
    func progress(of frame: StoredFrame) -> [SourceProgress] {
        var progress: [SourceProgress] = []
        try? reader?.withBytes(
            at: frame.offset, count: frame.length, before: frame.offset + frame.length
        ) { bytes in
            progress = (try? FrameDecoder.progress(in: bytes)) ?? []
        }
        return progress
    }

    // MARK: Segments

    /// - Returns: `false` when there is no more.
    private func begin() -> Bool {
        // One that has vanished leaves a gap like one that was never listed.
        let before = hasVanished ? nil : segment?.number
        let isFirst = segment == nil
        hasVanished = false
        reader = nil
        bytesBefore += offset
        segment = segments.popFirst()
        offset = 0
        end = 0
        guard let segment else { return false }
        do throws(OperationError) {
            let storage = try SegmentStorage(reading: segment.path)
            end = storage.byteCount
            reader = SegmentReader(storage, hasChecksums: true)
            let header = try reader?.readHeader(before: end) ?? nil
            steps.append(
                .segment(segment, byteCount: end, firstRecord: header?.firstRecord))
            // A segment that no output needs goes, also from between two others.
            check(header, of: segment, isNeighbour: isFirst || before == segment.number &- 1)
            offset = SegmentHeader.length
        } catch {
            if error.errno == SystemError.isMissing {
                hasVanished = true
                steps.append(.vanished(segment))
            } else {
                if reader != nil {
                    steps.append(.segment(segment, byteCount: end, firstRecord: nil))
                }
                add(damage(error.code, at: 0, end, error.reason))
            }
            offset = end
        }
        return true
    }

    private func check(
        _ header: SegmentHeader?, of segment: StoredSegment, isNeighbour: Bool
    ) {
        guard let header else {
            // A segment that has just been made and not been written to is no damage.
            if end == 0, isOpenEnded, segments.isEmpty { return }
            add(
                damage(
                    .frameCorrupt, at: 0, min(end, SegmentHeader.length),
                    "the header of the segment cannot be read"))
            return
        }
        if segment.number != 0, header.number != segment.number {
            add(
                damage(
                    .frameCorrupt, at: 12, 8,
                    "the header says that this is segment \(header.number)"
                ))
        }
        expect(header.firstRecord, isDamage: isAfterDamage || isNeighbour, at: 20, 8)
    }

    // MARK: Frames

    private func advance() {
        let step: SegmentReader.Step
        do throws(OperationError) {
            guard let found = try reader?.step(at: offset, before: end) else { return }
            step = found
        } catch {
            if takeNewEnd() { return }
            add(damage(error.code, at: offset, end - offset, error.reason))
            offset = end
            return
        }
        switch step {
        case .frame(let header):
            let frame = StoredFrame(header, at: offset)
            expect(header.firstRecord, isDamage: true, at: offset, frame.length)
            steps.append(.frame(frame))
            expected = header.endRecord
            isAfterDamage = false
            offset += frame.length
        case .damage(let length):
            if offset + length == end, hasGrown() { return }
            add(damage(.frameCorrupt, at: offset, length, "no frame can be read here"))
            offset += length
        }
    }

    /// Compares a record's number with the one that should follow.
    private func expect(_ record: UInt64, isDamage: Bool, at place: Int, _ length: Int) {
        defer { expected = record }
        guard let expected, expected != record else { return }
        if record > expected {
            steps.append(isDamage ? .lost(expected..<record) : .removed(expected..<record))
        } else {
            add(
                damage(
                    .frameCorrupt, at: place, length,
                    "records are numbered from \(record) again, after \(expected)"))
        }
    }

    /// Whether the last segment ends in a frame that was being written.
    ///
    /// An append is one write, but it can be seen before it is done. A few looks tell it from
    /// damage.
    private func hasGrown() -> Bool {
        guard isOpenEnded, segments.isEmpty else { return false }
        let bell = Doorbell()
        for _ in 0..<3 {
            if takeNewEnd() { return true }
            bell.wait(atMost: 10_000_000)
        }
        return takeNewEnd()
    }

    /// - Returns: whether the file is longer or shorter than it was.
    private func takeNewEnd() -> Bool {
        guard let storage = reader?.storage, let now = try? storage.currentByteCount(), now != end
        else { return false }
        end = now
        // The old one remembers bytes that may have changed.
        reader = SegmentReader(storage, hasChecksums: true)
        return true
    }

    private func add(_ damage: StoredDamage) {
        isAfterDamage = true
        steps.append(.damage(damage))
    }

    private func damage(
        _ code: ErrorCode, at offset: Int, _ length: Int, _ reason: String
    ) -> StoredDamage {
        StoredDamage(
            code: code, path: segment?.path ?? "", offset: offset, length: length, reason: reason)
    }
}
