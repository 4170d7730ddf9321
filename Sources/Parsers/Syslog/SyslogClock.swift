import Core

/// Turns header timestamps into moments: adds the missing year and zone, and remembers the last one.
///
/// Lines of one second share their first 15 or 19 bytes, so most calls compare and return.
/// A class, because its owners' checks of exclusive access would cost more than that.
final class SyslogClock {
    /// Seconds east of UTC for timestamps that do not say.
    let offsetSeconds: Int64

    /// A moment, and where its text ended.
    struct Reading {
        var time: Timestamp
        var end: Int
    }

    /// `Oct 11 22:14:15` read last: its bytes, its moment, and when it was received.
    private var bsdText: (UInt64, UInt64) = (0, 0)
    private var bsdSeconds: Int64 = 0
    private var bsdReceived: Int64 = .min
    /// `2026-10-11T22:14:15` read last, up to the second.
    private var isoText: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var isoSeconds: Int64 = 0

    init(offsetSeconds: Int64) { self.offsetSeconds = offsetSeconds }

    /// Reads a timestamp of any form that starts at `start`.
    func read(_ line: RawSpan, at start: Int, received: Timestamp) -> Reading? {
        if let known = readRemembered(line, at: start, received: received) { return known }
        guard let text = SyslogTimestamp.read(line, at: start) else { return nil }
        let local = seconds(of: text, received: received)
        let utc = local &- (text.offset ?? offsetSeconds)
        remember(line, start: start, text: text, utc: utc, received: received)
        return Reading(
            time: Timestamp(seconds: utc, nanoseconds: text.nanoseconds), end: text.end)
    }

    /// Reads a timestamp of RouterOS's own log files: `jun/15 18:56:43`, `jun/15/2026 18:56:43`,
    /// `18:56:43`.
    func readLogFile(_ line: RawSpan, at start: Int, received: Timestamp) -> Reading? {
        guard let text = SyslogTimestamp.readLogFile(line, at: start) else { return nil }
        var local: Int64
        if text.civil.month == 0 {
            // A time of day alone: the one closest to the time of receipt.
            let now = received.seconds &+ offsetSeconds
            var today = CivilTime(secondsSince1970: now)
            (today.hour, today.minute, today.second) = (
                text.civil.hour, text.civil.minute, text.civil.second
            )
            local = today.secondsSince1970
            if local &- now > 43_200 { local &-= 86_400 }
            if now &- local > 43_200 { local &+= 86_400 }
        } else {
            local = seconds(of: text, received: received)
        }
        return Reading(
            time: Timestamp(seconds: local &- offsetSeconds, nanoseconds: text.nanoseconds),
            end: text.end)
    }

    /// The common forms without fraction, when they say the same as before.
    @inline(__always)
    private func readRemembered(
        _ line: RawSpan, at start: Int, received: Timestamp
    ) -> Reading? {
        // A colon or a dot behind the seconds, or a year, changes the meaning: need a space.
        guard start &+ 16 <= line.byteCount, line.uint64(at: start) == bsdText.0,
            line.uint64(at: start &+ 7) == bsdText.1,
            line.byte(at: start &+ 15) == UInt8(ascii: " "),
            start &+ 16 == line.byteCount || !line.byte(at: start &+ 16).isDigit,
            // The year is guessed from the time of receipt: guess anew each minute.
            received.nanoseconds &- bsdReceived < 60_000_000_000,
            received.nanoseconds >= bsdReceived
        else { return readRememberedISO(line, at: start) }
        return Reading(time: Timestamp(seconds: bsdSeconds), end: start &+ 15)
    }

    /// RFC 3339 with a fraction and an offset behind a second that was seen before.
    private func readRememberedISO(_ line: RawSpan, at start: Int) -> Reading? {
        guard start &+ 24 <= line.byteCount, line.uint64(at: start) == isoText.0,
            line.uint64(at: start &+ 8) == isoText.1,
            line.uint64(at: start &+ 11) == isoText.2,
            line.byte(at: start &+ 19) == UInt8(ascii: ".")
        else { return nil }
        var nanoseconds: Int64 = 0
        var scale: Int64 = 100_000_000
        var offset = start &+ 20
        while offset < line.byteCount, line.byte(at: offset).isDigit {
            nanoseconds &+= Int64(line.byte(at: offset) &- 0x30) &* scale
            scale /= 10
            offset &+= 1
        }
        // Other endings take the long way.
        guard offset > start &+ 20, line.hasByte(UInt8(ascii: "Z"), at: offset) else { return nil }
        return Reading(
            time: Timestamp(seconds: isoSeconds, nanoseconds: nanoseconds), end: offset &+ 1)
    }

    private func remember(
        _ line: RawSpan, start: Int, text: SyslogTimestamp, utc: Int64, received: Timestamp
    ) {
        if text.civil.year == 0, text.end == start &+ 15 {
            bsdText = (line.uint64(at: start), line.uint64(at: start &+ 7))
            bsdSeconds = utc
            bsdReceived = received.nanoseconds
        } else if text.offset == 0, start &+ 19 < line.byteCount,
            line.byte(at: start).isDigit, line.byte(at: start &+ 4) == UInt8(ascii: "-")
        {
            isoText = (
                line.uint64(at: start), line.uint64(at: start &+ 8), line.uint64(at: start &+ 11)
            )
            isoSeconds = utc
        }
    }

    /// Local seconds since 1970.
    ///
    /// A missing year becomes the one that brings the moment closest to
    /// the time of receipt: 31 December arriving in January belongs to the year before.
    private func seconds(of text: SyslogTimestamp, received: Timestamp) -> Int64 {
        if text.civil.year != 0 { return text.civil.secondsSince1970 }
        let now = received.seconds &+ offsetSeconds
        let thisYear = CivilTime(secondsSince1970: now).year
        var best: Int64?
        // Four years either way so that 29 February always finds one.
        for distance in 0...4 {
            for year in [thisYear - distance, thisYear + distance] {
                var candidate = text.civil
                candidate.year = year
                guard candidate.isValid else { continue }
                let seconds = candidate.secondsSince1970
                if let known = best, (known - now).magnitude <= (seconds - now).magnitude {
                    continue
                }
                best = seconds
            }
            if distance >= 1, best != nil { break }
        }
        return best ?? now
    }
}
