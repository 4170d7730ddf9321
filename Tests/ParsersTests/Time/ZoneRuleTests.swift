import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct ZoneRuleTests {
    private func read(_ text: String) -> ZoneRule? {
        Array(text.utf8).withBytes { ZoneRule($0) }
    }

    private func utc(_ text: String) throws -> Int64 {
        let format = try TimeFormat("%Y-%m-%d %H:%M:%S")
        return try #require(
            Array(text.utf8).withBytes {
                format.parse($0, received: Timestamp(nanoseconds: 0))
            }
        ).seconds
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        /// The first second of summer or winter in UTC.
        var change: String
        /// Seconds east of UTC before and from there on.
        var offsets: (Int64, Int64)
        var testDescription: String { "\(rule) at \(change)" }

        init(_ rule: String, _ change: String, _ before: Int64, _ after: Int64) {
            (self.rule, self.change, offsets) = (rule, change, (before, after))
        }
    }

    @Test(arguments: [
        Case("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29 01:00:00", 3600, 7200),
        Case("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25 01:00:00", 7200, 3600),
        Case("EST5EDT,M3.2.0,M11.1.0", "2026-03-08 07:00:00", -18_000, -14_400),
        Case("EST5EDT", "2026-11-01 06:00:00", -14_400, -18_000),
        // South of the equator, across the year's end, and by half an hour (Lord Howe).
        Case("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03 15:30:00", 37_800, 39_600),
        Case("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-04-04 15:00:00", 39_600, 37_800),
        // Days counted without and with 29 February.
        Case("A11-1B22", "2026-03-08 01:00:00", 0, 0),
        Case("AAA-1BBB,J60/0,J300/0", "2028-02-29 23:00:00", 3600, 7200),
        Case("AAA-1BBB,59/0,300/0", "2028-02-28 23:00:00", 3600, 7200),
        Case("AAA-1BBB,59/0,300/0", "2027-02-28 23:00:00", 3600, 7200),
        // Hours beyond a day, also negative ones (Nuuk, Gaza).
        Case("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29 01:00:00", -7200, -3600),
        Case("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28 00:00:00", 7200, 10_800),
        // Winter is the exception (Dublin).
        Case("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-10-25 01:00:00", 3600, 0),
        Case("AAA0BBB,J365/167,J1/167", "2027-01-06 23:00:00", 0, 3600),
    ])
    func changesAtTheMoment(test: Case) throws {
        guard let rule = read(test.rule) else {
            // The one that is no rule: names hold no digits.
            #expect(test.rule == "A11-1B22")
            return
        }
        let change = try utc(test.change)
        #expect(rule.interval(at: change - 1).offset == test.offsets.0)
        #expect(rule.interval(at: change).offset == test.offsets.1)
        #expect(rule.interval(at: change - 1).end == change)
        #expect(rule.interval(at: change).start == change)
    }

    @Test func daylightSavingTimeMayLastAllYear() throws {
        let rule = try #require(read("EST5EDT,0/0,J365/25"))
        for text in [
            "2025-12-31 23:59:59", "2026-01-01 03:59:59", "2026-01-01 05:00:00",
            "2026-07-01 00:00:00",
        ] {
            #expect(rule.interval(at: try utc(text)).offset == -14_400, "\(text)")
        }
    }

    @Test(arguments: [
        "", "C", "CE-1", "CET", "CET-", "CET-25", "CET-1:60", "CET-1C", "<CET-1", "<+0>-1",
        "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,", "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J300",
        "CET-1CEST,J366,J300", "CET-1CEST,366,300", "CET-1CEST,1/168,300", "CET-1CEST,1,300x",
        "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-1é",
    ])
    func refusesWhatIsNone(text: String) {
        #expect(read(text) == nil)
    }

    @Test(arguments: ["CET-1CEST,M3.5.0,M10.5.0/3", "<+1030>-10:30<+11>-11,J60/2:30:15,300/-167"])
    func survivesDamage(text: String) {
        let bytes = Array(text.utf8)
        for damaged in Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 3000) {
            guard let rule = damaged.withBytes({ ZoneRule($0) }) else { continue }
            for moment in [-1 << 50, 0, 1_780_000_000, 1 << 50] as [Int64] {
                #expect(rule.interval(at: moment).contains(moment))
            }
        }
    }
}
