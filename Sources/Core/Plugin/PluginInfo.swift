/// What a plugin is: its name, what it does, and every option it takes.
public struct PluginInfo: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case input, filter, output
    }

    public var kind: Kind
    /// The name in YAML, as Fluent Bit has it: `syslog`, `grep`, `file`.
    public var name: String
    /// One sentence, without a full stop.
    public var summary: String
    public var options: [OptionSpec]
    /// Options that may not be in `options` because their names are free (`modify` has none).
    public init(kind: Kind, name: String, summary: String, options: [OptionSpec]) {
        self.kind = kind
        self.name = name
        self.summary = summary
        self.options = options
    }
}
