import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct ZoneFileTests {
    private func read(_ bytes: [UInt8]) throws(ZoneFile.Failure) -> TimeZone {
        TimeZone(
            try bytes.withBytes { bytes throws(ZoneFile.Failure) in try ZoneFile(bytes) }.table)
    }

    private func failure(_ bytes: [UInt8]) -> ZoneFile.Failure? {
        do {
            _ = try read(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (-5_000_000_000, 3208), (323_830_799, 3208), (323_830_800, 7200), (338_950_799, 7200),
            (338_950_800, 3600), (370_400_400, 3600),
            // The rule: 2026-03-29 01:00 and 2026-10-25 01:00 UTC; far behind what is worked out ahead.
            (1_774_745_999, 3600), (1_774_746_000, 7200), (1_792_889_999, 7200),
            (1_792_890_000, 3600), (16_730_000_000, 3600), (16_745_000_000, 7200),
        ] as [(Int64, Int64)])
    func followsTransitionsAndThenTheRule(utc: Int64, offset: Int64) throws {
        #expect(try read(ZoneFileWriter.central.bytes()).offset(atUTC: utc) == offset)
    }

    @Test func readsVersion1() throws {
        var writer = ZoneFileWriter.central
        writer.version = 0
        let zone = try read(writer.bytes())
        #expect(zone.offset(atUTC: 323_830_800) == 7200)
        // There is no rule: the last offset stays.
        #expect(zone.offset(atUTC: 1_780_000_000) == 3600)
    }

    @Test(arguments: [UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "4")])
    func readsNewerVersions(version: UInt8) throws {
        var writer = ZoneFileWriter.central
        writer.version = version
        #expect(try read(writer.bytes()).offset(atUTC: 1_780_000_000) == 7200)
    }

    @Test func aRuleAloneHoldsAlways() throws {
        let zone = try read(
            ZoneFileWriter(types: [(-10_800, false)], footer: "<-03>3").bytes())
        #expect(zone.offset(atUTC: 0) == -10_800)
        #expect(zone.interval(at: 0) == .always(-10_800))
    }

    @Test func anEmptyRuleKeepsTheLastOffset() throws {
        var writer = ZoneFileWriter.central
        writer.footer = ""
        #expect(try read(writer.bytes()).offset(atUTC: 1_780_000_000) == 3600)
    }

    // MARK: Damage

    @Test func refusesWhatContradictsTheFormat() {
        let good = ZoneFileWriter.central.bytes()
        func changed(_ change: (inout ZoneFileWriter) -> Void) -> [UInt8] {
            var writer = ZoneFileWriter.central
            change(&writer)
            return writer.bytes()
        }
        let cases: [(String, [UInt8], String)] = [
            ("magic", Array("TZjf".utf8) + good.dropFirst(4), "begin with 'TZif'"),
            ("text", Array(repeating: 0x41, count: 100), "begin with 'TZif'"),
            ("version", changed { $0.version = 0x41 }, "version"),
            (
                "no types",
                changed {
                    $0.types = []; $0.transitions = []
                }, "no local time"
            ),
            ("leap seconds", changed { $0.leapSeconds = 1 }, "leap seconds"),
            ("offset", changed { $0.types[1].offset = 100_000 }, "offset beyond"),
            ("order", changed { $0.transitions.swapAt(0, 1) }, "out of order"),
            ("twice", changed { $0.transitions[1].at = $0.transitions[0].at }, "out of order"),
            ("type", changed { $0.transitions[1].type = 3 }, "names no local time"),
            ("rule", changed { $0.footer = "CET-1CEST,M13.5.0,M10.5.0/3" }, "POSIX TZ"),
            ("rule's end", Array(good.dropLast()), "ends too early"),
        ]
        for (name, bytes, reason) in cases {
            #expect(failure(bytes)?.reason.contains(reason) == true, "\(name)")
        }
    }

    @Test func refusesEveryTruncation() {
        for version: UInt8 in [0, 0x32] {
            var writer = ZoneFileWriter.central
            writer.version = version
            for bytes in Damage.truncations(of: writer.bytes()) {
                #expect(failure(bytes)?.offset ?? -1 >= 0)
            }
        }
    }

    /// What is still a zone after bits fell over answers any question.
    @Test func survivesFlippedBits() {
        for version: UInt8 in [0, 0x32] {
            var writer = ZoneFileWriter.central
            writer.version = version
            let whole = writer.bytes()
            // The second header, the last transitions and the rule as well.
            for bytes in Damage.flips(of: whole, count: 4000, seed: UInt64(version)) {
                guard let zone = try? read(bytes) else { continue }
                for moment in [
                    Int64.min, -1 << 50, -1, 0, 354_675_600, 1_792_890_000, 1 << 62, .max,
                ] {
                    let interval = zone.interval(at: moment)
                    #expect(interval.start < interval.end)
                    _ = zone.utc(ofLocal: moment, closestTo: 0)
                    var cursor = ZoneCursor(zone)
                    _ = cursor.readings(ofLocal: moment)
                    _ = cursor.offset(atUTC: moment)
                }
            }
        }
    }
}
