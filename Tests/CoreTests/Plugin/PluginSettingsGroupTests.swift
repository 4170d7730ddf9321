import Core
import Testing
import TestKit

/// Options whose values are maps.
@Suite struct PluginSettingsGroupTests {
    private static let info = PluginInfo(
        kind: .input, name: "sample", summary: "",
        options: [
            OptionSpec(
                "exporters",
                .group([
                    OptionSpec("address", .text, required: true, help: ""),
                    OptionSpec("sampling", .integer(1...100), default: "1", help: ""),
                ]), repeatable: true, help: "Settings."),
            OptionSpec("only", .group([OptionSpec("x", .text, help: "")]), help: ""),
        ])

    private static func map(_ entries: [(String, String)], line: Int) -> Setting {
        let place = SourceLocation(file: "test.yaml", line: line, column: 5)
        return Setting(
            .map(
                entries.map {
                    Setting.Entry(
                        key: $0, keyLocation: place,
                        value: Setting(.scalar($1, isPlain: true), at: place))
                }), at: place)
    }

    private static func read(
        _ key: String, _ value: Setting
    ) -> (settings: PluginSettings, problems: [String]) {
        let place = SourceLocation(file: "test.yaml", line: 1, column: 1)
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: info, instanceName: "sample.0", location: place,
            entries: [Setting.Entry(key: key, keyLocation: place, value: value)],
            parsers: NoParsers(), problems: &problems)
        return (settings, problems.map(\.description))
    }

    @Test func readsEachMapAgainstItsOptions() {
        let list = Setting(
            .list([
                Self.map([("address", "192.0.2.1")], line: 2),
                Self.map([("address", "192.0.2.2"), ("sampling", "7")], line: 3),
            ]), at: SourceLocation(file: "test.yaml", line: 1, column: 1))
        let (settings, problems) = Self.read("exporters", list)
        #expect(problems == [])
        let groups = settings.groups("exporters")
        #expect(groups.map { $0.text("address") } == ["192.0.2.1", "192.0.2.2"])
        #expect(groups.map { $0.integer("sampling") } == [1, 7])
        #expect(groups.map(\.location.line) == [2, 3])
    }

    @Test(arguments: [
        ([("address", "a"), ("samplin", "5")], "'exporters' has no option 'samplin'"),
        ([("sampling", "5")], "'exporters' needs 'address'"),
        ([("address", "a"), ("sampling", "101")], "'sampling' is 101, outside 1-100"),
    ])
    func saysWhatIsWrongInsideAMap(entries: [(String, String)], message: String) {
        let (_, problems) = Self.read("exporters", Self.map(entries, line: 4))
        #expect(problems.count == 1)
        #expect(problems.first?.contains("test.yaml:4:5") == true)
        #expect(problems.first?.contains(message) == true)
    }

    @Test func wantsAMap() {
        let place = SourceLocation(file: "test.yaml", line: 1, column: 12)
        let (_, problems) = Self.read("exporters", Setting(.scalar("x", isPlain: true), at: place))
        #expect(
            problems.first?.contains("wants maps with 'address', 'sampling', not a text") == true)
    }

    @Test func refusesASecondMapOfAnOptionThatTakesOne() {
        let list = Setting(
            .list([Self.map([("x", "1")], line: 2), Self.map([("x", "2")], line: 3)]),
            at: SourceLocation(file: "test.yaml", line: 1, column: 1))
        #expect(Self.read("only", list).problems.first?.contains("takes one value only") == true)
    }

    @Test func givesRowsForTheReference() {
        #expect(
            Self.info.options.flatMap(\.rows).map(\.key)
                == ["exporters", "exporters.address", "exporters.sampling", "only", "only.x"])
    }
}
