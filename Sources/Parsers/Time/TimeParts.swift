import Core

/// What a time's text has said so far, and what it means in the end.
struct TimeParts {
    private var year: Int?
    private var month: Int?
    private var day: Int?
    private var dayOfYear: Int?
    private var hour = 0
    private var isHourOfTwelve = false
    private var isAfternoon = false
    private var minute = 0
    private var second = 0
    private var nanosecond: Int64 = 0
    private var epochSeconds: Int64?
    private(set) var zoneSeconds: Int?

    /// Reads one step and moves `offset` behind it; `false` leaves the parts as they were.
    mutating func read(_ step: TimeFormat.Step, from text: RawSpan, at offset: inout Int) -> Bool {
        switch step {
        case .literal(let byte):
            guard offset < text.byteCount, text.byte(at: offset) == byte else { return false }
            offset += 1
            return true
        case .blanks:
            while offset < text.byteCount, isBlank(text.byte(at: offset)) { offset += 1 }
            return true
        case .year: return take(&year, text, &offset, digits: 4, in: 0...9999)
        case .yearOfCentury:
            var short: Int?
            guard take(&short, text, &offset, digits: 2, in: 0...99), let short else {
                return false
            }
            year = short < 69 ? 2000 + short : 1900 + short
            return true
        case .month: return take(&month, text, &offset, digits: 2, in: 1...12)
        case .monthName:
            guard let index = name(Self.months, text, &offset) else { return false }
            month = index + 1
            return true
        case .weekdayName: return name(Self.weekdays, text, &offset) != nil
        case .day: return take(&day, text, &offset, digits: 2, in: 1...31)
        case .dayOfYear: return take(&dayOfYear, text, &offset, digits: 3, in: 1...366)
        case .hour: return take(&hour, text, &offset, in: 0...23)
        case .hourOfTwelve:
            isHourOfTwelve = true
            return take(&hour, text, &offset, in: 1...12)
        case .meridiem:
            guard let index = name(["am", "pm"], text, &offset) else { return false }
            isAfternoon = index == 1
            return true
        case .minute: return take(&minute, text, &offset, in: 0...59)
        case .second: return take(&second, text, &offset, in: 0...60)
        case .fraction: return readFraction(text, &offset)
        case .zone: return readZone(text, &offset)
        case .epochSeconds: return readEpoch(text, &offset)
        }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]
    private static let weekdays = [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]

    // MARK: Reading

    /// Reads up to `digits` digits after any blanks, as strptime does.
    private func number(_ text: RawSpan, _ offset: inout Int, digits: Int) -> Int? {
        var at = offset
        while at < text.byteCount, isBlank(text.byte(at: at)) { at += 1 }
        let start = at
        var value = 0
        while at < text.byteCount, at - start < digits, let digit = digit(text, at) {
            value = value * 10 + digit
            at += 1
        }
        guard at > start else { return nil }
        offset = at
        return value
    }

    private func digit(_ text: RawSpan, _ offset: Int) -> Int? {
        guard offset < text.byteCount else { return nil }
        let byte = text.byte(at: offset)
        return (0x30...0x39).contains(byte) ? Int(byte) - 0x30 : nil
    }

    private func take(
        _ part: inout Int?, _ text: RawSpan, _ offset: inout Int, digits: Int,
        in bounds: ClosedRange<Int>
    ) -> Bool {
        guard let value = number(text, &offset, digits: digits), bounds.contains(value) else {
            return false
        }
        part = value
        return true
    }

    private func take(
        _ part: inout Int, _ text: RawSpan, _ offset: inout Int, in bounds: ClosedRange<Int>
    ) -> Bool {
        guard let value = number(text, &offset, digits: 2), bounds.contains(value) else {
            return false
        }
        part = value
        return true
    }

    /// Reads one of the lower-case `names`, whole or its first three letters, in any case.
    private func name(_ names: [String], _ text: RawSpan, _ offset: inout Int) -> Int? {
        for (index, name) in names.enumerated() {
            for length in [name.utf8.count, 3] where hasLetters(name, length, text, offset) {
                offset += Swift.min(length, name.utf8.count)
                return index
            }
        }
        return nil
    }

    private func hasLetters(_ name: String, _ count: Int, _ text: RawSpan, _ offset: Int) -> Bool {
        var at = offset
        for letter in name.utf8.prefix(count) {
            guard at < text.byteCount, text.byte(at: at) | 0x20 == letter else { return false }
            at += 1
        }
        return true
    }

