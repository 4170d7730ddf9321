import Core

/// The sequence numbers of one stream: what was lost, and when the exporter began anew.
///
/// NetFlow v5, v7 and v8 count flows, v9 counts packets (RFC 3954 §5.1), IPFIX data records
/// (RFC 7011 §3.1). Some exporters count the other thing: both are followed until one has fitted
/// eight messages more than the other.
struct StreamSequence {
    private static let lead = 8
    /// A datagram may have been made this many milliseconds before one that came first.
    private static let reordering: UInt32 = 10_000
    /// An uptime that goes back has wrapped when it was nearer to its end than this.
    private static let hour: UInt32 = 3_600_000

    private enum Unit {
        case message, record

        var other: Unit { self == .message ? .record : .message }

        func count(records: Int?) -> Int? { self == .message ? 1 : records }

        /// How late a message may be, in units.
        var reach: Int32 { self == .message ? 1000 : 10_000 }
    }

    private let hasUptime: Bool
    private var unit: Unit
    private var tracker: SequenceTracker
    /// Counts the other unit, until it is clear which one fits.
    private var rival: SequenceTracker?
    /// Messages that fitted `unit` only, less those that fitted the other only.
    private var fits = 0
    private var previous: (sequence: UInt32, records: Int?)?
    private var uptime: UInt32?
    private var sequence: UInt32 = 0
    private var published = SequenceLoss.Snapshot()

    /// - Returns: `nil` for a protocol without sequence numbers.
    init?(_ flowProtocol: FlowProtocol) {
        guard flowProtocol.hasSequence else { return nil }
        unit = flowProtocol == .netflowV9 ? .message : .record
        hasUptime = flowProtocol != .ipfix
        tracker = SequenceTracker(reach: unit.reach)
        rival = SequenceTracker(reach: unit.other.reach)
    }

    /// What the numbers told so far.
    var loss: SequenceLoss.Snapshot { tracker.loss }
    /// Whether messages are counted, and not what is in them.
    var countsMessages: Bool { unit == .message }

    /// Takes note of a message's header.
    ///
    /// - Returns: whether the exporter was started again before it.
    mutating func begin(_ header: MessageHeader) -> Bool {
        sequence = header.sequence
        if rival != nil { compare() }
        let hasRestarted = uptimeWentBack(to: header.uptime)
        let arrival = tracker.begin(sequence, hasRestarted: hasRestarted)
        _ = rival?.begin(sequence, hasRestarted: hasRestarted)
        switch arrival {
        case .behind, .stray: return false
        case .inOrder, .afterGap: break
        case .restart: previous = nil
        }
        uptime = header.uptime
        return arrival == .restart
    }

    /// - Parameters:
    ///   - hasBegun: whether `begin` was called for the message.
    ///   - records: data records of the message, options data too; `nil` when they could not be
    ///     counted.
    ///   - counters: of the stream's exporter and domain.
    mutating func end(
        _ header: MessageHeader, hasBegun: Bool, records: Int?,
        reportingTo counters: SourceCounters
    ) {
        if !hasBegun { _ = begin(header) }
        tracker.end(units: unit.count(records: records))
        rival?.end(units: unit.other.count(records: records))
        previous = (sequence, records)
        if tracker.loss == published { return }
        counters.loss.update(from: published, to: tracker.loss)
        published = tracker.loss
    }

    private func uptimeWentBack(to now: UInt32) -> Bool {
        guard hasUptime, let uptime, now < uptime, uptime - now > Self.reordering else {
            return false
        }
        return now > Self.hour || uptime < .max - Self.hour
    }

    /// Finds out what the exporter counts.
    private mutating func compare() {
        guard let previous, let records = previous.records, records != 1 else { return }
        let step = sequence &- previous.sequence
        let expected = (message: UInt32(1), record: UInt32(truncatingIfNeeded: records))
        let fitting: Unit
        switch step {
        case expected.message: fitting = .message
        case expected.record: fitting = .record
        default: return
        }
        fits += fitting == unit ? 1 : -1
        if abs(fits) < Self.lead { return }
        if fits < 0, let rival {
            unit = unit.other
            tracker = rival
        }
        rival = nil
    }
}
