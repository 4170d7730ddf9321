import Core

/// Which sequence an sFlow sample is numbered in.
struct SampleSource: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        case flow, counters, discard
    }

    var kind: Kind
    /// 0 interface, 1 VLAN, 2 physical entity.
    var type: UInt32
    var index: UInt32
}

/// The sequence numbers of the samples of one agent: each of its sources counts for itself.
struct SampleSequences {
    /// Sources of one agent; beyond, all are followed anew.
    private static let limit = 8192
    /// Bytes of memory that one source takes, roughly.
    private static let bytesPerSource = 192
    /// How late a sample may be.
    private static let reach: Int32 = 1000

    private var trackers: [SampleSource: SequenceTracker] = [:]

    /// Takes note of a sample's number.
    ///
    /// - Parameter counters: asked for when the number tells of a loss.
    /// - Returns: bytes of memory that this took, or gave back when negative.
    mutating func follow(
        _ sequence: UInt32, of source: SampleSource,
        reportingTo counters: @autoclosure () -> SourceCounters
    ) -> Int {
        let before = trackers.count
        if before >= Self.limit, trackers[source] == nil { trackers.removeAll() }
        Self.follow(
            sequence, in: &trackers[source, default: SequenceTracker(reach: Self.reach)],
            reportingTo: counters())
        return (trackers.count - before) * Self.bytesPerSource
    }

    private static func follow(
        _ sequence: UInt32, in tracker: inout SequenceTracker,
        reportingTo counters: @autoclosure () -> SourceCounters
    ) {
        let old = tracker.loss
        _ = tracker.begin(sequence)
        tracker.end(units: 1)
        if tracker.loss != old { counters().loss.update(from: old, to: tracker.loss) }
    }
}
