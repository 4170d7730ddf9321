import Core

/// Turns header timestamps into moments: adds the missing year and zone, and remembers the last one.
///
/// Lines of one second share their first 15 or 19 bytes, so most calls compare and return.
/// A class, because its owners' checks of exclusive access would cost more than that.
final class SyslogClock {
    /// The zone of timestamps that do not say.
    private var zone: ZoneCursor
    private let zoneNames: ZoneNames

    /// A moment, and where its text ended.
    struct Reading {
        var time: Timestamp
        var end: Int
        /// Whether the sender says that its clock is not set right (Cisco's `*` and `.`).
        var isUnsynchronised = false
    }

    // The halves below overlap and contradict each other, so that nothing equals them.

    /// `Oct 11 22:14:15` read last: its bytes, its moment, and when it was received.
    private var bsdText: (UInt64, UInt64) = (0, .max)
    private var bsdSeconds: Int64 = 0
    private var bsdReceived: Int64 = .min
    /// `2026-10-11T22:14:15` read last, up to the second.
    private var isoText: (UInt64, UInt64, UInt64) = (0, 0, .max)
    private var isoSeconds: Int64 = 0

    /// For how long a guess of the year stands, in nanoseconds.
    private static let memory: UInt64 = 60_000_000_000

    init(zone: TimeZone, zoneNames: ZoneNames = .stock) {
        self.zone = ZoneCursor(zone)
        self.zoneNames = zoneNames
    }

    /// Reads a timestamp of any form that starts at `start`, and the name of its zone.
    func read(_ line: RawSpan, at start: Int, received: Timestamp) -> Reading? {
        if let known = readRemembered(line, at: start, received: received) { return known }
        guard var text = SyslogTimestamp.read(line, at: start) else { return nil }
        var named = text.offset.map { TimeZone(offsetSeconds: $0) }
        if text.mayHaveZoneName, named == nil, line.hasByte(UInt8(ascii: " "), at: text.end),
            let name = zoneNames.read(line, at: text.end &+ 1)
        {
            named = name.zone
            text.end = name.end
            text.readTrailingYear(line)
        }
        let moment = moment(of: text.civil, in: named, received: received.seconds)
        remember(line, start: start, text: text, moment: moment, received: received)
        return Reading(
            time: Timestamp(seconds: moment.utc, nanoseconds: text.nanoseconds), end: text.end,
            isUnsynchronised: text.isUnsynchronised)
    }

    /// Reads a timestamp of RouterOS's own log files: `jun/15 18:56:43`, `jun/15/2026 18:56:43`,
    /// `18:56:43`.
    func readLogFile(_ line: RawSpan, at start: Int, received: Timestamp) -> Reading? {
        guard let text = SyslogTimestamp.readLogFile(line, at: start) else { return nil }
        let moment =
            text.civil.month == 0
            ? momentOfDay(text.civil, received: received.seconds)
            : moment(of: text.civil, in: nil, received: received.seconds)
        return Reading(
            time: Timestamp(seconds: moment.utc, nanoseconds: text.nanoseconds), end: text.end)
    }

    // MARK: Memory

    /// The common forms without fraction, when they say the same as before.
    @inline(__always)
    private func readRemembered(
        _ line: RawSpan, at start: Int, received: Timestamp
    ) -> Reading? {
        // A colon or a dot behind the seconds, a year or a zone changes the meaning: need a space,
        // and behind it a small letter or a closer look.
        guard start &+ 16 <= line.byteCount, line.uint64(at: start) == bsdText.0,
            line.uint64(at: start &+ 7) == bsdText.1,
            line.byte(at: start &+ 15) == UInt8(ascii: " "),
            start &+ 16 == line.byteCount || line.byte(at: start &+ 16) >= 0x61
                || !isContinued(line, at: start &+ 16),
            UInt64(bitPattern: received.nanoseconds &- bsdReceived) < Self.memory
        else { return readRememberedISO(line, at: start) }
        return Reading(time: Timestamp(seconds: bsdSeconds), end: start &+ 15)
    }

    /// Whether a year or a zone stands behind `Oct 11 22:14:15 `.
    private func isContinued(_ line: RawSpan, at start: Int) -> Bool {
        SyslogTimestamp.mayContinue(line, at: start)
            && (!line.byte(at: start).isLetter || zoneNames.read(line, at: start) != nil)
    }

