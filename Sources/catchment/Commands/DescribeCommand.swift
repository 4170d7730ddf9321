import Core
import Pipeline

/// Prints the options of a plugin, or of `service`.
struct DescribeCommand {
    /// As in YAML, or with the kind in front: `syslog`, `in_syslog`, `filter_grep`, `out_file`.
    let name: String

    private static let prefixes: [PluginInfo.Kind: String] = [
        .input: "in_", .filter: "filter_", .output: "out_",
    ]

    func run(_ console: Console, _ registry: Registry) -> Int32 {
        if name == "service" {
            console.say("service: settings of the whole agent\n")
            console.output(Self.text(of: ServiceSettings.options, width: console.columns))
            return 0
        }
        let found = registry.infos.filter { $0.name == name || Self.fullName($0) == name }
        guard !found.isEmpty else {
            let names = registry.infos.map(\.name) + registry.infos.map(Self.fullName)
            console.error(
                UsageError(
                    .unknownPlugin, "there is no plugin '\(name)'",
                    hint: otherKind(registry) ?? Suggestion.hint(for: name, among: names)
                        ?? "'catchment plugins' lists them"))
            return 2
        }
        for (index, info) in found.enumerated() {
            if index > 0 { console.say("") }
            describe(info, console)
        }
        return 0
    }

    /// For `in_file`, when there is only `out_file`.
    private func otherKind(_ registry: Registry) -> String? {
        guard let prefix = Self.prefixes.values.first(where: name.hasPrefix) else { return nil }
        let bare = name.dropFirst(prefix.count)
        return registry.infos.first { $0.name == bare }
            .map { "there is an \($0.kind.rawValue): '\(Self.fullName($0))'" }
    }

    static func fullName(_ info: PluginInfo) -> String { (prefixes[info.kind] ?? "") + info.name }

    private func describe(_ info: PluginInfo, _ console: Console) {
        console.say("\(info.kind.rawValue) \(info.name): \(info.summary)\n")
        if !info.options.isEmpty {
            console.output(Self.text(of: info.options, width: console.columns) + "\n")
        }
        console.say("Shared by all \(info.kind.rawValue)s:\n")
        let shared = CommonOptions.specs(of: info.kind)
        console.output(Self.text(of: shared, width: console.columns))
        console.say("\nExample:\n\n" + Self.example(info))
    }

    /// A table, or on a narrow terminal one with all that is to be said of an option in one column.
    static func text(of options: [OptionSpec], width: Int?) -> String {
        var wide = TextTable(["OPTION", "TYPE", "DEFAULT", "HELP"])
        var narrow = TextTable(["OPTION", "HELP"])
        for option in options.flatMap(\.rows) {
            let notes =
                (option.isRequired ? ["required"] : [])
                + (option.isRepeatable ? ["may be a list"] : [])
            let isSentence = option.help.hasSuffix(".") && !option.help.hasSuffix("..")
            let help = isSentence ? String(option.help.dropLast()) : option.help
            let kind = option.kind.summary
            wide.add([
                option.key, kind, option.defaultValue ?? "",
                help + notes.map { " (\($0))" }.joined(),
            ])
            let known = [kind] + (option.defaultValue.map { ["default \($0)"] } ?? []) + notes
            narrow.add([option.key, "\(help) (\(known.joined(separator: "; ")))"])
        }
        let fits = width.map { wide.fits($0) } ?? true
        return (fits ? wide : narrow).text(width: width, .wrapLastColumn)
    }

    /// The smallest pipeline with the plugin in it.
    static func example(_ info: PluginInfo) -> String {
        var lines = ["pipeline:", "  \(info.kind.rawValue)s:", "    - name: \(info.name)"]
        if info.kind == .input {
            lines.append("      tag: \(info.name)")
        } else {
            lines.append("      match: '*'")
        }
        for option in info.options where option.isRequired {
            lines.append("      \(option.key): \(sample(of: option))")
        }
        return lines.joined(separator: "\n")
    }

    private static func sample(of option: OptionSpec) -> String {
        if let value = option.defaultValue { return value }
        return switch option.kind {
        case .boolean: "on"
        case .integer(let bounds): "\(bounds.lowerBound)"
        case .size: "1M"
        case .duration: "10s"
        case .choice(let words): words.first ?? ""
        case .pair: "key value"
        case .keyPattern: "key ^regex$"
        case .field: "message"
        case .parser: "json"
        case .path: "/var/lib/catchment"
        case .text: "text"
        case .group(let members):
            "{"
                + members.filter(\.isRequired).map { "\($0.key): \(sample(of: $0))" }
                .joined(separator: ", ") + "}"
        }
    }
}