    /// Digits beyond nanoseconds are read and forgotten.
    private mutating func readFraction(_ text: RawSpan, _ offset: inout Int) -> Bool {
        var scale: Int64 = 100_000_000
        var value: Int64 = 0
        let start = offset
        while let digit = digit(text, offset) {
            value += Int64(digit) * scale
            scale /= 10
            offset += 1
        }
        nanosecond = value
        return offset > start
    }

    private mutating func readEpoch(_ text: RawSpan, _ offset: inout Int) -> Bool {
        var at = offset
        let isNegative = at < text.byteCount && text.byte(at: at) == UInt8(ascii: "-")
        if isNegative { at += 1 }
        guard let value = number(text, &at, digits: 15) else { return false }
        epochSeconds = isNegative ? -Int64(value) : Int64(value)
        offset = at
        return true
    }

    private mutating func readZone(_ text: RawSpan, _ offset: inout Int) -> Bool {
        guard offset < text.byteCount else { return false }
        let sign = text.byte(at: offset)
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
            // The longer names first: `z` is a part of none of them.
            for name in ["utc", "gmt", "z"] where hasLetters(name, 3, text, offset) {
                offset += name.utf8.count
                zoneSeconds = 0
                return true
            }
            return false
        }
        var at = offset + 1
        guard let hours = twoDigits(text, &at), hours <= 23 else { return false }
        let hasColon = at < text.byteCount && text.byte(at: at) == UInt8(ascii: ":")
        var minutesAt = hasColon ? at + 1 : at
        let minutes = twoDigits(text, &minutesAt)
        if minutes != nil { at = minutesAt }
        guard minutes ?? 0 <= 59, minutes != nil || !hasColon else { return false }
        let seconds = hours * 3600 + (minutes ?? 0) * 60
        zoneSeconds = sign == UInt8(ascii: "-") ? -seconds : seconds
        offset = at
        return true
    }

    private func twoDigits(_ text: RawSpan, _ offset: inout Int) -> Int? {
        guard let tens = digit(text, offset), let ones = digit(text, offset + 1) else { return nil }
        offset += 2
        return tens * 10 + ones
    }

    // MARK: Meaning

    /// The moment that the parts name; what they leave open is chosen closest to `received`.
    func resolve(near received: Timestamp, in zone: TimeZone) -> Timestamp? {
        if let epochSeconds {
            return Timestamp(
                seconds: epochSeconds, nanoseconds: epochSeconds < 0 ? -nanosecond : nanosecond)
        }
        let zone = zoneSeconds.map { TimeZone(offsetSeconds: Int64($0)) } ?? zone
        let now = received.seconds
        func moment(_ local: Int64) -> Int64 { zone.utc(ofLocal: local, closestTo: now) }
        let seconds: Int64?
        if let year {
            seconds = secondsOfLocalTime(in: year).map(moment)
        } else {
            let here = CivilTime(secondsSince1970: now + zone.offset(atUTC: now))
            let candidates: [Int64]
            if month != nil || day != nil || dayOfYear != nil {
                candidates = [-1, 0, 1].compactMap { secondsOfLocalTime(in: here.year + $0) }
            } else {
                let today =
                    CivilTime(year: here.year, month: here.month, day: here.day)
                    .secondsSince1970 + Int64(hourOfDay * 3600 + minute * 60 + second)
                candidates = [-1, 0, 1].map { today + $0 * 86_400 }
            }
            seconds = candidates.map(moment).min {
                $0.distance(from: now) < $1.distance(from: now)
            }
        }
        return seconds.map { Timestamp(seconds: $0, nanoseconds: nanosecond) }
    }

    private var hourOfDay: Int {
        isHourOfTwelve ? hour % 12 + (isAfternoon ? 12 : 0) : hour
    }

    /// Seconds since 1970 as if the zone were UTC; `nil` when the date does not exist.
    private func secondsOfLocalTime(in year: Int) -> Int64? {
        var civil = CivilTime(
            year: year, month: month ?? 1, day: day ?? 1, hour: hourOfDay, minute: minute,
            second: second)
        guard let dayOfYear, month == nil else {
            return civil.isValid ? civil.secondsSince1970 : nil
        }
        civil.day = 1
        let seconds = civil.secondsSince1970 + Int64(dayOfYear - 1) * 86_400
        return CivilTime(secondsSince1970: seconds).year == year ? seconds : nil
    }
}
