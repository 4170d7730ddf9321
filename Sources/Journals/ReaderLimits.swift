/// How much may wait for one reader, and what happens to more.
public struct ReaderLimits: Sendable, Equatable {
    /// What happens when more than `bytes` wait.
    public enum Policy: String, Sendable, CaseIterable {
        /// The input waits; a socket's datagrams are then dropped by the kernel, and counted.
        case block
        /// The reader loses what has waited longest.
        case dropOldest = "drop_oldest"
        /// The reader does not get what comes now.
        case dropNewest = "drop_newest"
    }

    /// Bytes that may wait; `nil` for any number.
    public var bytes: Int?
    public var policy: Policy
    /// Nanoseconds after which a record is not delivered any more; `nil` never.
    public var age: Int64?

    public init(bytes: Int? = nil, policy: Policy = .block, age: Int64? = nil) {
        self.bytes = bytes
        self.policy = policy
        self.age = age
    }
}

/// What the journal knows of a reader.
struct ReaderState: Sendable {
    /// Frames that the reader does not get because too much waited when they came.
    struct Hole: Sendable {
        var from: JournalPosition
        var fromBytes: UInt64
        /// `nil` as long as it grows with every frame.
        var to: JournalPosition?
        var toBytes: UInt64
    }

    var limits: ReaderLimits
    var committed: JournalPosition
    /// Bytes of the journal before `committed`, as `Segment.base` counts them.
    var committedBytes: UInt64
    /// What lies before this place has been taken from the reader.
    var floor: JournalPosition?
    var floorBytes: UInt64 = 0
    /// What lies before this place has waited too long.
    var expiry: JournalPosition?
    var holes: [Hole] = []

    /// Records between two places that have waited too long; the others were too many.
    func expired(from place: JournalPosition, to end: JournalPosition) -> UInt64 {
        guard let expiry, expiry > place else { return 0 }
        let last = min(expiry.record, end.record)
        return last > place.record ? last - place.record : 0
    }

    /// Nothing before this place is needed any more.
    var passed: JournalPosition {
        if let floor, floor > committed { floor } else { committed }
    }

    /// Bytes that wait for the reader.
    func waiting(_ endBytes: UInt64) -> UInt64 {
        let start = max(committedBytes, floor == nil ? 0 : floorBytes)
        var waiting = endBytes - min(start, endBytes)
        for hole in holes {
            let to = hole.to == nil ? endBytes : hole.toBytes
            waiting -= min(to - min(max(hole.fromBytes, start), to), waiting)
        }
        return waiting
    }

    /// Whether the reader needs nothing of the segment.
    func hasPassed(_ segment: Segment) -> Bool {
        let passed = self.passed
        if segment.number < passed.segment { return true }
        if segment.number == passed.segment, passed.offset >= UInt64(segment.published) {
            return true
        }
        return holes.contains { hole in
            hole.fromBytes <= segment.base + UInt64(SegmentHeader.length)
                && (hole.to == nil || hole.toBytes >= segment.endBytes)
        }
    }
}
