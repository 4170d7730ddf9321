import Core
import System

/// A step that fails and is tried again, as the log tells it.
///
/// The first failure, every new reason, each doubling of the attempts, every hour, and the end get a
/// line: trouble that lasts for a night is a page, not a thousand.
struct Trouble {
    /// What happens until the step succeeds, in words for the operator.
    private let meanwhile: String
    private let longestPause: Int64
    private var backoff: Backoff
    private var attempts = 0
    private var began: Int64 = 0
    /// Reasons that have had a line.
    private var told: Set<String> = []
    /// When the last line was written.
    private var lastLine: Int64 = 0

    private static let hour: Int64 = 3_600_000_000_000
    /// Reasons that change all the time, such as those with a number in them, are no news for ever.
    private static let reasonLimit = 16

    /// - Parameter longestPause: nanoseconds between two attempts.
    init(meanwhile: String, longestPause: Int64 = OutputEngine.usualLongestPause) {
        self.meanwhile = meanwhile
        self.longestPause = longestPause
        backoff = Backoff(longest: longestPause)
    }

    /// Takes note of a failure.
    ///
    /// - Parameters:
    ///   - least: nanoseconds that the next attempt must wait.
    ///   - most: nanoseconds that it may wait.
    ///   - now: on the monotonic clock.
    /// - Returns: nanoseconds to wait before the next attempt.
    mutating func add(
        _ error: OperationError, atLeast least: Int64 = 0, atMost most: Int64 = .max,
        now: Int64 = MonotonicClock.now(), log: Log
    ) -> Int64 {
        if attempts == 0 { began = now }
        attempts += 1
        let pause = min(max(backoff.next(), least), most)
        let reason = "\(error)"
        let isNews = told.count < Self.reasonLimit && told.insert(reason).inserted
        if isNews || attempts & (attempts - 1) == 0 || now - lastLine >= Self.hour {
            lastLine = now
            let count = attempts == 1 ? "" : "attempt \(attempts) in \(Self.text(now - began)); "
            log.error("\(reason); \(count)\(meanwhile); next try in \(Self.text(pause))")
        }
        return pause
    }

    /// The step has succeeded.
    mutating func end(log: Log) {
        if attempts == 0 { return }
        log.info(
            "goes on after \(attempts) failed attempt\(attempts == 1 ? "" : "s") in "
                + Self.text(MonotonicClock.now() - began))
        self = Trouble(meanwhile: meanwhile, longestPause: longestPause)
    }

    /// `250 ms`, `30 s`, `3 h`.
    static func text(_ nanoseconds: Int64) -> String {
        switch nanoseconds {
        case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
        case ..<(2 * hour): "\(nanoseconds / 1_000_000_000) s"
        default: "\(nanoseconds / hour) h"
        }
    }
}
