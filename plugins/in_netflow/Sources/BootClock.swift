import Core

/// When an exporter was started, by its clock: export times that show whole seconds only become as
/// exact as its uptime.
///
/// A header's second was cut off, so it is never later than the moment it stands for: the latest
/// start that headers tell is the best estimate.
struct BootClock {
    /// A start that differs by more is another one: a restart, a clock that was set, an uptime that
    /// began again at 0 after 49.7 days.
    private static let tolerance: Int64 = 2_000_000_000
    /// Uptimes may run fast; the estimate gives way by 1 in so many.
    private static let drift: Int64 = 10_000

    /// Nanoseconds since 1970.
    private var start: Int64?
    /// Uptime that the estimate was last corrected with, in nanoseconds.
    private var last: Int64 = 0

    /// Takes note of a header and returns when it was really made, if it can be told.
    ///
    /// - Parameter uptime: milliseconds.
    mutating func follow(_ exported: Timestamp, uptime: UInt32) -> Timestamp {
        let age = Int64(uptime) * 1_000_000
        let told = exported.nanoseconds &- age
        if let known = start, abs(told &- known) <= Self.tolerance {
            let aged = known &- Swift.max(0, age &- last) / Self.drift
            start = Swift.max(aged, told)
        } else {
            start = told
        }
        last = age
        // Uptimes count milliseconds: finer parts of the estimate mean nothing.
        let made = (start ?? told) &+ age
        return Timestamp(nanoseconds: (made &+ 500_000) / 1_000_000 * 1_000_000)
    }
}
