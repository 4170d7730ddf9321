public import Core

/// A compiled `time_format`: strptime's conversions and Fluent Bit's `%L`.
///
/// | conversion | reads |
/// |---|---|
/// | `%Y` `%y` `%m` `%d` `%e` `%j` | year, year in 1969-2068, month, day, day, day of the year |
/// | `%b` `%B` `%h`, `%a` `%A` | month's name, weekday's name (not checked against the date) |
/// | `%H` `%k`, `%I` `%l` `%p` | hour of 24, hour of 12 and AM or PM |
/// | `%M` `%S` `%L` `%f` | minute, second, fraction of a second (any number of digits) |
/// | `%z` `%Z` | `+hhmm`, `+hh:mm`, `+hh`, `Z`, `UTC`, `GMT` |
/// | `%s` | seconds since 1970 |
/// | `%F` `%T` `%D` `%R` | `%Y-%m-%d`, `%H:%M:%S`, `%m/%d/%y`, `%H:%M` |
/// | `%n` `%t` and blanks | any number of blanks, also none |
/// | `%%` | a percent sign |
public struct TimeFormat: Sendable {
    enum Step: Sendable, Equatable {
        case literal(UInt8)
        case blanks
        case year, yearOfCentury, month, monthName, weekdayName, day, dayOfYear
        case hour, hourOfTwelve, meridiem, minute, second, fraction
        case zone, epochSeconds
    }

    private let steps: [Step]
    /// Whether a text must have every part; else a fraction may be missing and text may follow.
    private let isStrict: Bool
    /// For texts that name none.
    private let zone: TimeZone

    /// Compiles `text`.
    ///
    /// - Parameter zone: for texts that name none.
    public init(
        _ text: String, isStrict: Bool = true, zone: TimeZone = .utc
    ) throws(TimeFormatError) {
        var steps: [Step] = []
        var percent = false
        for character in text.utf8 {
            if percent {
                guard let known = TimeFormat.steps(for: character) else {
                    throw TimeFormatError(conversion: "%" + String(UnicodeScalar(character)))
                }
                steps += known
                percent = false
            } else if character == UInt8(ascii: "%") {
                percent = true
            } else {
                steps.append(isBlank(character) ? .blanks : .literal(character))
            }
        }
        if percent { throw TimeFormatError(conversion: "%") }
        self.init(steps: steps, isStrict: isStrict, zone: zone)
    }

    private init(steps: [Step], isStrict: Bool, zone: TimeZone = .utc) {
        self.steps = steps
        self.isStrict = isStrict
        self.zone = zone
    }

    private static let date: [Step] = [
        .year, .literal(UInt8(ascii: "-")), .month, .literal(UInt8(ascii: "-")), .day,
    ]
    private static let timeOfDay: [Step] = [
        .hour, .literal(UInt8(ascii: ":")), .minute, .literal(UInt8(ascii: ":")), .second,
    ]

    /// RFC 3339 with or without a fraction; text after the zone is refused.
    static let rfc3339 = [
        TimeFormat(
            steps: date + [.literal(UInt8(ascii: "T"))] + timeOfDay
                + [.literal(UInt8(ascii: ".")), .fraction, .zone], isStrict: true),
        TimeFormat(
            steps: date + [.literal(UInt8(ascii: "T"))] + timeOfDay + [.zone], isStrict: true),
    ]

    private static func steps(for conversion: UInt8) -> [Step]? {
        switch UnicodeScalar(conversion) {
        case "Y": [.year]
        case "y": [.yearOfCentury]
        case "m": [.month]
        case "b", "B", "h": [.monthName]
        case "a", "A": [.weekdayName]
        case "d", "e": [.day]
        case "j": [.dayOfYear]
        case "H", "k": [.hour]
        case "I", "l": [.hourOfTwelve]
        case "p": [.meridiem]
        case "M": [.minute]
        case "S": [.second]
        case "L", "f": [.fraction]
        case "z", "Z": [.zone]
        case "s": [.epochSeconds]
        case "F": date
        case "T": timeOfDay
        case "R": Array(timeOfDay.prefix(3))
        case "D":
            [
                .month, .literal(UInt8(ascii: "/")), .day, .literal(UInt8(ascii: "/")),
                .yearOfCentury,
            ]
        case "n", "t": [.blanks]
        case "%": [.literal(UInt8(ascii: "%"))]
        default: nil
        }
    }

    /// Reads a time.
    ///
    /// A text without a year is taken to be of the year that brings it closest to `received`, one
    /// without a date of the closest day.
    /// - Returns: `nil` when the text does not follow the format or names no real date.
    public func parse(_ text: RawSpan, received: Timestamp) -> Timestamp? {
        var parts = TimeParts()
        var offset = 0
        var index = 0
        while index < steps.count {
            let step = steps[index]
            if parts.read(step, from: text, at: &offset) {
                index += 1
            } else if !isStrict, let next = indexAfterFraction(at: index) {
                index = next
            } else {
                return nil
            }
        }
        if offset < text.byteCount {
            // Docker writes a `Z` that stock formats do not mention; no zone may be ignored.
            let isZone = parts.zoneSeconds == nil && parts.read(.zone, from: text, at: &offset)
            guard isZone && offset == text.byteCount || !isStrict else { return nil }
        }
        return parts.resolve(near: received, in: zone)
    }

    /// The step after a missing fraction and the separator before it.
    private func indexAfterFraction(at index: Int) -> Int? {
        if steps[index] == .fraction { return index + 1 }
        guard case .literal = steps[index], index + 1 < steps.count, steps[index + 1] == .fraction
        else { return nil }
        return index + 2
    }
}

/// A conversion that no `time_format` may hold.
public struct TimeFormatError: Error, Hashable, Sendable {
    /// `%Q`, or `%` at the end of the format.
    public var conversion: String
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
