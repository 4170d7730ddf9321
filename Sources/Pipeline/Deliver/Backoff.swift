import Core
import System

/// Pauses between attempts: they double up to a limit and vary, so that many agents do not knock at
/// the same moment.
struct Backoff {
    private static let first: Int64 = 250_000_000

    private let longest: Int64
    private var attempt = 0

    /// - Parameter longest: nanoseconds.
    init(longest: Int64 = OutputEngine.usualLongestPause) { self.longest = longest }

    /// The next pause in nanoseconds.
    mutating func next() -> Int64 {
        let pause = min(Self.first << Int64(min(attempt, 16)), longest)
        attempt += 1
        let quarter = UInt64(pause / 4)
        return pause - Int64(Process.randomUInt64() % (quarter + 1))
    }
}
