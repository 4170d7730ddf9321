import Core
import Parsers
import TestKit
import Testing

struct ParserLibraryTests {
    private func load(_ parsers: [[(String, String)]]) -> (ParserLibrary, [SettingsProblem]) {
        var problems: [SettingsProblem] = []
        let section = Setting(
            .list(parsers.map(ParserSetting.make)), at: ParserSetting.place(1, 1))
        let library = ParserLibrary.load(from: [section], problems: &problems)
        return (library, problems)
    }

    private static let good = [("name", "p"), ("format", "regex"), ("regex", "(?<a>.)")]

    @Test(arguments: [
        "json", "syslog", "syslog-rfc3164", "syslog-rfc5424", "syslog-rfc3164-local", "routeros",
        "apache", "apache2", "apache_error", "nginx", "k8s-nginx-ingress", "cri", "docker",
        "docker-daemon", "mongodb", "envoy", "istio-envoy-proxy", "kube-custom", "logfmt", "ltsv",
        "csv", "kv", "cef", "leef",
    ])
    func hasStockParsers(_ name: String) {
        #expect(ParserLibrary.stock.hasParser(named: name))
        #expect(ParserLibrary.stock.makeParser(named: name) != nil)
        #expect(ParserLibrary.stock.parserNames.contains(name))
    }

    @Test func knowsNoOthers() {
        #expect(!ParserLibrary.stock.hasParser(named: "nobody"))
        #expect(ParserLibrary.stock.makeParser(named: "nobody") == nil)
    }

    @Test func ownDefinitionsComeFirst() throws {
        let (library, problems) = load([
            [("name", "json"), ("format", "regex"), ("regex", "^(?<own>.*)$")]
        ])
        #expect(problems.isEmpty)
        #expect(library.makeParser(named: "json") is RegexParser)
        #expect(ParserLibrary.stock.makeParser(named: "json") is JSONParser)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var options: [(String, String)]
        var code: ErrorCode
        var line: Int

        init(_ options: [(String, String)], _ code: ErrorCode, line: Int) {
            self.options = options
            self.code = code
            self.line = line
        }

        var testDescription: String { "\(code) for \(options)" }
    }

    @Test(arguments: [
        Mistake([("name", "p")], .missingKey, line: 1),
        Mistake([("format", "json")], .missingKey, line: 1),
        Mistake([("name", "p"), ("format", "regex")], .missingKey, line: 1),
        Mistake(good + [("regexp", "x")], .unknownKey, line: 4),
        Mistake([("name", "p"), ("format", "xml")], .unknownChoice, line: 2),
        Mistake(good + [("decode_field", "json")], .invalidValue, line: 4),
        Mistake(good + [("decode_field", "json a b c")], .invalidValue, line: 4),
        Mistake(good + [("decode_field", "escaped a")], .invalidValue, line: 4),
        Mistake(good + [("Decode_Field_As", "base64 a")], .unknownChoice, line: 4),
        Mistake(good + [("Decode_Field_As", "json a try")], .unknownChoice, line: 4),
        Mistake(good + [("logfmt_no_bare_keys", "on")], .conflictingKeys, line: 4),
        Mistake(good + [("delimiter", ";")], .conflictingKeys, line: 4),
        Mistake(
            [("name", "p"), ("format", "csv"), ("delimiter", ";;")], .invalidValue, line: 3),
        Mistake(
            [("name", "p"), ("format", "csv"), ("delimiter", "\"")], .conflictingKeys, line: 3),
        Mistake(
            [("name", "p"), ("format", "csv"), ("fields", "a b,a")], .duplicateName, line: 3),
        Mistake(
            [("name", "p"), ("format", "csv"), ("fields", "a"), ("keys", "b")], .conflictingKeys,
            line: 4),
        Mistake(
            [("name", "p"), ("format", "kv"), ("key_separator", "")], .invalidValue, line: 3),
        Mistake(
            [("name", "p"), ("format", "kv"), ("key_separator", ";"), ("pair_separator", ";")],
            .conflictingKeys, line: 3),
        Mistake(
            [("name", "p"), ("format", "kv"), ("time_offset", "+0200")], .missingKey, line: 1),
        Mistake(
            [("name", "p"), ("format", "regex"), ("regex", "(?<a>")], .invalidPattern, line: 3),
        Mistake([("name", "p"), ("format", "regex"), ("regex", "(a)")], .invalidPattern, line: 3),
        Mistake(good + [("time_format", "%Y %Q")], .invalidValue, line: 4),
        Mistake(good + [("time_format", "%s"), ("time_offset", "soon")], .invalidValue, line: 5),
        Mistake(
            good + [("time_format", "%s"), ("time_zone", "../Berlin")], .invalidValue,
            line: 5),
        Mistake(good + [("time_offset", "+0200")], .missingKey, line: 1),
        Mistake(
            good + [("time_format", "%s"), ("time_offset", "+01"), ("time_zone", "UTC")],
            .conflictingKeys, line: 6),
        Mistake(
            good + [
                ("time_format", "%s"), ("time_offset", "+01"), ("time_system_timezone", "on"),
            ], .conflictingKeys, line: 6),
        Mistake(good + [("time_system_timezone", "on")], .missingKey, line: 1),
        Mistake(good + [("time_keep", "maybe")], .invalidValue, line: 4),
        Mistake(good + [("types", "a:number")], .unknownChoice, line: 4),
        Mistake(good + [("types", "a")], .invalidValue, line: 4),
        Mistake(
            [("name", "p"), ("format", "json"), ("regex", "(?<a>.)")], .conflictingKeys, line: 3),
    ])
    func reportsMistakes(_ mistake: Mistake) {
        let (_, problems) = load([mistake.options])
        #expect(problems.map(\.code) == [mistake.code])
        #expect(problems.map(\.location.line) == [mistake.line])
    }

    @Test(arguments: [
        ("time_zone", "local"), ("time_zone", "UTC"), ("time_offset", "-03"),
        ("time_system_timezone", "on"), ("time_system_timezone", "off"),
    ])
    func takesZones(key: String, value: String) {
        let (_, problems) = load([Self.good + [("time_format", "%F %T"), (key, value)]])
        #expect(problems.isEmpty)
    }

    @Test func reportsEverythingAtOnce() {
        let (library, problems) = load([
            [("name", "a"), ("format", "regex"), ("regex", "("), ("types", "x"), ("y", "z")],
            [("name", "b"), ("format", "nothing")],
        ])
        #expect(
            problems.map(\.code) == [.unknownKey, .invalidValue, .invalidPattern, .unknownChoice])
        // Who uses them is not reported as well.
        #expect(library.hasParser(named: "a") && library.hasParser(named: "b"))
    }

    @Test func reportsTwoOfOneName() {
        let (_, problems) = load([Self.good, Self.good])
        #expect(problems.map(\.code) == [.duplicateName])
    }

    @Test func refusesWhatIsNoMap() {
        var problems: [SettingsProblem] = []
        let place = ParserSetting.place(3, 1)
        _ = ParserLibrary.load(
            from: [Setting(.scalar("x", isPlain: true), at: place)], problems: &problems)
        #expect(problems.map(\.code) == [.wrongType])
    }
}
