import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct SyslogClockTests {
    private static let received = Timestamp(2026, 10, 12)

    private func read(
        _ text: String, received: Timestamp = received, clock: SyslogClock = SyslogClock(zone: .utc)
    ) -> SyslogClock.Reading? {
        Array(text.utf8).withBytes { clock.read($0, at: 0, received: received) }
    }

    // MARK: Forms

    struct Form: Sendable, CustomTestStringConvertible {
        var text: String
        var expected: String
        /// Follows the timestamp.
        var rest: String
        var testDescription: String { text }

        init(_ text: String, _ expected: String, rest: String = " host app: text") {
            (self.text, self.expected, self.rest) = (text, expected, rest)
        }
    }

    @Test(arguments: [
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15"),
        Form("Oct  1 22:14:15", "2026-10-01T22:14:15"),
        Form("Oct 1 22:14:15", "2026-10-01T22:14:15"),
        Form("Oct 01 22:14:15", "2026-10-01T22:14:15"),
        Form("oct 11 22:14:15", "2026-10-11T22:14:15"),
        Form("OCT 11 22:14:15", "2026-10-11T22:14:15"),
        Form("Oct 11 22:14:15.1", "2026-10-11T22:14:15.100000000"),
        Form("Oct 11 22:14:15.123456789012", "2026-10-11T22:14:15.123456789"),
        Form("Oct 11 22:14:15,5", "2026-10-11T22:14:15.500000000"),
        Form("Oct 11 2025 22:14:15", "2025-10-11T22:14:15"),
        Form("Mar  1 1993 00:00:15", "1993-03-01T00:00:15"),
        Form("Oct 11 2025 22:14:15.5", "2025-10-11T22:14:15.500000000"),
        Form("2025 Oct 11 22:14:15", "2025-10-11T22:14:15"),
        Form("2025 Oct  1 22:14:15.25", "2025-10-01T22:14:15.250000000"),
        Form("Oct 11 22:14:15 2025", "2025-10-11T22:14:15"),
        Form("Oct 11 22:14:15.5 2025", "2025-10-11T22:14:15.500000000"),
        // Only 2000 to 2099 with a space behind is a year there.
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " 1999 app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " 2100 app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " 2025: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " 2025"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " 20.0.0.1 app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: ": text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: ""),
        // Offsets: attached, behind a space, in hours alone.
        Form("Oct 11 2026 22:14:15+02:00", "2026-10-11T20:14:15"),
        Form("Oct 11 22:14:15 +0200", "2026-10-11T20:14:15"),
        Form("Oct 11 22:14:15 -03", "2026-10-12T01:14:15", rest: ": text"),
        Form("Oct 11 22:14:15 2025 +0200", "2025-10-11T20:14:15"),
        Form("Oct 11 22:14:15Z", "2026-10-11T22:14:15"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " -02x app: text"),
        Form("2026-10-11T22:14:15.123+02:00", "2026-10-11T20:14:15.123000000"),
        Form("2026-10-11T22:14:15.1+0200", "2026-10-11T20:14:15.100000000"),
        Form("2026-10-11T22:14:15-0530", "2026-10-12T03:44:15"),
        Form("2026-10-11t22:14:15z", "2026-10-11T22:14:15"),
        Form("2026-10-11T22:14:60Z", "2026-10-11T22:15:00"),
        Form("2026-10-11 22:14:15", "2026-10-11T22:14:15"),
        Form("2026-10-11 22:14:15.5", "2026-10-11T22:14:15.500000000"),
        Form("2026-10-11 22:14:15 +02:00", "2026-10-11T20:14:15"),
        Form("2026-10-11 22:14:15+08:00", "2026-10-11T14:14:15"),
        Form("2026-10-11 22:14:15 CEST", "2026-10-11T20:14:15"),
        // RFC 3339 needs an offset; what follows is another field.
        Form("2026-10-11T22:14:15", "2026-10-11T22:14:15", rest: " CET app: text"),
        // Names of zones.
        Form("Oct 11 22:14:15 CEST", "2026-10-11T20:14:15"),
        Form("Oct 11 22:14:15 UTC", "2026-10-11T22:14:15"),
        Form("Oct 11 22:14:15.123 CEST", "2026-10-11T20:14:15.123000000", rest: ": %SYS-5-X: y"),
        Form("Oct 11 22:14:15.123 CEST", "2026-10-11T20:14:15.123000000", rest: ": proc[1]: x"),
        Form("2026 Oct 11 22:14:15 CEST", "2026-10-11T20:14:15", rest: ": %ETHPORT-5-IF_UP: x"),
        Form("Oct 11 22:14:15 CEST 2025", "2025-10-11T20:14:15"),
        Form("Oct 11 22:14:15 CEST", "2026-10-11T20:14:15", rest: " %SYS-5-CONFIG_I: x"),
        Form("Oct 11 22:14:15 JST", "2026-10-11T13:14:15"),
        // Hostnames in capitals, ambiguous names, and names that are a tag's neighbour.
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " CORE app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " CESTX app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " CET-1 app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " CST app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " IST host app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " WEST sshd[1]: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " MSK app: text"),
        Form("Oct 11 22:14:15", "2026-10-11T22:14:15", rest: " CEST"),
    ])
    func readsForms(form: Form) throws {
        // With the same second remembered, and without.
        let clock = SyslogClock(zone: .utc)
        for first in [
            "x", "Oct 11 22:14:15 host", "2026-10-11T22:14:15.1Z h", form.text + form.rest,
        ] {
            _ = read(first, clock: clock)
            let reading = try #require(read(form.text + form.rest, clock: clock))
            #expect(clockText(reading.time) == form.expected, "behind \(first)")
            #expect(reading.end == form.text.utf8.count, "behind \(first)")
        }
    }

    @Test(arguments: [
        "", "O", "Oct", "Oct 11", "Oct 32 22:14:15 h", "Okt 11 22:14:15 h", "Oct 11 24:14:15 h",
        "Feb 30 12:00:00 h", "Oct 11 22:14 h t", "1899 Oct 11 22:14:15 h", "2026-13-11 22:14:15 h",
        "2026/10/11", "* Oct 11 22:14:15", "Oct-11 22:14:15 h", "99999999999999999999",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0 x", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0.5Z xxxxxx",
    ])
    func readsNothingElse(text: String) {
        #expect(read(text) == nil)
    }

    @Test(arguments: [
        ("Oct 11 22:14:15 h", false), ("*Oct 11 22:14:15 h", true), (".Oct 11 22:14:15 h", true),
        ("*Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: x", true), ("2026-10-11 22:14:15 h", false),
    ])
    func tellsClocksThatAreNotSet(text: String, isUnsynchronised: Bool) {
        let clock = SyslogClock(zone: .utc)
        for _ in 0..<2 {
            #expect(read(text, clock: clock)?.isUnsynchronised == isUnsynchronised)
        }
    }

    // MARK: Zone

    @Test func routersMayBeCalledLikeAZone() {
        let line = Array("<30>Oct 11 22:14:15 MSK system,info,account user a logged in".utf8)
        for parser in [SyslogParser(), RouterOSParser()] as [any LineParser] {
            var batch = RecordBatch()
            _ = line.withBytes {
                parser.parse($0, from: SyslogParserTests.source(), into: &batch)
            }
            #expect(records(batch).first?["hostname"] == "MSK")
            #expect(records(batch).first?["time"] == "2026-10-11T22:14:15")
        }
    }

    @Test func readsSummerAndWinterInTheSourcesZone() {
        let clock = SyslogClock(zone: TimeZoneTests.central)
        let cases = [
            ("Oct 11 22:14:15 h", Timestamp(2026, 10, 11, 20, 14, 16), "2026-10-11T20:14:15"),
            ("Dec 11 22:14:15 h", Timestamp(2026, 12, 11, 21, 14, 16), "2026-12-11T21:14:15"),
            ("Dec 11 22:14:15 UTC h", Timestamp(2026, 12, 11), "2026-12-11T22:14:15"),
            ("2026-07-01 00:00:00 h", Timestamp(2026, 12, 11), "2026-06-30T22:00:00"),
            ("2026-07-01T00:00:00Z h", Timestamp(2026, 12, 11), "2026-07-01T00:00:00"),
            // The year is the one there.
            ("Jan  1 00:30:00 h", Timestamp(2026, 12, 31, 23, 30), "2026-12-31T23:30:00"),
            ("Dec 31 23:59:58 h", Timestamp(2026, 12, 31, 23, 0, 3), "2026-12-31T22:59:58"),
        ]
        for (text, received, expected) in cases {
            let reading = read(text, received: received, clock: clock)
            #expect(reading.map { clockText($0.time) } == expected, "\(text)")
        }
    }

    /// The same text twice within the night: the second time it means an hour later.
    @Test func memoryDoesNotOutliveTheHourThatComesTwice() {
        let clock = SyslogClock(zone: TimeZoneTests.central)
        func time(_ text: String, _ received: Timestamp) -> String? {
            read(text, received: received, clock: clock).map { clockText($0.time) }
        }
        #expect(time("Oct 25 02:30:00 h", Timestamp(2026, 10, 25, 0, 30)) == "2026-10-25T00:30:00")
        #expect(
            time("Oct 25 02:30:00 h", Timestamp(2026, 10, 25, 0, 30, 9)) == "2026-10-25T00:30:00")
        #expect(time("Oct 25 02:30:00 h", Timestamp(2026, 10, 25, 1, 30)) == "2026-10-25T01:30:00")
        // Half an hour late, where the closest reading changes within seconds.
        #expect(
            time("Oct 25 02:30:00 h", Timestamp(2026, 10, 25, 0, 59, 50)) == "2026-10-25T00:30:00")
        #expect(
            time("Oct 25 02:30:00 h", Timestamp(2026, 10, 25, 1, 0, 10)) == "2026-10-25T01:30:00")
        #expect(
            time("Oct 25 02:30:00 h", Timestamp(2026, 10, 25, 0, 59, 59)) == "2026-10-25T00:30:00")
        // In spring, 02:30 does not exist.
        #expect(time("Mar 29 02:30:00 h", Timestamp(2027, 3, 28)) == "2027-03-29T00:30:00")
        #expect(time("Mar 29 02:30:00 h", Timestamp(2026, 3, 29, 1, 30)) == "2026-03-29T01:30:00")
    }

    /// A moment half a year away belongs to another year ten seconds later.
    @Test func memoryDoesNotOutliveTheYear() {
        let clock = SyslogClock(zone: .utc)
        func year(_ received: Timestamp) -> Int? {
            read("Jul  1 00:00:00 h", received: received, clock: clock)
                .map { CivilTime(secondsSince1970: $0.time.seconds).year }
        }
        // 2026-07-01 and 2027-07-01 are 365 days apart.
        let middle = Timestamp(2026, 12, 30, 12).seconds
        #expect(year(Timestamp(seconds: middle - 5)) == 2026)
        #expect(year(Timestamp(seconds: middle + 5)) == 2027)
        #expect(year(Timestamp(seconds: middle - 3)) == 2026)
        #expect(year(Timestamp(seconds: middle + 86_400)) == 2027)
        #expect(year(Timestamp(seconds: middle - 86_400 * 300)) == 2026)
    }

    @Test(arguments: [
        ("Feb 29 12:00:00", Timestamp(2027, 1, 5), "2028-02-29T12:00:00"),
        ("Feb 29 12:00:00", Timestamp(2028, 3, 1), "2028-02-29T12:00:00"),
        ("Feb 29 12:00:00", Timestamp(2025, 3, 1), "2024-02-29T12:00:00"),
        ("Feb 29 12:00:00", Timestamp(2026, 10, 12), "2028-02-29T12:00:00"),
        ("Feb 29 12:00:00", Timestamp(2100, 3, 3), "2104-02-29T12:00:00"),
        ("Dec 31 23:59:58", Timestamp(2027, 1, 1, 0, 0, 3), "2026-12-31T23:59:58"),
        ("Jan  1 00:00:02", Timestamp(2026, 12, 31, 23, 59, 59), "2027-01-01T00:00:02"),
        ("Jul 11 00:00:00", Timestamp(2026, 12, 31), "2026-07-11T00:00:00"),
        ("Jun 11 00:00:00", Timestamp(2026, 12, 31), "2027-06-11T00:00:00"),
    ])
    func takesTheClosestYear(text: String, received: Timestamp, expected: String) {
        let reading = read(text + " h", received: received)
        #expect(reading.map { clockText($0.time) } == expected)
    }

    @Test func readsLogFilesInTheSourcesZone() {
        let clock = SyslogClock(zone: TimeZoneTests.central)
        func time(_ text: String, _ received: Timestamp) -> String? {
            Array(text.utf8).withBytes { clock.readLogFile($0, at: 0, received: received) }
                .map { clockText($0.time) }
        }
        let noon = Timestamp(2026, 7, 11, 12)
        #expect(time("jun/15 18:56:43 x", noon) == "2026-06-15T16:56:43")
        #expect(time("jan/15/2026 18:56:43 x", noon) == "2026-01-15T17:56:43")
        #expect(time("03-30 18:56:43 x", noon) == "2026-03-30T16:56:43")
        #expect(time("13:59:00 x", noon) == "2026-07-11T11:59:00")
        #expect(time("23:59:00 x", Timestamp(2026, 7, 11, 22, 1)) == "2026-07-11T21:59:00")
        #expect(time("00:01:00 x", Timestamp(2026, 7, 11, 21, 59)) == "2026-07-11T22:01:00")
        #expect(time("02:30:00 x", Timestamp(2026, 10, 25, 1, 30, 5)) == "2026-10-25T01:30:00")
        #expect(time("02:30:00 x", Timestamp(2026, 10, 25, 0, 30, 5)) == "2026-10-25T00:30:00")
    }

    @Test func survivesDamageAndExtremes() {
        let clock = SyslogClock(zone: TimeZoneTests.central)
        let texts = [
            "*Oct 11 22:14:15.123 CEST 2026 host", "2026-10-11 22:14:15.5 +02:00 host",
            "Feb 29 02:30:00 2028 CEST: x", "2026 Oct 11 22:14:15 UTC: %X",
        ]
        for text in texts {
            let bytes = Array(text.utf8)
            for damaged in Array(Damage.truncations(of: bytes))
                + Damage.flips(of: bytes, count: 2000)
            {
                damaged.withBytes { line in
                    for received in [Int64.min, 0, 1_791_757_255_000_000_000, .max] {
                        let received = Timestamp(nanoseconds: received)
                        let end = clock.read(line, at: 0, received: received)?.end
                        #expect(end ?? 0 <= line.byteCount)
                        _ = clock.readLogFile(line, at: 0, received: received)
                    }
                }
            }
        }
    }
}
