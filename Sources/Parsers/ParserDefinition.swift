public import Core
import Patterns

/// A parser as a configuration describes it, checked and compiled once for all threads.
public struct ParserDefinition: Sendable {
    public let name: String
    private let format: Format
    private let time: TimeRule
    private let types: [String: FieldType]
    private let skipsEmptyValues: Bool
    private let isTimeStrict: Bool

    private enum Format: Sendable {
        case regex(Pattern)
        case json
    }

    /// What an entry of `parsers` may say; the single declaration for reading, help and reference.
    public static let options: [OptionSpec] = [
        OptionSpec("name", .text, required: true, help: "What `parser:` options call it"),
        OptionSpec("format", .choice(["regex", "json"]), required: true, help: "How lines look"),
        OptionSpec("regex", .text, help: "The pattern; its named groups become fields"),
        OptionSpec("time_key", .text, default: "time", help: "The field that holds the time"),
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
        OptionSpec("types", .text, help: "Types of captures: `code:integer size:integer`"),
        OptionSpec(
            "skip_empty_values", .boolean, default: "on", help: "Leave empty captures out"),
    ]

    /// Options of Fluent Bit that are known and not there yet.
    static let absentOptions = ["decode_field", "decode_field_as", "logfmt_no_bare_keys"]
    static let absentFormats = ["ltsv", "logfmt"]

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

    init(
        name: String, pattern: Pattern?, time: TimeRule, types: [String: FieldType] = [:],
        skipsEmptyValues: Bool = true, isTimeStrict: Bool = true
    ) {
        self.name = name
        format = pattern.map { .regex($0) } ?? .json
        self.time = time
        self.types = types
        self.skipsEmptyValues = skipsEmptyValues
        self.isTimeStrict = isTimeStrict
    }

    /// A parser for the calling thread.
    public func makeParser() -> any LineParser {
        let reportsBadTime = isTimeStrict && time.format != nil
        switch format {
        case .regex(let pattern):
            return RegexParser(
                pattern: pattern, time: time, types: types, skipsEmptyValues: skipsEmptyValues,
                reportsBadTime: reportsBadTime)
        case .json:
            return JSONParser(time: time, reportsBadTime: reportsBadTime)
        }
    }
}
