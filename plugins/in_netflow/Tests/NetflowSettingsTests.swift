import Core
import Testing

@testable import InNetflow

private struct NoParsers: ParserDirectory {
    var parserNames: [String] { [] }
    func hasParser(named name: String) -> Bool { false }
    func makeParser(named name: String) -> (any LineParser)? { nil }
}

/// A list of maps as a file has it; each value stands in a line of its own.
private func list(_ key: String, _ maps: [[(String, String)]]) -> [Setting.Entry] {
    var line = 1
    func place() -> Core.SourceLocation {
        line += 1
        return Core.SourceLocation(file: "test.yaml", line: line, column: 7)
    }
    let items = maps.map { map in
        Setting(
            .map(
                map.map { key, value in
                    let place = place()
                    return Setting.Entry(
                        key: key, keyLocation: place,
                        value: Setting(.scalar(value, isPlain: true), at: place))
                }), at: place())
    }
    return [
        Setting.Entry(key: key, keyLocation: place(), value: Setting(.list(items), at: place()))
    ]
}

private func settings(_ entries: [Setting.Entry]) throws -> NetflowDecoder.Options {
    var problems: [SettingsProblem] = []
    let read = PluginSettings(
        info: NetflowSettings.info, instanceName: "netflow.0",
        location: Core.SourceLocation(file: "test.yaml", line: 1, column: 1), entries: entries,
        parsers: NoParsers(), problems: &problems)
    if !problems.isEmpty { throw SettingsError(problems) }
    return try NetflowSettings(read).decoder
}

@Suite struct NetflowSettingsTests {
    // MARK: Exporters

