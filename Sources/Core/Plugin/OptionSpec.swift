/// One option of a plugin, declared once: the declaration validates, prints help and feeds the docs.
public struct OptionSpec: Sendable, Equatable {
    /// What values an option takes, and in which unit the plugin sees them.
    public enum Kind: Sendable, Equatable {
        /// Any text.
        case text
        /// `on/off`, `true/false`, `yes/no`.
        case boolean
        /// A whole number within bounds.
        case integer(ClosedRange<Int>)
        /// Bytes: `64k`, `1M` (decimal, as in Fluent Bit), `64KiB`; the plugin gets bytes.
        case size
        /// `5`, `500ms`, `10s`, `5m`, `1h`, `1d`; a bare number is seconds. The plugin gets
        /// nanoseconds.
        case duration
        /// One of these words.
        case choice([String])
        /// `KEY VALUE` separated by the first space.
        case pair
        /// `KEY REGEX`.
        case keyPattern
        /// A record field, as a name or a record accessor `$a['b'][0]`.
        case field
        /// The name of a parser from `parsers` or the stock ones.
        case parser
        /// A file system path; environment already expanded.
        case path
        /// A map with these options.
        case group([OptionSpec])
    }

    public var key: String
    public var kind: Kind
    /// The default as a user would write it; `nil` when there is none.
    public var defaultValue: String?
    public var isRequired: Bool
    /// Whether the option may be given several times or as a list.
    public var isRepeatable: Bool
    /// One sentence for help and the reference.
    public var help: String

    public init(
        _ key: String, _ kind: Kind, default defaultValue: String? = nil, required: Bool = false,
        repeatable: Bool = false, help: String
    ) {
        self.key = key
        self.kind = kind
        self.defaultValue = defaultValue
        self.isRequired = required
        self.isRepeatable = repeatable
        self.help = help
    }
}

extension OptionSpec {
    /// The option and, behind it, those of a map as `exporters.address`: the rows of a reference.
    public var rows: [OptionSpec] {
        guard case .group(let members) = kind else { return [self] }
        return [self]
            + members.flatMap(\.rows).map { member in
                var row = member
                row.key = key + "." + member.key
                return row
            }
    }

    /// What is wrong with a text that `OptionValue.parse` refused for this option.
    public func problem(with text: String, at location: SourceLocation) -> SettingsProblem {
        switch kind {
        case .integer(let bounds) where Int(text) != nil:
            SettingsProblem(
                .outOfRange, at: location,
                "'\(key)' is \(text), outside \(bounds.lowerBound)-\(bounds.upperBound)")
        case .choice(let words):
            SettingsProblem(
                .unknownChoice, at: location, "'\(key)' is '\(text)', not \(kind.summary)",
                hint: Suggestion.hint(for: text, among: words))
        default:
            SettingsProblem(
                .invalidValue, at: location, "'\(key)' is '\(text)', which is no \(kind.summary)",
                hint: kind.example.map { "for example \($0)" })
        }
    }
}

extension OptionSpec.Kind {
    /// Values of kinds whose name does not show their form.
    var example: String? {
        switch self {
        case .boolean: "on or off"
        case .size: "64K, 10M or 1G"
        case .duration: "500ms, 5s or 1m"
        default: nil
        }
    }

    /// The type as help prints it: `size`, `integer 1-65535`, `one of udp, tcp`.
    public var summary: String {
        switch self {
        case .text: "text"
        case .boolean: "boolean"
        case .integer(let bounds):
            bounds.upperBound == .max
                ? "integer from \(bounds.lowerBound)"
                : "integer \(bounds.lowerBound)-\(bounds.upperBound)"
        case .size: "size"
        case .duration: "time"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .pair: "KEY VALUE"
        case .keyPattern: "KEY REGEX"
        case .field: "field"
        case .parser: "parser name"
        case .path: "path"
        case .group: "map"
        }
    }
}
