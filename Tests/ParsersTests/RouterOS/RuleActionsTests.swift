import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct RuleActionsTests {
    func action(_ prefix: String, _ actions: RuleActions) -> String? {
        var buffer = ByteBuffer()
        let isThere = Array(prefix.utf8).withBytes { actions.append(for: $0, to: &buffer) }
        return isThere ? buffer.bytes.makeString() : nil
    }

    @Test(arguments: [
        ("D|x|", "drop"), ("A|", "accept"), ("R|x", "reject"), ("L|", "log"), ("N|cgn|", "nat"),
        ("M|q|", "mangle"), ("X|x|", nil), ("d|x|", nil), ("DROP invalid", "drop"),
        ("raindrop", nil), ("dropped", nil), ("fw-accept-all", "accept"), ("in_reject", "reject"),
        ("reject, then drop", "reject"), ("D", nil), ("", nil),
    ])
    func knowsUsualPrefixes(prefix: String, expected: String?) {
        #expect(action(prefix, .stock) == expected)
    }

    @Test(arguments: [
        ("T|scan|", "tarpit"), ("scanner: T|", nil), ("BLOCKED by list", "drop"),
        ("unblocked", nil), ("D|x|", "discard"), ("A|x|", nil), ("to accept", "accept"),
        ("drop-input: x", "drop_in"), ("drop-inputs", "drop"), ("a=b|", "log"),
        ("log drop", "logged"),
    ])
    func triesOwnEntriesFirst(prefix: String, expected: String?) throws {
        let actions = try #require(
            RuleActions([
                "T|=tarpit", "word blocked=drop", "D|=discard", "A|=", "word drop-input=drop_in",
                "a=b|=log", "word log=logged",
            ]))
        #expect(action(prefix, actions) == expected)
    }

    @Test func refusesOtherEntriesWithPlaceAndHint() throws {
        let info = PluginInfo(
            kind: .input, name: "test", summary: "Takes actions.", options: [RuleActions.option])
        let bad = ["T|", "=drop", "word =drop", "T|=a b"]
        let settings = try PluginSettings(
            testing: info, (["T|=tarpit"] + bad).map { (RuleActions.option.key, $0) })
        var problems: [SettingsProblem] = []
        let actions = RuleActions(settings, problems: &problems)
        #expect(problems.map(\.code) == bad.map { _ in .invalidValue })
        #expect(problems.map(\.location.line) == [2, 3, 4, 5])
        #expect(problems.allSatisfy { $0.hint != nil })
        #expect(action("T|x", actions) == "tarpit")
        #expect(RuleActions(["D|"]) == nil)
    }

    @Test func tellsTheActionInRecords() throws {
        let parser = RouterOSParser(actions: try #require(RuleActions(["T|=tarpit"])))
        let line = "firewall,info T|x| input: in:a out:b, proto UDP, 10.0.0.1:1->10.0.0.2:2, len 9"
        #expect(
            RouterOSParserTests().read(Array(line.utf8), parser: parser)["action"] == "tarpit")
    }
}
