import Synchronization

/// Parts of one sender's payloads that could not be decoded when they came: they wait for what
/// explains them.
///
/// Like all counters of a sender they have one writer; anyone may read them at any time.
public struct HeldCounters: ~Copyable, Sendable {
    private let held = Atomic<UInt64>(0)
    private let decodedLate = Atomic<UInt64>(0)
    private let droppedCount = Atomic<UInt64>(0)

    /// The numbers of one moment.
    public struct Snapshot: Hashable, Sendable {
        /// Held and neither decoded nor dropped.
        public var waiting: UInt64
        public var decodedLate: UInt64
        /// Given up; counted as a problem too.
        public var dropped: UInt64

        public init(waiting: UInt64 = 0, decodedLate: UInt64 = 0, dropped: UInt64 = 0) {
            self.waiting = waiting
            self.decodedLate = decodedLate
            self.dropped = dropped
        }

        public var isZero: Bool { self == Snapshot() }

        public static func += (sum: inout Snapshot, other: Snapshot) {
            sum.waiting += other.waiting
            sum.decodedLate += other.decodedLate
            sum.dropped += other.dropped
        }
    }

    init() {}

    public func countHeld() { Self.increment(held) }
    /// Counts one that was held.
    public func countDecodedLate() { Self.increment(decodedLate) }
    /// Counts one that was held.
    public func countDropped() { Self.increment(droppedCount) }

    private static func increment(_ counter: borrowing Atomic<UInt64>) {
        counter.store(counter.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    public var snapshot: Snapshot {
        let late = decodedLate.load(ordering: .relaxed)
        let dropped = droppedCount.load(ordering: .relaxed)
        let all = held.load(ordering: .relaxed)
        // The writer may have gone on between the readings.
        let ended = late &+ dropped
        return Snapshot(
            waiting: all > ended ? all - ended : 0, decodedLate: late, dropped: dropped)
    }
}
