/// The options of one plugin instance, read and checked against its declaration.
///
/// A getter for a key that the plugin did not declare, or declared with another kind, traps: that
/// is a mistake in the plugin, not in the configuration.
public struct PluginSettings: Sendable {
    public let info: PluginInfo
    /// The instance's name in logs and the ledger: `alias`, else `syslog.0`.
    public let instanceName: String
    /// Where the instance begins in the file.
    public let location: SourceLocation

    /// What `parser:` options refer to.
    public let parsers: any ParserDirectory

    /// One value as the user gave it.
    public struct Given: Sendable {
        public var key: String
        public var value: OptionValue
        public var location: SourceLocation
    }

    /// Every value that was given, in the order of the file: rules of `modify` run in this order.
    public private(set) var given: [Given] = []
    private var values: [String: [Given]] = [:]
    private var groups: [String: [PluginSettings]] = [:]
    /// Whose options these are, in messages: `input 'netflow'`, `'exporters'`.
    private let owner: String

    /// Reads `entries` against the declaration; every problem found is appended to `problems`.
    ///
    /// Keys that the engine owns (`name`, `tag`, `match`, ...) must have been taken out before.
    public init(
        info: PluginInfo, instanceName: String, location: SourceLocation,
        entries: [Setting.Entry], parsers: any ParserDirectory,
        problems: inout [SettingsProblem]
    ) {
        self.init(
            info: info, instanceName: instanceName,
            owner: "\(info.kind.rawValue) '\(info.name)'", location: location, entries: entries,
            parsers: parsers, problems: &problems)
    }

    private init(
        info: PluginInfo, instanceName: String, owner: String, location: SourceLocation,
        entries: [Setting.Entry], parsers: any ParserDirectory, problems: inout [SettingsProblem]
    ) {
        self.info = info
        self.instanceName = instanceName
        self.owner = owner
        self.location = location
        self.parsers = parsers
        for entry in entries {
            read(entry, problems: &problems)
        }
        for option in info.options
        where values[option.key] == nil && groups[option.key] == nil {
            if option.isRequired {
                // A value that was refused is not missing.
                if entries.contains(where: { $0.key.lowercased() == option.key }) { continue }
                problems.append(
                    SettingsProblem(
                        .missingKey, at: location, "\(owner) needs '\(option.key)'"))
            } else if let text = option.defaultValue,
                let value = OptionValue.parse(text, as: option.kind)
            {
                values[option.key] = [
                    Given(key: option.key, value: value, location: location)
                ]
            }
        }
    }

    private mutating func read(_ entry: Setting.Entry, problems: inout [SettingsProblem]) {
        let key = entry.key.lowercased()
        guard let option = info.options.first(where: { $0.key == key }) else {
            problems.append(
                SettingsProblem(
                    .unknownKey, at: entry.keyLocation,
                    "\(owner) has no option '\(entry.key)'",
                    hint: Suggestion.hint(for: key, among: info.options.map(\.key))))
            return
        }
        let items: [Setting]
        if let list = entry.value.list {
            items = list
        } else {
            items = [entry.value]
        }
        if (items.count > 1 || values[key] != nil || groups[key] != nil) && !option.isRepeatable {
            problems.append(
                SettingsProblem(
                    .repeatedKey, at: entry.keyLocation, "'\(entry.key)' takes one value only"))
            return
        }
        for item in items {
            if case .group(let members) = option.kind {
                readGroup(item, members, as: key, problems: &problems)
                continue
            }
            guard let text = item.scalar else {
                problems.append(
                    SettingsProblem(
                        .wrongType, at: item.location,
                        "'\(entry.key)' wants \(option.kind.summary), not a \(item.kindName)"))
                continue
            }
            guard let value = OptionValue.parse(text, as: option.kind) else {
                problems.append(option.problem(with: text, at: item.location))
                continue
            }
            if option.kind == .parser, !parsers.hasParser(named: text) {
                problems.append(
                    SettingsProblem(
                        .unknownParser, at: item.location, "there is no parser '\(text)'",
                        hint: Suggestion.hint(for: text, among: parsers.parserNames)))
            }
            let one = Given(key: key, value: value, location: item.location)
            given.append(one)
            values[key, default: []].append(one)
        }
    }

