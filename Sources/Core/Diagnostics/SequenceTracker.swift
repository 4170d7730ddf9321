/// Follows the sequence numbers of one stream whose messages each count for some units.
///
/// Call `begin` with a message's number, then `end` with its units when they are known. Numbers are
/// modulo 2³².
public struct SequenceTracker: Sendable {
    /// What a number says about its message.
    public enum Arrival: Sendable {
        /// The first of all, or the one expected.
        case inOrder
        /// Units before it are missing.
        case afterGap
        /// Late, or sent twice.
        case behind
        /// Late, from before the last restart.
        case stray
        /// The sequence began anew.
        case restart
    }

    /// Units that did not come, from `start` on.
    private struct Gap: Sendable {
        var start: UInt32
        var count: UInt32
    }

    /// Larger jumps are new beginnings, not losses.
    private static let largestGap: Int32 = 1 << 30
    /// Gaps that late messages can still fill; older ones stay lost.
    private static let gapLimit = 16
    /// Messages known already, one after the other, that tell of a new beginning.
    private static let runLimit = 32

    /// How far back a message may be late, in units.
    private let reach: Int32
    public private(set) var loss = SequenceLoss.Snapshot()
    private var arrival = Arrival.inOrder
    private var sequence: UInt32 = 0
    /// The number of the message to come; `nil` before the first.
    private var expected: UInt32?
    /// Whether the units of the last message were known; otherwise `expected` is a lower bound.
    private var isExact = false
    /// Oldest first.
    private var gaps: [Gap] = []
    /// From here on, what is in no gap was received.
    private var known: UInt32 = 0
    /// Where the sequence stood before it began anew.
    private var former: UInt32?
    private var run = 0
    private var lossBeforeRun = SequenceLoss.Snapshot()

    /// - Parameter reach: how late a message may be, in units.
    public init(reach: Int32) { self.reach = reach }

    /// - Parameter hasRestarted: whether something else than the number says so.
    public mutating func begin(_ sequence: UInt32, hasRestarted: Bool = false) -> Arrival {
        self.sequence = sequence
        arrival = judge(sequence, hasRestarted)
        switch arrival {
        case .inOrder: advance(to: sequence)
        case .afterGap: skip(to: sequence)
        case .restart: restart(at: sequence)
        case .behind, .stray: break
        }
        return arrival
    }

    /// Whether a message with this number would be a new beginning.
    public func tellsRestart(_ sequence: UInt32) -> Bool { judge(sequence, false) == .restart }

    private func judge(_ sequence: UInt32, _ hasRestarted: Bool) -> Arrival {
        guard let expected else { return .inOrder }
        if hasRestarted { return .restart }
        let ahead = Int32(bitPattern: sequence &- expected)
        if ahead == 0 { return .inOrder }
        if ahead < 0, ahead >= -reach { return .behind }
        if let former {
            let back = Int32(bitPattern: former &- sequence)
            if back >= 0, back <= reach, ahead > reach || ahead < 0 { return .stray }
        }
        guard ahead > 0, ahead < Self.largestGap else { return .restart }
        return isExact ? .afterGap : .inOrder
    }

    private mutating func advance(to sequence: UInt32) {
        if !isExact {
            known = sequence
        } else if sequence &- known > 1 << 30 {
            // Far enough behind to be never asked for, near enough to compare.
            known = sequence &- UInt32(reach) &- 1
        }
        expected = sequence
        isExact = false
        run = 0
    }

    private mutating func skip(to sequence: UInt32) {
        guard let expected else { return }
        let count = sequence &- expected
        loss.lost += UInt64(count)
        if gaps.count == Self.gapLimit {
            let oldest = gaps.removeFirst()
            known = oldest.start &+ oldest.count
        }
        gaps.append(Gap(start: expected, count: count))
        advance(to: sequence)
    }

    private mutating func restart(at sequence: UInt32) {
        former = expected
        loss.resets += 1
        gaps.removeAll(keepingCapacity: true)
        isExact = false
        advance(to: sequence)
    }

    /// - Parameter units: what the message counts for; `nil` when that cannot be told.
    public mutating func end(units: Int?) {
        let count = UInt32(truncatingIfNeeded: units ?? 0)
        switch arrival {
        case .inOrder, .afterGap, .restart:
            expected = sequence &+ count
            isExact = units != nil
        case .stray:
            loss.late += 1
        case .behind:
            if fill(count) { return }
            if run == 0 { lossBeforeRun = loss }
            run += 1
            let isKnown = Int32(bitPattern: sequence &- known) >= 0
            if isKnown, count > 0 { loss.duplicates += 1 } else { loss.late += 1 }
            guard run >= Self.runLimit else { return }
            loss = lossBeforeRun
            restart(at: sequence)
            expected = sequence &+ count
            isExact = units != nil
        }
    }

    /// Takes the units of a late message out of the gap it belongs to.
    ///
    /// - Returns: whether there is one.
    private mutating func fill(_ count: UInt32) -> Bool {
        guard
            let index = gaps.firstIndex(where: { sequence &- $0.start < $0.count })
        else { return false }
        let gap = gaps[index]
        let before = sequence &- gap.start
        let taken = Swift.min(count, gap.count - before)
        let after = gap.count - before - taken
        loss.late += 1
        loss.lost -= UInt64(taken)
        run = 0
        var parts: [Gap] = []
        if before > 0 { parts.append(Gap(start: gap.start, count: before)) }
        if after > 0 { parts.append(Gap(start: sequence &+ taken, count: after)) }
        if taken == 0 { parts = [gap] }
        gaps.replaceSubrange(index...index, with: parts)
        if gaps.count > Self.gapLimit {
            let oldest = gaps.removeFirst()
            known = oldest.start &+ oldest.count
        }
        return true
    }
}
