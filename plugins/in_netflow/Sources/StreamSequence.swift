import Core

/// The sequence numbers of one stream: what was lost, and when the exporter began anew.
///
/// Some exporters count something else than their protocol says: all rules are followed until one
/// fits four messages more than the others.
struct StreamSequence {
    private static let lead = 4
    /// Messages after which rules that always fit alike are not compared any longer.
    private static let patience = 1000
    /// A datagram may have been made this many milliseconds before one that came first.
    private static let reordering: UInt32 = 60_000
    /// An uptime that goes back has wrapped when it was nearer to its end than this.
    private static let hour: UInt32 = 3_600_000

    private let hasUptime: Bool
    private var reading: SequenceReading
    /// Other rules, until it is clear which one fits.
    private var rivals: [SequenceReading]
    private var previous: (sequence: UInt32, records: Int?)?
    private var uptime: UInt32?
    private var published = SequenceLoss.Snapshot()

    /// - Returns: `nil` for a protocol without sequence numbers.
    init?(_ flowProtocol: FlowProtocol) {
        let rules = SequenceRule.rules(of: flowProtocol)
        guard let first = rules.first else { return nil }
        hasUptime = flowProtocol != .ipfix
        reading = SequenceReading(first)
        rivals = rules.dropFirst().map(SequenceReading.init)
    }

    /// What the numbers told so far.
    var loss: SequenceLoss.Snapshot { reading.tracker.loss }
    var rule: SequenceRule { reading.rule }

    /// Whether the exporter was started again before the message with this header.
    func tellsRestart(_ header: MessageHeader) -> Bool {
        uptimeWentBack(to: header.uptime) || reading.tracker.tellsRestart(header.sequence)
    }

    /// Takes note of a message.
    ///
    /// - Parameters:
    ///   - records: data records of the message, options data too; `nil` when they could not be
    ///     counted.
    ///   - counters: of the stream's exporter and domain.
    mutating func follow(
        _ header: MessageHeader, records: Int?, reportingTo counters: SourceCounters
    ) {
        let sequence = header.sequence
        if !rivals.isEmpty { compare(sequence, records) }
        let hasRestarted = uptimeWentBack(to: header.uptime)
        let arrival = reading.follow(sequence, records: records, hasRestarted: hasRestarted)
        for index in rivals.indices {
            _ = rivals[index].follow(sequence, records: records, hasRestarted: hasRestarted)
        }
        previous = (sequence, records)
        if arrival != .behind, arrival != .stray { uptime = header.uptime }
        if loss == published { return }
        counters.loss.update(from: published, to: loss)
        published = loss
    }

    private func uptimeWentBack(to now: UInt32) -> Bool {
        guard hasUptime, let uptime, now < uptime, uptime - now > Self.reordering else {
            return false
        }
        return now > Self.hour || uptime < .max - Self.hour
    }

    /// Finds out what the exporter counts.
    private mutating func compare(_ sequence: UInt32, _ records: Int?) {
        guard let previous, let before = previous.records, let records else { return }
        let step = sequence &- previous.sequence
        if step == reading.rule.step(before: before, records: records) { reading.fits += 1 }
        var best = reading.fits
        for index in rivals.indices {
            if step == rivals[index].rule.step(before: before, records: records) {
                rivals[index].fits += 1
            }
            best = Swift.max(best, rivals[index].fits)
        }
        let enough = best >= Self.patience ? best : best - Self.lead + 1
        rivals.removeAll { $0.fits < enough }
        if reading.fits < enough, let better = rivals.first {
            reading = better
            rivals.removeFirst()
        }
        if best >= Self.patience { rivals = [] }
    }
}