    private mutating func readGroup(
        _ item: Setting, _ members: [OptionSpec], as key: String,
        problems: inout [SettingsProblem]
    ) {
        guard let entries = item.entries else {
            problems.append(
                SettingsProblem(
                    .wrongType, at: item.location,
                    "'\(key)' wants maps with \(members.map { "'\($0.key)'" }.joined(separator: ", ")),"
                        + " not a \(item.kindName)"))
            return
        }
        var inner = info
        inner.options = members
        groups[key, default: []].append(
            PluginSettings(
                info: inner, instanceName: instanceName, owner: "'\(key)'",
                location: item.location, entries: entries, parsers: parsers, problems: &problems))
    }

    /// The same options with other values for some.
    public func replacing(
        _ entries: [Setting.Entry], problems: inout [SettingsProblem]
    ) -> PluginSettings {
        var copy = self
        for entry in entries {
            let key = entry.key.lowercased()
            copy.given.removeAll { $0.key == key }
            copy.values[key] = nil
            copy.groups[key] = nil
        }
        for entry in entries { copy.read(entry, problems: &problems) }
        return copy
    }

    // MARK: Typed reading

    /// The maps given for `key`, each read against its own options.
    public func groups(_ key: String) -> [PluginSettings] {
        precondition(
            info.options.contains { $0.key == key }, "'\(key)' is not an option of \(info.name)")
        return groups[key] ?? []
    }

    public func text(_ key: String) -> String? {
        stored(key).last.map { Self.text($0.value, key) }
    }

    public func texts(_ key: String) -> [String] {
        stored(key).map { Self.text($0.value, key) }
    }

    public func boolean(_ key: String) -> Bool {
        guard case .boolean(let value)? = stored(key).last?.value else {
            preconditionFailure("'\(key)' is not a boolean with a default")
        }
        return value
    }

    public func integer(_ key: String) -> Int? {
        stored(key).last.map { given in
            guard case .integer(let value) = given.value else {
                preconditionFailure("'\(key)' is not declared as integer")
            }
            return value
        }
    }

    /// Bytes.
    public func size(_ key: String) -> Int? {
        stored(key).last.map { given in
            guard case .size(let value) = given.value else {
                preconditionFailure("'\(key)' is not declared as size")
            }
            return value
        }
    }

    /// Nanoseconds.
    public func duration(_ key: String) -> Int64? {
        stored(key).last.map { given in
            guard case .duration(let value) = given.value else {
                preconditionFailure("'\(key)' is not declared as duration")
            }
            return value
        }
    }

    public func pairs(_ key: String) -> [(key: String, value: String, location: SourceLocation)] {
        stored(key).map { given in
            guard case .pair(let name, let value) = given.value else {
                preconditionFailure("'\(key)' is not declared as pair")
            }
            return (name, value, given.location)
        }
    }

    /// Where the value of `key` stands, or the instance itself when it was defaulted.
    public func location(of key: String) -> SourceLocation {
        values[key]?.last?.location ?? location
    }

    /// Whether the user wrote the option, as opposed to its default.
    public func isGiven(_ key: String) -> Bool { given.contains { $0.key == key } }

    private func stored(_ key: String) -> [Given] {
        precondition(
            info.options.contains { $0.key == key }, "'\(key)' is not an option of \(info.name)")
        return values[key] ?? []
    }

    private static func text(_ value: OptionValue, _ key: String) -> String {
        guard case .text(let text) = value else {
            preconditionFailure("'\(key)' is not declared as text")
        }
        return text
    }
}
