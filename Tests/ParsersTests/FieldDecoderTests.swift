import Core
import Parsers
import Testing

struct FieldDecoderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// `decode_field_as` unless a word in front says otherwise.
        var rules: [String]
        var value: String
        var fields: String

        init(_ rules: [String], _ value: String, _ fields: String) {
            self.rules = rules
            self.value = value
            self.fields = fields
        }

        var testDescription: String { "\(rules) of \(value)" }
    }

    private func parser(_ rules: [String]) throws -> any LineParser {
        // Both kinds in their order: an option given twice is a list.
        let entries =
            [("name", "p"), ("format", "regex"), ("regex", "(?m)^(?<a>.*)$")].map(entry)
            + rules.map { rule in
                rule.hasPrefix("members ")
                    ? entry(("decode_field", String(rule.dropFirst(8))))
                    : entry(("decode_field_as", rule))
            }
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(
            from: [Setting(.map(entries), at: ParserSetting.place(1, 1))], problems: &problems)
        try #require(problems == [])
        return try #require(library.makeParser(named: "p"))
    }

    private func entry(_ option: (String, String)) -> Setting.Entry {
        Setting.Entry(
            key: option.0, keyLocation: ParserSetting.place(1, 1),
            value: Setting(.scalar(option.1, isPlain: true), at: ParserSetting.place(1, 9)))
    }

    @Test(arguments: [
        Case(["json a"], #"{"x":1,"y":[true]}"#, #""a":{"x":1,"y":[true]}"#),
        Case(["json a"], "[1,2]", #""a":[1,2]"#),
        Case(["json a"], #"{\"x\":\"b\"}"#, #""a":{"x":"b"}"#),
        Case(["json a"], #"{"x":"#, #""a":"{\"x\":""#),
        Case(["json a"], "7", #""a":"7""#),
        Case(["json b"], #"{"x":1}"#, #""a":"{\"x\":1}""#),
        Case(["escaped a"], #"a\tb\"c\\d\q"#, #""a":"a\tb\"c\\dq""#),
        Case(["escaped_utf8 a"], #"caf\u00e9 \xc3\xa9 \U0001f98a"#, #""a":"café é 🦊""#),
        Case(["escaped_utf8 a"], #"\ud800 \uzz \x"#, "\"a\":\"\u{fffd} uzz x\""),
        Case(["mysql_quoted a"], #"'it\'s\Z\_'"#, #""a":"it's\u001a\\_""#),
        Case(["mysql_quoted a"], #""a\"b""#, #""a":"a\"b""#),
        Case(["mysql_quoted a"], "plain", #""a":"plain""#),
        Case(["mysql_quoted a"], "'", #""a":"'""#),
        Case(
            ["members json a"], #"{"x":1,"time":2,"a":3}"#,
            #""a":"{\"x\":1,\"time\":2,\"a\":3}","x":1,"time_text":2"#),
        Case(["members json a"], #"{"x":1,"#, #""a":"{\"x\":1,""#),
        // do_next goes on in any case, try_next after a failure.
        Case(["escaped a do_next", "json a"], #"{\"x\":1}"#, #""a":{"x":1}"#),
        Case(["json a try_next", "escaped a"], #"x\ty"#, #""a":"x\ty""#),
        Case(["json a", "escaped a"], #"x\ty"#, #""a":"x\\ty""#),
        Case(["escaped a", "json a"], "{}", #""a":"{}""#),
        Case(["members json a do_next", "json a"], #"{"x":1}"#, #""a":{"x":1},"x":1"#),
    ])
    func decodesFields(_ test: Case) throws {
        let parser = try parser(test.rules)
        let result = ParserRun.parse(parser, test.value)
        #expect(result.0 == ParserRun.received + "," + test.fields + "}")
        ParserRun.survives(parser, damaged: test.value, flips: 100)
    }

    @Test(arguments: ["json", "logfmt", "ltsv"])
    func worksForEveryFormat(_ format: String) throws {
        let parser = try ParserRun.parser([("format", format), ("decode_field_as", "json a")])
        let line = [
            "json": #"{"a":"{\"b\":1}"}"#, "logfmt": #"a="{\"b\":1}""#, "ltsv": #"a:{"b":1}"#,
        ]
        #expect(
            ParserRun.parse(parser, line[format] ?? "").0
                == ParserRun.received + #","a":{"b":1}}"#)
    }

    @Test func takesLists() throws {
        let rules = Setting(
            .list(
                ["escaped a do_next", "json a"].map {
                    Setting(.scalar($0, isPlain: true), at: ParserSetting.place(4, 1))
                }), at: ParserSetting.place(3, 1))
        var setting = [("name", "p"), ("format", "ltsv")].map(entry)
        setting.append(
            Setting.Entry(
                key: "Decode_Field_As", keyLocation: ParserSetting.place(3, 1), value: rules))
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(
            from: [Setting(.map(setting), at: ParserSetting.place(1, 1))], problems: &problems)
        #expect(problems == [])
        let parser = try #require(library.makeParser(named: "p"))
        #expect(
            ParserRun.parse(parser, #"a:{\"b\":1}"#).0 == ParserRun.received + #","a":{"b":1}}"#)
    }
}
