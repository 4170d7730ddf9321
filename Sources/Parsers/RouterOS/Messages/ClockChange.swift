import Core

/// The two times that RouterOS writes when its clock is set: `Aug/14/2026 04:33:16 => Aug/14/2026
/// 22:05:45`, in later versions also `2026-08-14 04:33:16`.
struct ClockChange {
    var oldTime = Slot.null
    var newTime = Slot.null
    /// Seconds from the old to the new time; the zone does not matter.
    var offset: Int64 = 0
    var end = 0

    static let columns = [
        MessageColumn("old_time", .text), MessageColumn("new_time", .text),
        MessageColumn("offset_seconds", .signed),
    ]

    /// - Returns: `nil` when no such times stand at `start`.
    static func read(_ line: RawSpan, at start: Int) -> ClockChange? {
        guard let old = readTime(line, at: start), line.hasBytes(of: " => ", at: old.end),
            let new = readTime(line, at: old.end &+ 4)
        else { return nil }
        return ClockChange(
            oldTime: SyslogFields.slot(start, old.end),
            newTime: SyslogFields.slot(old.end &+ 4, new.end),
            offset: new.seconds &- old.seconds, end: new.end)
    }

    private static func readTime(_ line: RawSpan, at start: Int) -> (seconds: Int64, end: Int)? {
        guard
            let time = SyslogTimestamp.readLogFile(line, at: start)
                ?? SyslogTimestamp.readISO(line, at: start),
            time.civil.month > 0, time.civil.year > 0
        else { return nil }
        return (time.civil.secondsSince1970, time.end)
    }
}
