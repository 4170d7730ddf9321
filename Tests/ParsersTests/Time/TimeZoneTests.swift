import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct TimeZoneTests {
    /// Central European time; the changes of 2026 are on 29 March and 25 October, 01:00 UTC.
    static let central = zone("CET-1CEST,M3.5.0,M10.5.0/3")

    static func zone(_ rule: String) -> TimeZone {
        let rule = Array(rule.utf8).withBytes { ZoneRule($0) }
        return TimeZone(ZoneTable(transitions: [], offsets: [], initialOffset: 0, rule: rule))
    }

    @Test(
        arguments: [
            ("+0200", 7200), ("+02:00", 7200), ("-03:30", -12_600), ("-0330", -12_600),
            ("+05", 18_000), ("+2", 7200), ("UTC", 0), ("utc", 0), ("GMT", 0), ("Z", 0),
            ("+14:00", 50_400), ("-00:00", 0),
            ("0200", nil), ("Europe/Berlin", nil), ("", nil), ("+", nil), ("+14:01", nil),
            ("+02:60", nil), ("+2:00", nil), ("+020", nil), ("+02:0", nil), ("+٢", nil),
            ("+02:00 ", nil), ("local", nil),
        ] as [(String, Int64?)])
    func readsOffsets(text: String, seconds: Int64?) {
        #expect(TimeZone(offset: text)?.offset(atUTC: 0) == seconds)
    }

    struct Reading: Sendable, CustomTestStringConvertible {
        var local: Timestamp
        var received: Timestamp
        var utc: Timestamp
        var testDescription: String { "\(clockText(local)) received \(clockText(received))" }
    }

    @Test(arguments: [
        // Winter and summer.
        Reading(
            local: Timestamp(2026, 1, 11, 12), received: Timestamp(2026, 1, 11, 12),
            utc: Timestamp(2026, 1, 11, 11)),
        Reading(
            local: Timestamp(2026, 7, 11, 12), received: Timestamp(2026, 1, 11),
            utc: Timestamp(2026, 7, 11, 10)),
        // Twice: 02:30 of 25 October is 00:30 or 01:30 UTC.
        Reading(
            local: Timestamp(2026, 10, 25, 2, 30), received: Timestamp(2026, 10, 25, 0, 30, 2),
            utc: Timestamp(2026, 10, 25, 0, 30)),
        Reading(
            local: Timestamp(2026, 10, 25, 2, 30), received: Timestamp(2026, 10, 25, 1, 30, 2),
            utc: Timestamp(2026, 10, 25, 1, 30)),
        Reading(
            local: Timestamp(2026, 10, 25, 2, 30), received: Timestamp(2026, 10, 25, 12),
            utc: Timestamp(2026, 10, 25, 1, 30)),
        Reading(
            local: Timestamp(2026, 10, 25, 3), received: Timestamp(2026, 10, 25),
            utc: Timestamp(2026, 10, 25, 2)),
        Reading(
            local: Timestamp(2026, 10, 25, 1, 59, 59), received: Timestamp(2026, 10, 26),
            utc: Timestamp(2026, 10, 24, 23, 59, 59)),
        // Never: 02:30 of 29 March is read as if the clock had not, or had already, been changed.
        Reading(
            local: Timestamp(2026, 3, 29, 2, 30), received: Timestamp(2026, 3, 29, 1, 30, 2),
            utc: Timestamp(2026, 3, 29, 1, 30)),
        Reading(
            local: Timestamp(2026, 3, 29, 2, 30), received: Timestamp(2026, 3, 29, 0, 30, 2),
            utc: Timestamp(2026, 3, 29, 0, 30)),
        Reading(
            local: Timestamp(2026, 3, 29, 3), received: Timestamp(2026, 3, 29),
            utc: Timestamp(2026, 3, 29, 1)),
        Reading(
            local: Timestamp(2026, 3, 29, 1, 59, 59), received: Timestamp(2026, 3, 30),
            utc: Timestamp(2026, 3, 29, 0, 59, 59)),
    ])
    func takesTheReadingClosestToReceipt(test: Reading) {
        let utc = Self.central.utc(
            ofLocal: test.local.seconds, closestTo: test.received.seconds)
        #expect(Timestamp(seconds: utc) == test.utc)
    }

    /// Every second around a change, forth and back.
    @Test(arguments: [
        "CET-1CEST,M3.5.0,M10.5.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "EST5EDT",
    ])
    func findsBackToEveryMoment(rule: String) {
        let zone = Self.zone(rule)
        var cursor = ZoneCursor(zone)
        var moment = Timestamp(2026, 1, 1).seconds
        while moment < Timestamp(2027, 2, 1).seconds {
            let local = moment + zone.offset(atUTC: moment)
            #expect(zone.utc(ofLocal: local, closestTo: moment) == moment)
            let readings = zone.readings(ofLocal: local)
            #expect(cursor.readings(ofLocal: local) == readings)
            #expect(cursor.offset(atUTC: moment) == zone.offset(atUTC: moment))
            #expect(readings.earlier == moment || readings.later == moment)
            moment += 599
        }
    }

    @Test func survivesExtremes() {
        for zone in [Self.central, .utc, TimeZone(offsetSeconds: -3600)] {
            for moment in [Int64.min, .min + 1, .max, -1 << 60, 1 << 60] {
                _ = zone.offset(atUTC: moment)
                _ = zone.utc(ofLocal: moment, closestTo: ~moment)
            }
        }
    }
}
