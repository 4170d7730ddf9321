public import Core
import Patterns

/// A parser as a configuration describes it, checked and compiled once for all threads.
public struct ParserDefinition: Sendable {
    public let name: String
    private let format: Format
    private let rules: FieldRules

    enum Format: Sendable {
        case regex(Pattern)
        case json
        case pairs(PairFormat)
    }

    /// What an entry of `parsers` may say; the single declaration for reading, help and reference.
    public static let options: [OptionSpec] = [
        OptionSpec("name", .text, required: true, help: "What `parser:` options call it"),
        OptionSpec("format", .choice(formats), required: true, help: "How lines look"),
        OptionSpec("regex", .text, help: "The pattern; its named groups become fields"),
        OptionSpec(
            "time_key", .text,
            help: "The field that holds the time, or several to be joined: `date time`; by default "
                + "`time`, `rt` for cef, `devTime` for leef"),
        OptionSpec(
            "time_format", .text, help: "How the time is written; RFC 3339 when not given"),
        OptionSpec("time_keep", .boolean, default: "off", help: "Keep the time's text as well"),
        OptionSpec(
            "time_strict", .boolean, default: "on",
            help: "Report times that do not follow time_format exactly"),
        OptionSpec("time_offset", .text, help: "Zone of times that name none: +0200"),
        OptionSpec(
            "time_zone", .text, help: "The same by name: `Europe/Berlin`, `UTC`, `local`"),
        OptionSpec(
            "time_system_timezone", .boolean, default: "off",
            help: "Take the machine's zone for times that name none"),
        OptionSpec("types", .text, help: "Types of fields: `code:integer size:integer`"),
        OptionSpec(
            "skip_empty_values", .boolean, default: "on",
            help: "Leave empty values out; json keeps them"),
        OptionSpec(
            "decode_field", .text, repeatable: true,
            help: "`json FIELD`: the members of the object in this field become fields as well"),
        OptionSpec(
            "decode_field_as", .text, repeatable: true,
            help:
                "`CODING FIELD`: decode the field's text; CODING is json, escaped, escaped_utf8 or "
                + "mysql_quoted; `do_next` or `try_next` behind it goes on to the field's next one"),
        OptionSpec(
            "logfmt_no_bare_keys", .boolean, default: "off",
            help: "logfmt: refuse lines with a key without `=`"),
        OptionSpec(
            "fields", .text, repeatable: true,
            help: "csv: names of the fields in their order; without it column1, column2"),
        OptionSpec("keys", .text, repeatable: true, help: "csv: the same as fields"),
        OptionSpec(
            "delimiter", .text, help: "csv: the character between fields, also `\\t`; default comma"
        ),
        OptionSpec("quote", .text, help: "csv: the character around fields; default `\"`"),
        OptionSpec(
            "pair_separator", .text, help: "kv: what stands between pairs; by default blanks"),
        OptionSpec("key_separator", .text, help: "kv: what stands behind keys; by default `=`"),
        OptionSpec("quotes", .text, help: "kv: characters around values; default `\"`"),
        OptionSpec(
            "unquoted_spaces", .boolean, default: "off",
            help: "kv: let unquoted values hold blanks, up to the next ` key=`"),
    ]

    static let formats = ["regex", "json", "logfmt", "ltsv", "csv", "kv", "cef", "leef"]
    /// Options that one format alone understands.
    static let optionsOfFormats = [
        "regex": "regex", "logfmt_no_bare_keys": "logfmt", "fields": "csv", "keys": "csv",
        "delimiter": "csv", "quote": "csv", "pair_separator": "kv", "key_separator": "kv",
        "quotes": "kv", "unquoted_spaces": "kv",
    ]

    /// Reads one entry of `parsers`; every problem is appended to `problems`.
    ///
    /// - Returns: `nil` when the entry makes no parser.
    public static func read(
        _ setting: Setting, problems: inout [SettingsProblem]
    ) -> ParserDefinition? {
        var reader = ParserSettings(setting)
        let definition = reader.read()
        problems += reader.problems
        return reader.problems.isEmpty ? definition : nil
    }

    init(name: String, format: Format, rules: FieldRules) {
        self.name = name
        self.format = format
        self.rules = rules
    }

    /// A parser for the calling thread.
    public func makeParser() -> any LineParser {
        switch format {
        case .regex(let pattern): RegexParser(pattern: pattern, rules: rules)
        case .json: JSONParser(rules: rules)
        case .pairs(let format): PairParser(format, rules: rules)
        }
    }
}