    /// RFC 3339 with a fraction and an offset behind a second that was seen before.
    private func readRememberedISO(_ line: RawSpan, at start: Int) -> Reading? {
        guard start &+ 24 <= line.byteCount, line.uint64(at: start) == isoText.0,
            line.uint64(at: start &+ 8) == isoText.1,
            line.uint64(at: start &+ 11) == isoText.2,
            line.byte(at: start &+ 19) == UInt8(ascii: ".")
        else { return nil }
        var fraction: Int64 = 0
        var offset = start &+ 20
        let limit = Swift.min(offset &+ 9, line.byteCount)
        while offset < limit, line.byte(at: offset).isDigit {
            fraction = fraction &* 10 &+ Int64(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        // Other endings take the long way.
        let digits = offset &- start &- 20
        guard digits > 0, line.hasByte(UInt8(ascii: "Z"), at: offset) else { return nil }
        return Reading(
            time: Timestamp(
                seconds: isoSeconds, nanoseconds: fraction &* Self.powerOfTen(9 &- digits)),
            end: offset &+ 1)
    }

    /// 1 to 10⁸; milliseconds and microseconds are what is sent.
    @inline(__always)
    private static func powerOfTen(_ exponent: Int) -> Int64 {
        switch exponent {
        case 3: return 1000
        case 6: return 1_000_000
        default:
            var power: Int64 = 1
            for _ in 0..<exponent { power &*= 10 }
            return power
        }
    }

    private func remember(
        _ line: RawSpan, start: Int, text: SyslogTimestamp, moment: Moment, received: Timestamp
    ) {
        if text.civil.year == 0, text.end == start &+ 15 {
            // What another time of receipt would turn into another year or hour is read anew.
            guard moment.isClear else { return }
            bsdText = (line.uint64(at: start), line.uint64(at: start &+ 7))
            bsdSeconds = moment.utc
            bsdReceived = received.nanoseconds
        } else if text.offset == 0, start &+ 19 < line.byteCount,
            line.byte(at: start).isDigit, line.byte(at: start &+ 4) == UInt8(ascii: "-")
        {
            isoText = (
                line.uint64(at: start), line.uint64(at: start &+ 8), line.uint64(at: start &+ 11)
            )
            isoSeconds = moment.utc
        }
    }

    // MARK: What a text leaves open

    /// The one of several moments that is closest to the time of receipt.
    private struct Moment {
        /// Seconds since 1970 in UTC.
        private(set) var utc: Int64 = 0
        private var distance = UInt64.max
        private var nextDistance = UInt64.max

        var isKnown: Bool { distance != .max }

        /// Whether the same day of another year is farther away for certain: less than 180 days.
        var isOfThisYear: Bool { distance < 180 * 86_400 }

        /// Whether the choice stays the same for a minute.
        var isClear: Bool { nextDistance &- distance > 120 }

        mutating func consider(_ readings: TimeZone.Readings, received: Int64) {
            consider(readings.earlier, received)
            if readings.later != readings.earlier { consider(readings.later, received) }
        }

        private mutating func consider(_ candidate: Int64, _ received: Int64) {
            let far = candidate.distance(from: received)
            if far < distance {
                (nextDistance, distance, utc) = (distance, far, candidate)
            } else {
                nextDistance = Swift.min(nextDistance, far)
            }
        }
    }

    /// The moments that a local time may mean.
    @inline(__always)
    private func readings(_ local: Int64, in named: TimeZone?) -> TimeZone.Readings {
        named?.readings(ofLocal: local) ?? zone.readings(ofLocal: local)
    }

    /// The moment of a civil time.
    ///
    /// A missing year becomes the one that brings the moment closest to the time of receipt:
    /// 31 December arriving in January belongs to the year before. 29 February takes the closest
    /// leap year, even when that is too far away to be believed.
    private func moment(
        of civil: CivilTime, in named: TimeZone?, received: Int64
    ) -> Moment {
        var moment = Moment()
        if civil.year != 0 {
            moment.consider(readings(civil.secondsSince1970, in: named), received: received)
            return moment
        }
        let offset = named?.offset(atUTC: received) ?? zone.offset(atUTC: received)
        let year = CivilTime(secondsSince1970: received &+ offset).year
        consider(civil, in: year, named, received, for: &moment)
        if moment.isOfThisYear { return moment }
        for distance in 1...8 {
            consider(civil, in: year - distance, named, received, for: &moment)
            consider(civil, in: year + distance, named, received, for: &moment)
            if moment.isKnown { break }
        }
        return moment
    }

    private func consider(
        _ civil: CivilTime, in year: Int, _ named: TimeZone?, _ received: Int64,
        for moment: inout Moment
    ) {
        var civil = civil
        civil.year = year
        guard civil.isValid else { return }
        moment.consider(readings(civil.secondsSince1970, in: named), received: received)
    }

    /// A time of day alone: the one closest to the time of receipt.
    private func momentOfDay(_ civil: CivilTime, received: Int64) -> Moment {
        let now = received &+ zone.offset(atUTC: received)
        var today = CivilTime(secondsSince1970: now)
        (today.hour, today.minute, today.second) = (civil.hour, civil.minute, civil.second)
        let local = today.secondsSince1970
        var moment = Moment()
        for day in [local, local - 86_400, local + 86_400] {
            moment.consider(readings(day, in: nil), received: received)
        }
        return moment
    }
}
