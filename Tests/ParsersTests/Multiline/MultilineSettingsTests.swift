import Core
import Parsers
import Testing

@Suite struct MultilineSettingsTests {
    private let place = ParserSetting.place(1, 1)

    private func section(
        _ options: [(String, String)], rules: [[(String, String)]]
    ) -> Setting {
        var parser = ParserSetting.make(options)
        if case .map(var entries) = parser.content {
            let list = Setting(.list(rules.map(ParserSetting.make)), at: place)
            if !rules.isEmpty {
                entries.append(Setting.Entry(key: "rules", keyLocation: place, value: list))
            }
            parser = Setting(.map(entries), at: place)
        }
        return Setting(.list([parser]), at: place)
    }

    private static let rules = [
        [("state", "start_state"), ("regex", #"/^\d{4}-/"#), ("next_state", "rest")],
        [("state", "rest"), ("regex", #"/^\s/"#), ("next_state", "rest")],
    ]

    @Test(arguments: [
        (nil, 4_000_000_000), ("500", 500_000_000), ("2s", 2_000_000_000),
    ])
    func readsRules(timeout: String?, expected: Int64) throws {
        var options = [("name", "mine"), ("type", "regex")]
        if let timeout { options.append(("flush_timeout", timeout)) }
        var library = ParserLibrary.stock
        var problems: [SettingsProblem] = []
        library.addMultiline(
            from: [section(options, rules: Self.rules)], problems: &problems)
        #expect(problems.isEmpty)
        #expect(library.multilineNames == ["go", "java", "mine", "python", "ruby"])
        let rules = try #require(library.multilineRules(named: "mine"))
        #expect(rules.flushTimeout == expected)
        let joiner = MultilineJoiner(MultilineMatcher(rules), limit: 100)
        var groups: [String] = []
        for line in ["2024-1 a", " b", " c", "x", "2025-2 d"] {
            Array(line.utf8).withBytes { bytes in
                joiner.add(bytes, at: 0) { group, _ in groups.append(group.makeString()) }
            }
        }
        joiner.flush { group, _ in groups.append(group.makeString()) }
        #expect(groups == ["2024-1 a\n b\n c", "x", "2025-2 d"])
    }

    @Test(arguments: [
        // The next states of two rules; what is said of the one that is none.
        (["rest", "rest"], nil),
        (["rest", "start_state"], nil),
        (["rest", "ret"], "no rule is of the state 'ret' (did you mean 'rest'?)"),
        (["nowhere", "rest"], "no rule is of the state 'nowhere' (there are start_state, rest)"),
    ])
    func knowsEveryNextState(next: [String], message: String?) {
        let rules = zip(["start_state", "rest"], next).map {
            [("state", $0), ("regex", "x"), ("next_state", $1)]
        }
        var library = ParserLibrary.stock
        var problems: [SettingsProblem] = []
        library.addMultiline(from: [section([("name", "a")], rules: rules)], problems: &problems)
        let said = problems.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
        #expect(said == (message.map { [$0] } ?? []))
    }

    @Test(arguments: [
        ([("type", "regex")], rules, ErrorCode.missingKey),
        ([("name", "a"), ("type", "endswith")], rules, .notSupportedYet),
        ([("name", "a"), ("type", "equal")], [], .notSupportedYet),
        ([("name", "a"), ("type", "regexp")], rules, .unknownChoice),
        ([("name", "a"), ("negate", "on")], rules, .notSupportedYet),
        ([("name", "a"), ("key_content", "log")], rules, .notSupportedYet),
        ([("name", "a"), ("parser", "json")], rules, .notSupportedYet),
        ([("name", "a"), ("flush_ms", "5")], rules, .unknownKey),
        ([("name", "a"), ("rulez", "on")], rules, .unknownKey),
        ([("name", "a"), ("flush_timeout", "soon")], rules, .invalidValue),
        ([("name", "a")], [], .missingKey),
        ([("name", "a")], [rules[1]], .missingKey),
        ([("name", "a")], [[("state", "start_state"), ("regex", "x")]], .missingKey),
        (
            [("name", "a")], [[("state", "start_state"), ("regex", "("), ("next_state", "b")]],
            .invalidPattern
        ),
    ])
    func reportsMistakes(
        options: [(String, String)], rules: [[(String, String)]], code: ErrorCode
    ) {
        var library = ParserLibrary.stock
        var problems: [SettingsProblem] = []
        library.addMultiline(from: [section(options, rules: rules)], problems: &problems)
        #expect(problems.map(\.code) == [code])
        // Its users are not reported too.
        let name = options.first { $0.0 == "name" }?.1
        #expect(name.map { library.multilineRules(named: $0) != nil } ?? true)
    }
}
