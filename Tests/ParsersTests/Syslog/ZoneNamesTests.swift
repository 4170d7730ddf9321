import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct ZoneNamesTests {
    private static let info = PluginInfo(
        kind: .input, name: "test", summary: "", options: [ZoneNames.option])

    private func names(_ entries: [String]) -> (ZoneNames, [SettingsProblem]) {
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: Self.info, instanceName: "test.0", location: ParserSetting.place(1, 1),
            entries: ParserSetting.make(entries.map { ("zone_names", $0) }).entries ?? [],
            parsers: ParserLibrary.stock, problems: &problems)
        return (ZoneNames(settings, problems: &problems), problems)
    }

    private func offset(_ names: ZoneNames, _ text: String) -> Int64? {
        Array(text.utf8).withBytes { names.read($0, at: 0)?.zone.offset(atUTC: 0) }
    }

    @Test(
        arguments: [
            ("CEST host t: m", 7200), ("UTC: %X", 0), ("GMT tag: m", 0), ("NZDT: x", 46_800),
            ("CST host t: m", nil), ("IST host t: m", nil), ("BST host t: m", nil),
            ("EST host t: m", nil), ("PST host t: m", nil), ("cest host t: m", nil), ("CEST", nil),
            ("WEST system,info x", nil), ("WEST 2001:db8::1 t: m", 3600), ("WEST t(1): m", nil),
            ("CEST  t: m", nil), ("CEST a", nil), ("UTC a", 0), ("CEST[1]: x", nil), ("", nil),
            ("ABCDEFGHIJKL h t", nil),
        ] as [(String, Int64?)])
    func knowsUnambiguousNames(text: String, offset: Int64?) {
        #expect(self.offset(.stock, text) == offset)
    }

    @Test func ownNamesGoFirst() {
        let (names, problems) = names(["IST=+05:30", "CST=-0600", "CET=+05:00", "WESTERN=-08:00"])
        #expect(problems.isEmpty)
        #expect(offset(names, "IST host t: m") == 19_800)
        #expect(offset(names, "CST: x") == -21_600)
        #expect(offset(names, "CET host t: m") == 18_000)
        // Who configures a name has no host that is called so.
        #expect(offset(names, "IST tag: m") == 19_800)
        #expect(offset(names, "WESTERN host t: m") == -28_800)
        #expect(offset(names, "CEST host t: m") == 7200)
    }

    @Test(arguments: [
        "IST", "ist=+05:30", "I=+05:30", "IST9=+05:30", "ABCDEFGHI=+01:00", "IST=..", "=+01:00",
    ])
    func refusesOthersWithPlaceAndHint(entry: String) {
        let (_, problems) = names(["CST=-06:00", entry])
        #expect(problems.map(\.code) == [.invalidValue])
        #expect(problems.map(\.location.line) == [2])
        #expect(problems.first?.hint != nil)
    }

    @Test func changesTheTimeOfMessages() {
        let parser = SyslogParser(zoneNames: names(["IST=+05:30"]).0)
        let reader = SyslogParserTests()
        let own = reader.read("<13>Oct 11 22:14:15 IST host app: text", parser: parser)
        #expect(own["time"] == "2026-10-11T16:44:15")
        #expect(own["hostname"] == "host")
        let stock = reader.read("<13>Oct 11 22:14:15 IST host app: text")
        #expect(stock["time"] == "2026-10-11T22:14:15")
        #expect(stock["hostname"] == "IST")
        // An unknown name in front of Cisco's colon is left out, the time is the configured zone's.
        let cisco = reader.read("<13>Oct 11 22:14:15 IST: %SYS-5-X: text")
        #expect(cisco["time"] == "2026-10-11T22:14:15")
        #expect(cisco["app_name"] == "%SYS-5-X")
    }

    /// Seconds since 1970 without a fraction count behind PRI and version only.
    @Test(arguments: [
        ("<134>1 1791757255.774 name events", "2026-10-11T22:20:55.774000000"),
        ("<134>1 1791757255 name events", "2026-10-11T22:20:55"),
        ("<134>1791757255.774 name events", "2026-10-11T22:20:55.774000000"),
        ("<134>1791757255 name events", nil), ("1 1791757255 name events", nil),
    ])
    func readsSecondsSince1970(line: String, expected: String?) {
        let record = SyslogParserTests().read(line)
        #expect(record["parse_status"] == (expected == nil ? "raw" : nil))
        #expect(record["time"] == expected ?? "2026-10-12T00:00:00")
    }
}
