import Core
import TestKit
import Testing

@testable import Parsers

struct TimeFormatTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var format: String
        var text: String
        /// RFC 3339 in UTC, `nil` when refused.
        var expected: String?

        init(_ format: String, _ text: String, _ expected: String?) {
            self.format = format
            self.text = text
            self.expected = expected
        }

        var testDescription: String { "\(format) reads \(text)" }
    }

    /// 2024-03-10T12:00:00Z.
    private static let received = Timestamp(seconds: 1_710_072_000)

    private func parse(
        _ format: TimeFormat, _ text: String, received: Timestamp = received
    ) -> String? {
        let time = Array(text.utf8).withBytes { format.parse($0, received: received) }
        guard let time else { return nil }
        var scratch = ByteBuffer()
        return FieldValue.timestamp(time).withText(scratch: &scratch) { $0.makeString() }
    }

    @Test(arguments: [
        Case("%Y-%m-%dT%H:%M:%S", "2024-02-29T23:59:60", "2024-03-01T00:00:00.000Z"),
        Case("%Y-%m-%dT%H:%M:%S", "2023-02-29T00:00:00", nil),
        Case("%Y-%m-%dT%H:%M:%S.%L%z", "2024-01-02T03:04:05.5+02:00", "2024-01-02T01:04:05.500Z"),
        Case(
            "%Y-%m-%dT%H:%M:%S.%L%z", "2024-01-02T03:04:05.123456789-0330",
            "2024-01-02T06:34:05.123456789Z"),
        Case(
            "%Y-%m-%dT%H:%M:%S.%L%z", "2024-01-02T03:04:05.1234567899999Z",
            "2024-01-02T03:04:05.123456789Z"),
        Case("%Y-%m-%dT%H:%M:%S.%L%z", "2024-01-02T03:04:05Z", nil),
        Case("%Y-%m-%dT%H:%M:%S.%L%z", "2024-01-02T03:04:05.Z", nil),
        Case("%Y-%m-%d %H:%M:%S,%f", "2024-01-02 03:04:05,250", "2024-01-02T03:04:05.250Z"),
        Case("%FT%T%z", "2024-01-02T03:04:05+01", "2024-01-02T02:04:05.000Z"),
        Case("%FT%T%z", "2024-01-02T03:04:05+01:", nil),
        Case("%FT%T%z", "2024-01-02T03:04:05+24:00", nil),
        Case("%F %T %Z", "2024-01-02 03:04:05 GMT", "2024-01-02T03:04:05.000Z"),
        Case("%F %T %Z", "2024-01-02 03:04:05 EST", nil),
        // Text after the format may only be a zone, which counts.
        Case("%FT%T.%L", "2024-01-02T03:04:05.5Z", "2024-01-02T03:04:05.500Z"),
        Case("%FT%T.%L", "2024-01-02T03:04:05.5+02:00", "2024-01-02T01:04:05.500Z"),
        Case("%FT%T.%L", "2024-01-02T03:04:05.5 x", nil),
        Case("%d/%b/%Y:%H:%M:%S %z", "10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36.000Z"),
        Case("%a %B %e %H:%M:%S %Y", "Sun MARCH  3 04:05:06 2024", "2024-03-03T04:05:06.000Z"),
        Case("%A, %d-%b-%y", "Wednesday, 06-Nov-94", "1994-11-06T00:00:00.000Z"),
        Case("%D %R", "03/04/68 05:06", "2068-03-04T05:06:00.000Z"),
        Case("%I:%M %p %F", "12:30 am 2024-01-02", "2024-01-02T00:30:00.000Z"),
        Case("%I:%M %p %F", "12:30 PM 2024-01-02", "2024-01-02T12:30:00.000Z"),
        Case("%l:%M%p %F", " 1:30pm 2024-01-02", "2024-01-02T13:30:00.000Z"),
        Case("%I:%M %p %F", "13:30 PM 2024-01-02", nil),
        Case("%Y %j", "2024 366", "2024-12-31T00:00:00.000Z"),
        Case("%Y %j", "2023 366", nil),
        Case("%s", "1700000000", "2023-11-14T22:13:20.000Z"),
        Case("%s.%L", "1700000000.25", "2023-11-14T22:13:20.250Z"),
        Case("%s", "-1", "1969-12-31T23:59:59.000Z"),
        Case("%s", "99999999999999999", nil),
        Case("[%Y%%%m]", "[2024%05]", "2024-05-01T00:00:00.000Z"),
        Case("%Y%n%m", "2024 \t 05", "2024-05-01T00:00:00.000Z"),
        // Without a year: the closest.
        Case("%b %d %H:%M:%S", "Mar 10 11:00:00", "2024-03-10T11:00:00.000Z"),
        Case("%b %d %H:%M:%S", "Mar  9 11:00:00", "2024-03-09T11:00:00.000Z"),
        Case("%b %d %H:%M:%S", "Dec 31 23:59:59", "2023-12-31T23:59:59.000Z"),
        Case("%b %d %H:%M:%S", "Feb 29 00:00:00", "2024-02-29T00:00:00.000Z"),
        Case("%b %d %H:%M:%S", "Feb 30 00:00:00", nil),
        // Without a date: the closest day.
        Case("%H:%M:%S", "13:00:00", "2024-03-10T13:00:00.000Z"),
        Case("%H:%M:%S", "23:30:00", "2024-03-10T23:30:00.000Z"),
        Case("%H:%M:%S", "", nil),
        Case("%H:%M:%S", "25:00:00", nil),
    ])
    func readsTimes(_ test: Case) throws {
        #expect(parse(try TimeFormat(test.format), test.text) == test.expected)
    }

    @Test(arguments: [
        // Just after New Year and just before it.
        (1_704_067_260, "Dec 31 23:59:00", "2023-12-31T23:59:00.000Z"),
        (1_704_067_140, "Jan  1 00:01:00", "2024-01-01T00:01:00.000Z"),
        (1_704_067_140, "Dec 31 23:58:00", "2023-12-31T23:58:00.000Z"),
    ])
    func crossesNewYear(received: Int64, text: String, expected: String) throws {
        let format = try TimeFormat("%b %d %H:%M:%S")
        #expect(parse(format, text, received: Timestamp(seconds: received)) == expected)
    }

    @Test func crossesMidnight() throws {
        let format = try TimeFormat("%H:%M:%S")
        let midnight = Timestamp(seconds: 1_704_067_260)
        #expect(parse(format, "23:59:00", received: midnight) == "2023-12-31T23:59:00.000Z")
        #expect(parse(format, "00:02:00", received: midnight) == "2024-01-01T00:02:00.000Z")
    }

    @Test func addsTheOffsetToTextsWithoutZone() throws {
        let format = try TimeFormat("%F %T %z", zone: TimeZone(offsetSeconds: 7200))
        #expect(parse(format, "2024-01-02 03:04:05 +0000") == "2024-01-02T03:04:05.000Z")
        let bare = try TimeFormat("%F %T", zone: TimeZone(offsetSeconds: 7200))
        #expect(parse(bare, "2024-01-02 03:04:05") == "2024-01-02T01:04:05.000Z")
        #expect(parse(bare, "2024-01-02 03:04:05Z") == "2024-01-02T03:04:05.000Z")
        // The year is the one there, not in UTC.
        let yearless = try TimeFormat("%b %d %T", zone: TimeZone(offsetSeconds: 7200))
        #expect(
            parse(yearless, "Jan 1 00:30:00", received: Timestamp(seconds: 1_704_062_000))
                == "2023-12-31T22:30:00.000Z")
    }

    @Test(arguments: [
        ("%F %T", "2026-01-11 12:00:00", "2026-01-11T11:00:00.000Z"),
        ("%F %T", "2026-07-11 12:00:00", "2026-07-11T10:00:00.000Z"),
        ("%F %T%z", "2026-07-11 12:00:00Z", "2026-07-11T12:00:00.000Z"),
        // The second of two; and one that clocks were put forward over.
        ("%b %d %T", "Oct 25 02:30:00", "2026-10-25T01:30:00.000Z"),
        ("%F %T", "2026-03-29 02:30:00", "2026-03-29T01:30:00.000Z"),
        ("%j %T", "192 12:00:00", "2026-07-11T10:00:00.000Z"),
        ("%T", "23:30:00", "2026-11-10T22:30:00.000Z"),
        ("%T", "22:30:00", "2026-11-11T21:30:00.000Z"),
    ])
    func readsLocalTimesInTheirZone(format: String, text: String, expected: String) throws {
        let format = try TimeFormat(format, zone: TimeZoneTests.central)
        let received = Timestamp(2026, 11, 11, 10)
        #expect(parse(format, text, received: received) == expected)
    }

    @Test func looseFormatsTakeMissingFractionsAndTails() throws {
        let format = try TimeFormat("%FT%T.%L", isStrict: false)
        #expect(parse(format, "2024-01-02T03:04:05") == "2024-01-02T03:04:05.000Z")
        #expect(parse(format, "2024-01-02T03:04:05Z") == "2024-01-02T03:04:05.000Z")
        #expect(parse(format, "2024-01-02T03:04:05.5 tail") == "2024-01-02T03:04:05.500Z")
        #expect(parse(format, "2024-01-02") == nil)
    }

    @Test(arguments: ["%Q", "%Y-%", "%E", "%U"])
    func refusesUnknownConversions(_ text: String) {
        #expect(throws: TimeFormatError.self) { try TimeFormat(text) }
    }

    @Test func survivesDamagedTexts() throws {
        let format = try TimeFormat("%a %Y-%b-%dT%H:%M:%S.%L%z")
        let text = Array("Tue 2024-Jan-02T03:04:05.123456789+02:00".utf8)
        for damaged in Array(Damage.truncations(of: text)) + Damage.flips(of: text, count: 2000) {
            _ = damaged.withBytes { format.parse($0, received: Self.received) }
        }
        for damaged in [Int64.min, .max] {
            let extreme = Timestamp(nanoseconds: damaged)
            _ = parse(try TimeFormat("%b %d"), "Feb 29", received: extreme)
            _ = parse(try TimeFormat("%H"), "1", received: extreme)
        }
    }
}