    @Test func readsSettingsOfExporters() throws {
        let options = try settings(
            list(
                "exporters",
                [
                    [
                        ("address", "192.0.2.1"), ("name", "edge-1"), ("sampling", "1000"),
                        ("time_zone", "+02:00"), ("template_scope", "address_port"),
                    ],
                    [("address", "10.0.0.0/8"), ("default_sampling", "50")],
                ])
                + [
                    Setting.Entry(
                        key: "sampling_default", keyLocation: .init(file: "t", line: 1, column: 1),
                        value: Setting(
                            .scalar("7", isPlain: true), at: .init(file: "t", line: 1, column: 1)))
                ])
        let profiles = options.exporters
        let edge = profiles.profile(of: IPAddress(v4: 0xc000_0201))
        #expect(
            edge
                == ExporterProfile(
                    name: Array("edge-1".utf8), sampling: 1000, defaultSampling: 7,
                    clockOffset: 7200, separatesPorts: true))
        #expect(
            profiles.profile(of: IPAddress(v4: 0x0a00_0001))
                == ExporterProfile(defaultSampling: 50))
        #expect(profiles.profile(of: .loopback) == ExporterProfile(defaultSampling: 7))
        #expect(profiles.separatesPorts)
    }

    @Test(arguments: [
        ("UTC", Int32(0)), ("Z", 0), ("+02:00", 7200), ("-0330", -12600), ("+1400", 50400),
    ])
    func readsOffsets(text: String, seconds: Int32) {
        #expect(ExporterSettings.clockOffset(text) == seconds)
    }

    @Test(arguments: ["", "2", "+2", "+02", "02:00", "+15:00", "+02:60", "+0x:00", "Europe/Riga"])
    func refusesOtherZones(text: String) {
        #expect(ExporterSettings.clockOffset(text) == nil)
    }

    @Test(
        arguments: [
            ([("address", "router")], [2]),
            ([("address", "192.0.2.0/40"), ("time_zone", "CET")], [2, 3]),
            ([("address", "::1"), ("name", String(repeating: "x", count: 65))], [3]),
            ([("address", "::1"), ("sampling", "0")], [3]),
            ([("address", "::1"), ("template_scope", "port")], [3]),
            ([("address", "::1"), ("sampler", "1")], [3]),
            ([("name", "x")], [3]),
        ] as [([(String, String)], [Int])])
    func saysWhichExporterIsWrong(map: [(String, String)], lines: [Int]) {
        let error = #expect(throws: SettingsError.self) {
            _ = try settings(list("exporters", [map]))
        }
        #expect(error?.problems.map(\.location.line).sorted() == lines)
    }

    @Test func refusesANetworkThatIsThereTwice() {
        let error = #expect(throws: SettingsError.self) {
            _ = try settings(
                list("exporters", [[("address", "10.0.0.0/8")], [("address", "10.1.2.3/8")]]))
        }
        #expect(error?.problems.map(\.location.line) == [4])
    }

    // MARK: Elements

    @Test func readsDefinitionsOfElements() throws {
        let options = try settings(
            list(
                "elements",
                [
                    [("id", "500"), ("name", "site"), ("type", "string")],
                    [
                        ("id", "12345"), ("enterprise", "9"), ("name", "hops"),
                        ("type", "unsigned8"),
                    ],
                    [("id", "7"), ("enterprise", "99999"), ("name", "mood"), ("type", "float32")],
                    [("id", "60000"), ("name", "rack"), ("type", "ipv4Address")],
                ]))
        #expect(
            options.shapes.defined == [
                500: Element(name: "site", encoding: .paddedText),
                ElementKey(enterprise: 9, 12345): Element(name: "cisco.hops", encoding: .unsigned),
                ElementKey(enterprise: 99999, 7): Element(name: "mood", encoding: .float),
                60000: Element(name: "rack", encoding: .address),
            ])
    }

    @Test func readsRecordsByTheUsersDefinitions() throws {
        let options = try settings(
            list(
                "elements",
                [
                    [("id", "500"), ("name", "site"), ("type", "string")],
                    [("id", "7"), ("enterprise", "99999"), ("name", "mood"), ("type", "signed8")],
                    [("id", "60000"), ("name", "rack"), ("type", "ipv4Address")],
                    // An element that the registry knows otherwise.
                    [("id", "33"), ("name", "igmp"), ("type", "octetArray")],
                ]))
        let bench = FlowBench(options)
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(
                    256,
                    [TestField(500, 2), TestField(7, 1, enterprise: 99_999), TestField(33, 1)]),
                .data(256, [0x68, 0x69, 0xff, 0x16]),
                .ipfixTemplate(257, [TestField(291, 65_535)]),
                // A basicList of two of the user's texts.
                .data(257, [9, 3, 1, 0xf4, 0, 2, 0x61, 0x62, 0x63, 0x64]),
            ]))
        bench.feed(
            TestMessage.v9([
                .v9Template(256, [TestField(60_000, 4)]), .data(256, [10, 0, 0, 1]),
            ]))
        #expect(bench.records[0]["ie.site"] == "hi")
        #expect(bench.records[0]["ie.mood"] == "-1")
        #expect(bench.records[0]["ie.igmp"] == "16")
        #expect(
            bench.records[1]["ie.basicList"] == "{semantic:allOf,element:site,values:[ab,cd]}")
        #expect(bench.records[2]["ie.rack"] == "10.0.0.1")
    }

    @Test(
        arguments: [
            ([("id", "0"), ("name", "x"), ("type", "string")], [2]),
            ([("id", "40000"), ("enterprise", "9"), ("name", "x"), ("type", "string")], [2]),
            ([("id", "291"), ("name", "x"), ("type", "string")], [2]),
            ([("id", "500"), ("name", "a b"), ("type", "string")], [3]),
            ([("id", "500"), ("name", "x"), ("type", "text")], [4]),
            ([("id", "500"), ("type", "string")], [4]),
        ] as [([(String, String)], [Int])])
    func saysWhichDefinitionIsWrong(map: [(String, String)], lines: [Int]) {
        let error = #expect(throws: SettingsError.self) {
            _ = try settings(list("elements", [map]))
        }
        #expect(error?.problems.map(\.location.line) == lines)
    }

    @Test func refusesElementsAndNamesThatAreThereTwice() {
        let error = #expect(throws: SettingsError.self) {
            _ = try settings(
                list(
                    "elements",
                    [
                        [("id", "500"), ("name", "x"), ("type", "string")],
                        [("id", "500"), ("name", "y"), ("type", "string")],
                        [("id", "501"), ("name", "y"), ("type", "string")],
                    ]))
        }
        #expect(error?.problems.map(\.location.line) == [6, 11])
    }
}
