import Core
import System

/// The variables that `${NAME}` refers to: the file's `env`, then the process environment.
struct Variables {
    private var own: [String: (value: String, location: SourceLocation)] = [:]
    private let environment: @Sendable (String) -> String?

    init(environment: @escaping @Sendable (String) -> String?) { self.environment = environment }

    func value(of name: String) -> String? {
        own[name]?.value ?? environment(name) ?? (name == "HOSTNAME" ? Process.hostName : nil)
    }

    var names: [String] { own.keys.sorted() }

    // MARK: Reading `env`

    /// Takes the variables of one `env` section: a map, or a list of `name` and `value`.
    mutating func define(
        from section: Setting, files: some FileSource, problems: inout [SettingsProblem]
    ) {
        switch section.content {
        case .map(let entries):
            for entry in entries {
                define(
                    entry.key, at: entry.keyLocation, as: entry.value, files: files,
                    problems: &problems)
            }
        case .list(let items):
            for item in items { define(item: item, files: files, problems: &problems) }
        case .scalar(let text, _):
            if text.isEmpty { return }
            problems.append(
                SettingsProblem(
                    .wrongType, at: section.location, "'env' wants NAME: value lines, not text"))
        }
    }

    private mutating func define(
        item: Setting, files: some FileSource, problems: inout [SettingsProblem]
    ) {
        guard item.entries != nil else {
            problems.append(
                SettingsProblem(
                    .wrongType, at: item.location,
                    "an item of 'env' is a map with 'name' and 'value', not \(item.kindName)"))
            return
        }
        for entry in item.entries ?? []
        where !["name", "value", "uri", "refresh_interval"].contains(entry.key.lowercased()) {
            problems.append(
                SettingsProblem(
                    .unknownKey, at: entry.keyLocation, "a variable has no '\(entry.key)'",
                    hint: Suggestion.hint(for: entry.key, among: ["name", "value", "uri"])))
        }
        guard let name = item["name"]?.scalar, let value = item["value"] ?? item["uri"] else {
            problems.append(
                SettingsProblem(
                    .missingKey, at: item.location, "a variable needs 'name' and 'value'"))
            return
        }
        define(
            name, at: item["name"]?.location ?? item.location, as: value, files: files,
            problems: &problems)
    }

    private mutating func define(
        _ name: String, at location: SourceLocation, as value: Setting, files: some FileSource,
        problems: inout [SettingsProblem]
    ) {
        guard let written = value.scalar else {
            problems.append(
                SettingsProblem(
                    .wrongType, at: value.location,
                    "the value of '\(name)' must be text, not a \(value.kindName)"))
            return
        }
        if let first = own[name] {
            problems.append(
                SettingsProblem(
                    .duplicateKey, at: location,
                    "the variable '\(name)' is already set at \(first.location)"))
            return
        }
        var text = expand(written, at: value.location, problems: &problems)
        if text.hasPrefix("file://") {
            let path = String(text.dropFirst("file://".count))
            do {
                let bytes = try files.read(path, limit: 1 << 20)
                text = String(decoding: bytes, as: UTF8.self)
                if text.hasSuffix("\n") { text.removeLast() }
            } catch {
                problems.append(
                    SettingsProblem(
                        .fileUnreadable, at: value.location,
                        "cannot read '\(path)' for '\(name)': \(error.reason)"))
                text = ""
            }
        }
        own[name] = (text, location)
    }

    // MARK: Expansion

    /// Replaces `${NAME}` and `${NAME:-default}`; `$${` stands for the two characters `${`.
    ///
    /// An unset variable without default gives nothing and a problem.
    func expand(
        _ text: String, at location: SourceLocation, problems: inout [SettingsProblem]
    ) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let start = Self.place(of: "${", in: rest) {
            if rest[..<start.lowerBound].hasSuffix("$") {
                result += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: location, "'${' without a '}'",
                        hint: "write '$${' for the characters themselves"))
                result += "${"
                break
            }
            result += value(ofReference: String(rest[..<end]), at: location, problems: &problems)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private func value(
        ofReference reference: String, at location: SourceLocation,
        problems: inout [SettingsProblem]
    ) -> String {
        let separator = Self.place(of: ":-", in: reference[...])
        let name = separator.map { String(reference[..<$0.lowerBound]) } ?? reference
        if let value = value(of: name), !(value.isEmpty && separator != nil) { return value }
        if let separator { return String(reference[separator.upperBound...]) }
        let near = Suggestion.hint(for: name, among: names)
        problems.append(
            SettingsProblem(
                .unsetVariable, at: location, "the variable '\(name)' is not set",
                hint: near ?? "set it under 'env', or write ${\(name):-default}"))
        return ""
    }

    private static func place(
        of mark: String, in text: Substring
    ) -> Range<Substring.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(mark) {
                return index..<text.index(index, offsetBy: mark.count)
            }
            text.formIndex(after: &index)
        }
        return nil
    }

    /// All values of a tree expanded.
    func expand(_ setting: Setting, problems: inout [SettingsProblem]) -> Setting {
        switch setting.content {
        case .scalar(let text, let isPlain):
            let expanded = expand(text, at: setting.location, problems: &problems)
            return Setting(.scalar(expanded, isPlain: isPlain), at: setting.location)
        case .list(let items):
            var expanded: [Setting] = []
            for item in items { expanded.append(expand(item, problems: &problems)) }
            return Setting(.list(expanded), at: setting.location)
        case .map(let entries):
            var expanded = entries
            for index in expanded.indices {
                expanded[index].value = expand(entries[index].value, problems: &problems)
            }
            return Setting(.map(expanded), at: setting.location)
        }
    }
}
