import Core

/// The rule of a POSIX TZ string: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX 2024 §8.3, RFC 9636 §3.3).
struct ZoneRule: Sendable {
    /// When clocks change, in every year.
    struct Change: Equatable, Sendable {
        enum Day: Equatable, Sendable {
            /// 1 to 365; 29 February is never counted.
            case ofCommonYear(Int)
            /// 0 to 365; 29 February is counted.
            case ofYear(Int)
            /// Weekday 0 (Sunday) to 6 of week 1 to 5 (the last) of a month.
            case weekday(Int, week: Int, month: Int)
        }

        var day: Day
        /// Seconds after the day's midnight, local time; -167 to 167 hours.
        var time: Int64 = 2 * 3600
    }

    struct Daylight: Equatable, Sendable {
        /// Seconds east of UTC.
        var offset: Int64
        var start: Change
        var end: Change
    }

    /// Seconds east of UTC.
    private(set) var standardOffset: Int64
    private(set) var daylight: Daylight?

    /// - Returns: `nil` when the text breaks the grammar.
    init?(_ text: RawSpan) {
        var reader = ZoneRuleReader()
        guard reader.readName(text), let west = reader.readTime(text, hours: 24) else { return nil }
        standardOffset = -west
        if reader.offset == text.byteCount { return }
        guard reader.readName(text) else { return nil }
        var offset = standardOffset + 3600
        if reader.offset < text.byteCount, text.byte(at: reader.offset) != UInt8(ascii: ",") {
            guard let west = reader.readTime(text, hours: 24) else { return nil }
            offset = -west
        }
        if reader.offset == text.byteCount {
            // Without days those of the United States hold, as in other implementations.
            daylight = Daylight(
                offset: offset, start: Change(day: .weekday(0, week: 2, month: 3)),
                end: Change(day: .weekday(0, week: 1, month: 11)))
            return
        }
        guard let start = reader.readChange(text), let end = reader.readChange(text),
            reader.offset == text.byteCount
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    func interval(at utc: Int64) -> TimeZone.Interval {
        guard let daylight else { return .always(standardOffset) }
        let year = CivilTime(secondsSince1970: utc + standardOffset).year
        var last: (at: Int64, offset: Int64) = (.min, standardOffset)
        var next = Int64.max
        // A change may lie a week outside its year.
        for year in (year - 2)...(year + 2) {
            // When both fall together, daylight saving time goes on all year.
            for (at, offset) in [
                (daylight.end.seconds(in: year) - daylight.offset, standardOffset),
                (daylight.start.seconds(in: year) - standardOffset, daylight.offset),
            ] {
                if at > utc {
                    next = Swift.min(next, at)
                } else if at >= last.at {
                    last = (at, offset)
                }
            }
        }
        return TimeZone.Interval(start: last.at, end: next, offset: last.offset)
    }
}

extension ZoneRule.Change {
    /// The local time of the change, in seconds since 1970 as if the zone were UTC.
    fileprivate func seconds(in year: Int) -> Int64 {
        let days: Int64
        switch day {
        case .ofCommonYear(let number):
            let isBehindLeapDay = number >= 60 && CivilTime(year: year, month: 2, day: 29).isValid
            days = Self.days(year, 1) + Int64(number - 1) + (isBehindLeapDay ? 1 : 0)
        case .ofYear(let number):
            days = Self.days(year, 1) + Int64(number)
        case .weekday(let weekday, let week, let month):
            let first = Self.days(year, month)
            let behind = month == 12 ? Self.days(year + 1, 1) : Self.days(year, month + 1)
            // 1970-01-01 was a Thursday.
            let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
            let wanted = first + (Int64(weekday) - weekdayOfFirst + 7) % 7 + Int64(week - 1) * 7
            days = wanted < behind ? wanted : wanted - 7
        }
        return days * 86_400 + time
    }

    /// Days from 1970 to the first of a month.
    private static func days(_ year: Int, _ month: Int) -> Int64 {
        CivilTime(year: year, month: month, day: 1).secondsSince1970 / 86_400
    }
}

/// Reads the parts of a POSIX TZ string.
private struct ZoneRuleReader {
    private(set) var offset = 0

    private mutating func take(_ byte: Character, _ text: RawSpan) -> Bool {
        guard offset < text.byteCount, text.byte(at: offset) == byte.asciiValue else {
            return false
        }
        offset += 1
        return true
    }

    /// A number of one to three digits.
    private mutating func number(_ text: RawSpan, in bounds: ClosedRange<Int>) -> Int? {
        let start = offset
        var value = 0
        while offset < text.byteCount, offset - start < 3, text.byte(at: offset).isDigit {
            value = value * 10 + Int(text.byte(at: offset) - 0x30)
            offset += 1
        }
        return offset > start && bounds.contains(value) ? value : nil
    }

    /// `CET` or `<+03>`: three characters at least.
    mutating func readName(_ text: RawSpan) -> Bool {
        let isQuoted = take("<", text)
        let start = offset
        while offset < text.byteCount {
            let byte = text.byte(at: offset)
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            guard byte.isLetter || isQuoted && (byte.isDigit || isSign) else { break }
            offset += 1
        }
        return offset - start >= 3 && (!isQuoted || take(">", text))
    }

    /// `[+-]hh[:mm[:ss]]` as seconds.
    mutating func readTime(_ text: RawSpan, hours limit: Int) -> Int64? {
        let isNegative = take("-", text)
        if !isNegative { _ = take("+", text) }
        guard let hours = number(text, in: 0...limit) else { return nil }
        var seconds = hours * 3600
        if take(":", text) {
            guard let minutes = number(text, in: 0...59) else { return nil }
            seconds += minutes * 60
            if take(":", text) {
                guard let rest = number(text, in: 0...59) else { return nil }
                seconds += rest
            }
        }
        return Int64(isNegative ? -seconds : seconds)
    }

    /// `,M3.5.0/2`, `,J60` or `,59/26:30`.
    mutating func readChange(_ text: RawSpan) -> ZoneRule.Change? {
        guard take(",", text), let day = readDay(text) else { return nil }
        var change = ZoneRule.Change(day: day)
        if take("/", text) {
            guard let time = readTime(text, hours: 167) else { return nil }
            change.time = time
        }
        return change
    }

    private mutating func readDay(_ text: RawSpan) -> ZoneRule.Change.Day? {
        if take("J", text) { return number(text, in: 1...365).map { .ofCommonYear($0) } }
        guard take("M", text) else { return number(text, in: 0...365).map { .ofYear($0) } }
        guard let month = number(text, in: 1...12), take(".", text),
            let week = number(text, in: 1...5), take(".", text),
            let weekday = number(text, in: 0...6)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
    }
}

extension UInt8 {
    /// Whether it is a letter of ASCII.
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
}
