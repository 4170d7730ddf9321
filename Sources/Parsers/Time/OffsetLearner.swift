public import Core

/// Learns how far the clock of a sender that names no zone is from UTC.
///
/// The differences between its clock and ours are rounded to quarters of an hour. One that 18 of 20
/// messages in a row agree on, and so is their median, is the offset, until another one is.
public struct OffsetLearner: Sendable {
    private static let windowLength = 20
    private static let agreement = 18
    private static let quarter: Int64 = 900

    /// Quarters of an hour; a ring.
    private var window = InlineArray<20, Int8>(repeating: 0)
    private var next = 0
    private var count = 0

    /// Seconds east of UTC; `nil` until it is known.
    public private(set) var offset: Int64?

    public init() {}

    /// Takes a message's times.
    ///
    /// - Parameter device: what the sender's clock showed, read as if it were UTC.
    public mutating func observe(device: Timestamp, received: Timestamp) {
        let seconds = device.nanoseconds(since: received) / 1_000_000_000
        let shifted = seconds + Self.quarter / 2
        let quarters = (shifted >= 0 ? shifted : shifted - Self.quarter + 1) / Self.quarter
        // Zones reach from -12:00 to +14:00; beyond them the clock is wrong.
        guard (-48...56).contains(quarters) else {
            count = 0
            return
        }
        let value = Int8(quarters)
        window[next] = value
        next = next + 1 == Self.windowLength ? 0 : next + 1
        count = Swift.min(count + 1, Self.windowLength)
        guard count == Self.windowLength, offset != quarters * Self.quarter else { return }
        var agreeing = 0
        for index in 0..<Self.windowLength where window[index] == value { agreeing += 1 }
        if agreeing >= Self.agreement { offset = quarters * Self.quarter }
    }
}
