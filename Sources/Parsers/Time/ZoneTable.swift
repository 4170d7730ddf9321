import Core

/// The offsets of a zone over time: known transitions, and a rule for the time behind them.
///
/// A class, so that values of a zone share the arrays.
final class ZoneTable: Sendable {
    /// No offset is farther from UTC, in seconds (RFC 9636 §3.2).
    static let offsetLimit: Int64 = 26 * 3600

    /// Moments at which the offset changes, ascending.
    private let transitions: [Int64]
    /// The offset from each transition on.
    private let offsets: [Int64]
    /// The offset before the first transition.
    private let initialOffset: Int64
    /// What holds from the last transition on; without one its offset stays.
    private let rule: ZoneRule?

    /// The years for which the rule's transitions are worked out in advance: looking one up takes a
    /// tenth of the time.
    private static let expanded = (
        start: CivilTime(year: 1900, month: 1, day: 1).secondsSince1970,
        end: CivilTime(year: 2100, month: 1, day: 1).secondsSince1970
    )

    /// - Parameters:
    ///   - transitions: ascending.
    ///   - offsets: as many as `transitions`.
    init(transitions: [Int64], offsets: [Int64], initialOffset: Int64, rule: ZoneRule?) {
        var (transitions, offsets, initialOffset) = (transitions, offsets, initialOffset)
        if let rule {
            var last = Swift.max(transitions.last ?? .min, Self.expanded.start)
            if transitions.isEmpty { initialOffset = rule.interval(at: last).offset }
            while last < Self.expanded.end {
                let next = rule.interval(at: last).end
                guard next < Self.expanded.end else { break }
                transitions.append(next)
                offsets.append(rule.interval(at: next).offset)
                last = next
            }
        }
        self.transitions = transitions
        self.offsets = offsets
        self.initialOffset = initialOffset
        self.rule = rule
    }

    func interval(at utc: Int64) -> TimeZone.Interval {
        // The number of transitions that are not behind `utc`.
        var passed = 0
        var bound = transitions.count
        while passed < bound {
            let middle = (passed + bound) / 2
            if transitions[middle] <= utc { passed = middle + 1 } else { bound = middle }
        }
        let start = passed == 0 ? Int64.min : transitions[passed - 1]
        if passed == transitions.count, let rule {
            var interval = rule.interval(at: utc)
            interval.start = Swift.max(interval.start, start)
            return interval
        }
        return TimeZone.Interval(
            start: start, end: passed == transitions.count ? .max : transitions[passed],
            offset: passed == 0 ? initialOffset : offsets[passed - 1])
    }
}
