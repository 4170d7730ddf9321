public import Core

/// What a whole journal holds and how far each output has come in it, in numbers.
public struct JournalSurvey: Sendable {
    /// A segment in numbers.
    public struct Segment: Sendable, Equatable {
        public var number: UInt64
        public var byteCount: Int
        public var frames = 0
        /// Records in its whole frames.
        public var recordCount: UInt64 = 0
        /// Numbers of its records, from the first frame to the last.
        public var records: Range<UInt64>
        /// When its frames with records were received; `nil` when there are none.
        public var received: ClosedRange<Timestamp>?
        public var damagedBytes = 0
        /// Outputs that have not passed it.
        public var neededBy: [String] = []
    }

    /// What is wrong with an output's place.
    public enum Fault: Sendable {
        /// It is no border between frames.
        case insideFrame
        /// Its record is none of the frame there.
        case wrongRecord
        /// The journal is shorter.
        case behindEnd
    }

    /// How far an output has come.
    public struct Standing: Sendable, Equatable {
        public var output: String
        public var place: JournalPosition
        /// Records behind the place that can be read.
        public var waiting: UInt64 = 0
        /// Records behind the place that cannot: damaged, or removed with their segment.
        public var lost: UInt64 = 0
        /// Bytes of the frames behind the place.
        public var waitingBytes = 0
        /// Time between the first frame that waits and the newest, in nanoseconds.
        public var lag: Int64 = 0
        public var fault: Fault?
    }

    public private(set) var segments: [Segment] = []
    public private(set) var standings: [Standing]
    /// Records since the journal was made.
    public private(set) var end: UInt64 = 0
    /// Records in whole frames.
    public private(set) var kept: UInt64 = 0
    /// Records between the frames that are there whose frames are not whole.
    public private(set) var lost: UInt64 = 0
    /// Segments, or ends of them, that could not be read at all: no permission, another version.
    ///
    /// The numbers of the survey are too small then.
    public private(set) var unread: [StoredDamage] = []
    /// How far the sources have been read.
    public private(set) var places = SourcePlaces()
    /// Whether the agent has removed segments or begun new ones in the meantime.
    public private(set) var isStale = false

    public var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }
    public var damagedBytes: Int { segments.reduce(0) { $0 + $1.damagedBytes } }
    public var received: ClosedRange<Timestamp>? {
        segments.compactMap(\.received).reduce(nil) { Self.joined($0, $1) }
    }

    /// Whether each record the journal ever had is passed, waiting or lost for the output.
    public func balances(_ standing: Standing) -> Bool {
        standing.place.record &+ standing.waiting &+ standing.lost == end
    }

    /// - Parameter onStep: called with each step of the walk.
    init(
        _ journal: StoredJournal, positions: [(output: String, place: JournalPosition)],
        onStep: (JournalWalk.Step, JournalWalk) -> Void
    ) {
        standings = positions.map { Standing(output: $0.output, place: $0.place) }
        var next = positions.map(\.place.record)
        var firstWaiting: [Int: Timestamp] = [:]
        let walk = journal.walk()
        while let step = walk.next() {
            onStep(step, walk)
            switch step {
            case .segment(let segment, let byteCount, let firstRecord):
                begin(segment.number, byteCount, firstRecord ?? end)
            case .vanished: isStale = true
            case .damage(let damage):
                if damage.code != .frameCorrupt { unread.append(damage) }
                if let last = segments.indices.last { segments[last].damagedBytes += damage.length }
            case .lost(let records): lost &+= records.upperBound - records.lowerBound
            case .removed: break
            case .frame(let frame):
                count(frame)
                if frame.offset == SegmentHeader.length { places.removeAll() }
                places.merge(walk.progress(of: frame))
                let number = segments.last?.number ?? 0
                for index in standings.indices {
                    standings[index].check(frame, of: number)
                    guard standings[index].awaits(frame, of: number) else { continue }
                    firstWaiting[index] = firstWaiting[index] ?? frame.received
                    standings[index].count(frame, after: &next[index])
                }
            }
        }
        finish(next, firstWaiting, isWhole: !journal.isPart)
        // The agent has gone on to a segment that was not there when the directory was listed.
        let last = journal.segments.last?.number ?? 0
        if !journal.isPart, standings.contains(where: { $0.place.segment > last }) {
            isStale = true
        }
    }

    private mutating func begin(_ number: UInt64, _ byteCount: Int, _ firstRecord: UInt64) {
        end = firstRecord
        segments.append(
            Segment(
                number: number, byteCount: byteCount, records: firstRecord..<firstRecord,
                neededBy: standings.filter { standing in
                    standing.place.segment < number
                        || standing.place.segment == number
                            && standing.place.offset < UInt64(byteCount)
                }.map(\.output)))
    }

    private mutating func count(_ frame: StoredFrame) {
        let index = segments.count - 1
        if segments[index].frames == 0 { segments[index].records = frame.records }
        segments[index].frames += 1
        // It may have grown since it was opened.
        segments[index].byteCount = max(segments[index].byteCount, frame.offset + frame.length)
        let first = min(segments[index].records.lowerBound, frame.records.lowerBound)
        segments[index].records = first..<max(first, frame.records.upperBound)
        end = frame.records.upperBound
        if frame.records.isEmpty { return }
        kept &+= UInt64(frame.records.count)
        segments[index].recordCount &+= UInt64(frame.records.count)
        segments[index].received = Self.joined(
            segments[index].received, frame.received...frame.received)
    }

    private mutating func finish(
        _ next: [UInt64], _ firstWaiting: [Int: Timestamp], isWhole: Bool
    ) {
        let newest = received?.upperBound
        for index in standings.indices {
            if end > next[index] { standings[index].lost &+= end - next[index] }
            if let newest, let first = firstWaiting[index] {
                standings[index].lag = max(0, newest.nanoseconds(since: first))
            }
            guard isWhole, let last = segments.last else { continue }
            let place = standings[index].place
            if place.segment > last.number || place.record > end
                || place.segment == last.number && place.offset > UInt64(last.byteCount)
            {
                standings[index].fault = .behindEnd
            }
        }
    }

    private static func joined(
        _ left: ClosedRange<Timestamp>?, _ right: ClosedRange<Timestamp>
    ) -> ClosedRange<Timestamp> {
        guard let left else { return right }
        return min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
    }
}

extension JournalSurvey.Standing {
    fileprivate mutating func check(_ frame: StoredFrame, of number: UInt64) {
        guard number == place.segment else { return }
        let start = UInt64(frame.offset)
        if start < place.offset, place.offset < start + UInt64(frame.length) {
            fault = .insideFrame
        } else if start == place.offset, place.record > frame.records.upperBound {
            fault = .wrongRecord
        }
    }

    fileprivate func awaits(_ frame: StoredFrame, of number: UInt64) -> Bool {
        number > place.segment || number == place.segment && frame.offset >= place.offset
    }

    /// - Parameter next: the number of the record that should come next; within a frame when a part
    ///   of it has been delivered.
    fileprivate mutating func count(_ frame: StoredFrame, after next: inout UInt64) {
        waitingBytes += frame.length
        if frame.records.lowerBound > next { lost &+= frame.records.lowerBound - next }
        let first = max(frame.records.lowerBound, next)
        guard frame.records.upperBound > first else { return }
        waiting &+= frame.records.upperBound - first
        next = frame.records.upperBound
    }
}
