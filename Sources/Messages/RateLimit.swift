import Core

/// How many messages a sender may send: a rate, and how many it may save up for a burst.
struct RateLimit: Sendable, Equatable {
    /// Messages per second.
    var rate: Int
    var burst: Int
}

/// What a sender may still send (token bucket).
struct RateBucket {
    /// Messages times 10⁹.
    private var tokens: Int64
    private var filled: Int64
    private let limit: RateLimit

    init(_ limit: RateLimit, at now: Timestamp) {
        self.limit = limit
        tokens = Int64(limit.burst) * 1_000_000_000
        filled = now.nanoseconds
    }

    /// Whether one more message is within the limit.
    mutating func take(at now: Timestamp) -> Bool {
        // A clock that was set back fills nothing.
        let elapsed = Swift.max(now.nanoseconds &- filled, 0)
        filled = now.nanoseconds
        let (gain, overflow) = elapsed.multipliedReportingOverflow(by: Int64(limit.rate))
        let full = Int64(limit.burst) * 1_000_000_000
        tokens = overflow ? full : Swift.min(tokens &+ Swift.min(gain, full), full)
        guard tokens >= 1_000_000_000 else { return false }
        tokens -= 1_000_000_000
        return true
    }
}
