import Core
import Parsers

/// What the numbers of one sender's messages tell of those that were lost on the way.
struct SequenceWatch {
    /// Messages that a late one may be behind.
    private static let reach: Int32 = 1000
    /// The number behind which RFC 5424's sequence begins again with 1 (RFC 5424 §7.3.1).
    private static let lastNumber: UInt32 = 0x7fff_ffff

    private var kind: MessageSequence.Kind
    private var tracker = SequenceTracker(reach: reach)
    private var published = SequenceLoss.Snapshot()
    /// Numbers that were counted before the sequence began again.
    private var base: UInt32 = 0
    private var previous: UInt32 = 0

    init(_ kind: MessageSequence.Kind) { self.kind = kind }

    /// Takes note of a message's number.
    mutating func follow(_ sequence: MessageSequence, reportingTo counters: SourceCounters) {
        // What the counters were told of the other kind stays told.
        if sequence.kind != kind { self = SequenceWatch(sequence.kind) }
        let number = sequence.number
        if kind == .rfc5424, previous > Self.lastNumber - UInt32(Self.reach),
            number <= UInt32(Self.reach)
        {
            base &+= Self.lastNumber
        }
        previous = number
        _ = tracker.begin(base &+ number)
        tracker.end(units: 1)
        guard tracker.loss != published else { return }
        counters.loss.update(from: published, to: tracker.loss)
        published = tracker.loss
    }
}
