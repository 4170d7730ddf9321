import Core
import System

/// A step that fails and is tried again, as the log tells it.
///
/// The first failure, every new reason, each doubling of the attempts, and the end get a line:
/// trouble that lasts for a night is a page, not a thousand.
struct Trouble {
    /// What happens until the step succeeds, in words for the operator.
    private let meanwhile: String
    private var backoff = Backoff()
    private var attempts = 0
    private var began: Int64 = 0
    private var lastReason = ""

    init(meanwhile: String) { self.meanwhile = meanwhile }

    /// Takes note of a failure.
    ///
    /// - Parameter least: nanoseconds that the next attempt must wait.
    /// - Returns: nanoseconds to wait before the next attempt.
    mutating func add(_ error: OperationError, atLeast least: Int64 = 0, log: Log) -> Int64 {
        let now = MonotonicClock.now()
        if attempts == 0 { began = now }
        attempts += 1
        let pause = max(backoff.next(), least)
        let reason = "\(error)"
        if reason != lastReason || attempts & (attempts - 1) == 0 {
            let count = attempts == 1 ? "" : "attempt \(attempts) in \(Self.text(now - began)); "
            log.error("\(reason); \(count)\(meanwhile); next try in \(Self.text(pause))")
        }
        lastReason = reason
        return pause
    }

    /// The step has succeeded.
    mutating func end(log: Log) {
        if attempts == 0 { return }
        log.info(
            "goes on after \(attempts) failed attempt\(attempts == 1 ? "" : "s") in "
                + Self.text(MonotonicClock.now() - began))
        self = Trouble(meanwhile: meanwhile)
    }

    /// `250 ms`, `30 s`.
    static func text(_ nanoseconds: Int64) -> String {
        nanoseconds < 1_000_000_000
            ? "\(nanoseconds / 1_000_000) ms" : "\(nanoseconds / 1_000_000_000) s"
    }
}
