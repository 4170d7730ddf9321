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
    /// Options of Fluent Bit's plugin that change nothing here, and what to know about each.
    public var inert: [String: String]

    public init(
        kind: Kind, name: String, summary: String, options: [OptionSpec],
        inert: [String: String] = [:]
    ) {
        self.kind = kind
        self.name = name
        self.summary = summary
        self.options = options
        self.inert = inert
    }
}
