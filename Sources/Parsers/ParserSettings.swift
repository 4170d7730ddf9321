import Core
import Patterns

/// Reads one entry of `parsers` and collects what is wrong with it.
struct ParserSettings {
    private let setting: Setting
    private(set) var problems: [SettingsProblem] = []
    private var values: [String: (value: OptionValue, location: SourceLocation)] = [:]

    init(_ setting: Setting) { self.setting = setting }

    mutating func read() -> ParserDefinition? {
        guard let entries = setting.entries else {
            report(.wrongType, setting.location, "a parser is a map, not a \(setting.kindName)")
            return nil
        }
        for entry in entries { read(entry) }
        for option in ParserDefinition.options where values[option.key] == nil {
            if let text = option.defaultValue, let value = OptionValue.parse(text, as: option.kind)
            {
                values[option.key] = (value, setting.location)
            } else if option.isRequired,
                !entries.contains(where: { $0.key.lowercased() == option.key })
            {
                report(.missingKey, setting.location, "a parser needs '\(option.key)'")
            }
        }
        let time = readTimeRule()
        let types = readTypes()
        let pattern = readPattern()
        guard let name = text("name") else { return nil }
        return ParserDefinition(
            name: name, pattern: pattern, time: time, types: types,
            skipsEmptyValues: boolean("skip_empty_values"), isTimeStrict: boolean("time_strict"))
    }

    private mutating func report(
        _ code: ErrorCode, _ location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems.append(SettingsProblem(code, at: location, message, hint: hint))
    }

    private mutating func read(_ entry: Setting.Entry) {
        let key = entry.key.lowercased()
        if ParserDefinition.absentOptions.contains(key) {
            return report(
                .notSupportedYet, entry.keyLocation, "parsers do not support '\(key)' yet")
        }
        guard let option = ParserDefinition.options.first(where: { $0.key == key }) else {
            return report(
                .unknownKey, entry.keyLocation, "a parser has no option '\(entry.key)'",
                hint: Suggestion.hint(for: key, among: ParserDefinition.options.map(\.key)))
        }
        guard let text = entry.value.scalar else {
            return report(
                .wrongType, entry.value.location,
                "'\(key)' wants \(option.kind.summary), not a \(entry.value.kindName)")
        }
        if let value = OptionValue.parse(text, as: option.kind) {
            values[key] = (value, entry.value.location)
        } else if key == "format", ParserDefinition.absentFormats.contains(text.lowercased()) {
            report(
                .notSupportedYet, entry.value.location, "parsers do not support '\(text)' yet")
        } else {
            problems.append(option.problem(with: text, at: entry.value.location))
        }
    }

    private func text(_ key: String) -> String? {
        if case .text(let text)? = values[key]?.value { text } else { nil }
    }

    private func boolean(_ key: String) -> Bool {
        if case .boolean(let value)? = values[key]?.value { value } else { false }
    }

    private func location(_ key: String) -> SourceLocation {
        values[key]?.location ?? setting.location
    }

    private mutating func readPattern() -> Pattern? {
        switch (text("format"), text("regex")) {
        case ("regex", nil):
            report(.missingKey, setting.location, "a parser of format regex needs 'regex'")
        case ("regex", let source?):
            do {
                let pattern = try Pattern(source)
                if pattern.groups.isEmpty {
                    report(
                        .invalidPattern, location("regex"), "'regex' names no group",
                        hint: "write (?<field>...) around each part to keep")
                }
                return pattern
            } catch {
                report(.invalidPattern, location("regex"), "'regex': \(error)")
            }
        case ("json", .some):
            report(.conflictingKeys, location("regex"), "'regex' has no use with format json")
        default: break
        }
        return nil
    }

    private mutating func readTimeRule() -> TimeRule {
        var rule = TimeRule(key: text("time_key") ?? TimeRule.timeName)
        rule.keepsText = boolean("time_keep")
        let zone = readZone()
        guard let format = text("time_format") else {
            if zone != nil {
                report(
                    .missingKey, setting.location, "a zone for times needs 'time_format' as well")
            }
            return rule
        }
        do {
            rule.format = try TimeFormat(
                format, isStrict: boolean("time_strict"), zone: zone ?? .utc)
        } catch {
            report(
                .invalidValue, location("time_format"),
                "'time_format' holds '\(error.conversion)', which is no known conversion")
        }
        return rule
    }

    /// The zone for times that name none, if one is given.
    private mutating func readZone() -> TimeZone? {
        var given = ["time_offset", "time_zone"].filter { text($0) != nil }
        if boolean("time_system_timezone") { given.append("time_system_timezone") }
        guard let key = given.first else { return nil }
        if given.count > 1 {
            report(
                .conflictingKeys, location(given[1]),
                "'\(given[1])' and '\(key)' say the same thing; give one")
        }
        return TimeZone.read(
            text(key) ?? "local", of: key, at: location(key), problems: &problems)
    }

    /// `code:integer size:float`.
    private mutating func readTypes() -> [String: FieldType] {
        guard let text = text("types") else { return [:] }
        if self.text("format") == "json" {
            report(.conflictingKeys, location("types"), "'types' has no use with format json")
        }
        var types: [String: FieldType] = [:]
        for word in text.split(separator: " ") {
            guard let colon = word.lastIndex(of: ":"), colon != word.startIndex else {
                report(.invalidValue, location("types"), "'types' wants FIELD:TYPE, not '\(word)'")
                continue
            }
            let name = word[word.index(after: colon)...].lowercased()
            guard let type = FieldType(rawValue: name) else {
                report(
                    .unknownChoice, location("types"), "'types' has no type '\(name)'",
                    hint: Suggestion.hint(for: name, among: FieldType.allCases.map(\.rawValue)))
                continue
            }
            types[String(word[..<colon])] = type
        }
        return types
    }
}
