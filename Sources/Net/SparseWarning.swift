import Core

/// Says one of many like warnings, and how many it left out: hostile peers must not fill the log.
struct SparseWarning {
    private static let interval: Int64 = 10_000
    private var next: Int64 = .min
    private var leftOut = 0

    /// - Parameter now: milliseconds of the monotonic clock.
    mutating func say(_ message: @autoclosure () -> String, at now: Int64, log: Log) {
        guard now >= next else {
            leftOut += 1
            return
        }
        let tail = leftOut == 0 ? "" : "; \(leftOut) more were not told"
        log.warning(message() + tail)
        next = now + Self.interval
        leftOut = 0
    }
}
