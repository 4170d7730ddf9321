import Synchronization

/// What the sequence numbers of one sender tell about units that did not arrive as they were sent.
///
/// A unit is what the sender's protocol counts: flows, packets or records. Like all counters of a
/// sender they have one writer; anyone may read them at any time.
public struct SequenceLoss: ~Copyable, Sendable {
    private let lost = Atomic<UInt64>(0)
    private let late = Atomic<UInt64>(0)
    private let duplicates = Atomic<UInt64>(0)
    private let resets = Atomic<UInt64>(0)

    /// The numbers of one moment, or a change of them.
    public struct Snapshot: Hashable, Sendable {
        /// Units that were never received.
        public var lost: UInt64
        /// Payloads that came behind a later one.
        public var late: UInt64
        /// Payloads that came once more.
        public var duplicates: UInt64
        /// Sequences that began anew: the sender started again.
        public var resets: UInt64

        public init(
            lost: UInt64 = 0, late: UInt64 = 0, duplicates: UInt64 = 0, resets: UInt64 = 0
        ) {
            self.lost = lost
            self.late = late
            self.duplicates = duplicates
            self.resets = resets
        }

        public var isZero: Bool { self == Snapshot() }

        public static func += (sum: inout Snapshot, other: Snapshot) {
            sum.lost &+= other.lost
            sum.late &+= other.late
            sum.duplicates &+= other.duplicates
            sum.resets &+= other.resets
        }
    }

    init() {}

    /// Replaces what a stream of the sender told before by what it tells now.
    ///
    /// Several streams may share the counters, so it is the difference that is added. A gap that a
    /// late payload fills makes `lost` smaller.
    public func update(from old: Snapshot, to new: Snapshot) {
        Self.update(lost, from: old.lost, to: new.lost)
        Self.update(late, from: old.late, to: new.late)
        Self.update(duplicates, from: old.duplicates, to: new.duplicates)
        Self.update(resets, from: old.resets, to: new.resets)
    }

    private static func update(
        _ counter: borrowing Atomic<UInt64>, from old: UInt64, to new: UInt64
    ) {
        if old == new { return }
        counter.store(counter.load(ordering: .relaxed) &+ new &- old, ordering: .relaxed)
    }

    public var snapshot: Snapshot {
        Snapshot(
            lost: lost.load(ordering: .relaxed), late: late.load(ordering: .relaxed),
            duplicates: duplicates.load(ordering: .relaxed),
            resets: resets.load(ordering: .relaxed))
    }
}
