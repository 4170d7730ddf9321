import Core
import Patterns

/// Reads one entry of `parsers` and collects what is wrong with it.
struct ParserSettings {
    private let setting: Setting
    private(set) var problems: [SettingsProblem] = []
    private var values: [String: (value: OptionValue, location: SourceLocation)] = [:]
    /// Of options that may be lists, decoders of both kinds in their order.
    private var lists: [(key: String, text: String, location: SourceLocation)] = []

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
        let types = readTypes()
        let format = readFormat()
        var rules = FieldRules(time: readTimeRule(format), types: types)
        rules.skipsEmptyValues = boolean("skip_empty_values")
        rules.reportsBadTime = boolean("time_strict") && rules.time.format != nil
        rules.decoders = readDecoders()
        guard let name = text("name"), let format else { return nil }
        return ParserDefinition(name: name, format: format, rules: rules)
    }

    private mutating func report(
        _ code: ErrorCode, _ location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems.append(SettingsProblem(code, at: location, message, hint: hint))
    }

    private mutating func read(_ entry: Setting.Entry) {
        let key = entry.key.lowercased()
        guard let option = ParserDefinition.options.first(where: { $0.key == key }) else {
            return report(
                .unknownKey, entry.keyLocation, "a parser has no option '\(entry.key)'",
                hint: Suggestion.hint(for: key, among: ParserDefinition.options.map(\.key)))
        }
        if option.isRepeatable, let items = entry.value.list {
            for item in items { read(item, as: option) }
        } else {
            read(entry.value, as: option)
        }
    }

    private mutating func read(_ value: Setting, as option: OptionSpec) {
        let key = option.key
        guard let text = value.scalar else {
            return report(
                .wrongType, value.location,
                "'\(key)' wants \(option.kind.summary), not a \(value.kindName)")
        }
        if let parsed = OptionValue.parse(text, as: option.kind) {
            values[key] = (parsed, value.location)
            if option.isRepeatable { lists.append((key, text, value.location)) }
        } else {
            problems.append(option.problem(with: text, at: value.location))
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

    private mutating func readFormat() -> ParserDefinition.Format? {
        guard let format = text("format") else { return nil }
        for option in ParserDefinition.options.map(\.key) {
            guard let owner = ParserDefinition.optionsOfFormats[option], owner != format,
                setting[option] != nil
            else { continue }
            report(
                .conflictingKeys, location(option), "'\(option)' has no use with format \(format)")
        }
        switch format {
        case "regex": return readPattern().map { .regex($0) }
        case "json": return .json
        case "logfmt": return .pairs(.logfmt(allowsBareKeys: !boolean("logfmt_no_bare_keys")))
        case "ltsv": return .pairs(.ltsv)
        case "csv": return .pairs(readCSV())
        case "kv": return .pairs(.keyValue(readKeyValue()))
        case "cef": return .pairs(.cef)
        case "leef": return .pairs(.leef)
        default: return nil
        }
    }

    private mutating func readPattern() -> Pattern? {
        guard let source = text("regex") else {
            report(.missingKey, setting.location, "a parser of format regex needs 'regex'")
            return nil
        }
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
            return nil
        }
    }

    private mutating func readCSV() -> PairFormat {
        var fields = CSVFields()
        if let byte = readCharacter("delimiter") { fields.delimiter = byte }
        if let byte = readCharacter("quote") { fields.quote = byte }
        if fields.delimiter == fields.quote {
            report(
                .conflictingKeys, location("delimiter"),
                "'delimiter' and 'quote' are the same character")
        }
        if setting["fields"] != nil, setting["keys"] != nil {
            report(
                .conflictingKeys, location("keys"),
                "'fields' and 'keys' say the same thing; give one")
        }
        let names = lists.filter { $0.key == "fields" || $0.key == "keys" }
            .flatMap { $0.text.split { $0 == "," || $0.isWhitespace } }.map(String.init)
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            report(.duplicateName, location("fields"), "two fields are called '\(name)'")
        }
        return .csv(fields, names: names)
    }

    private mutating func readKeyValue() -> KeyValuePairs {
        var pairSeparator: [UInt8] = []
        if let text = text("pair_separator") {
            let bytes = Self.unescaped(text)
            // Blanks alone are the default, which takes any number of them.
            if !bytes.allSatisfy({ $0 == 0x20 }) { pairSeparator = bytes }
        }
        var keySeparator = text("key_separator").map(Self.unescaped) ?? [UInt8(ascii: "=")]
        if keySeparator.isEmpty {
            report(.invalidValue, location("key_separator"), "'key_separator' is empty")
            keySeparator = [UInt8(ascii: "=")]
        } else if keySeparator == pairSeparator {
            report(
                .conflictingKeys, location("key_separator"),
                "'key_separator' and 'pair_separator' are the same")
        }
        return KeyValuePairs(
            pairSeparator: pairSeparator, keySeparator: keySeparator,
            quotes: Array((text("quotes") ?? "\"").utf8), allowsSpaces: boolean("unquoted_spaces"))
    }

    /// One ASCII character, or an escape for one.
    private mutating func readCharacter(_ key: String) -> UInt8? {
        guard let text = text(key) else { return nil }
        let bytes = text.lowercased() == "tab" ? [0x09] : Self.unescaped(text)
        guard bytes.count == 1, bytes[0] < 0x80 else {
            report(
                .invalidValue, location(key), "'\(key)' is '\(text)', which is not one character",
                hint: "for example ';' or '\\t'")
            return nil
        }
        return bytes[0]
    }

    /// `\t`, `\x5e` and their like as the bytes they stand for.
    private static func unescaped(_ text: String) -> [UInt8] {
        var plain = ByteBuffer()
        Array(text.utf8).withBytes { TextEscape.codes.append($0, to: &plain) }
        return plain.bytes.makeArray()
    }

    /// `json log`, `escaped_utf8 log do_next`.
    private mutating func readDecoders() -> [FieldDecoder] {
        var decoders: [FieldDecoder] = []
        for (key, text, location) in lists where key.hasPrefix("decode_field") {
            let words = text.split(separator: " ")
            guard (2...3).contains(words.count) else {
                report(.invalidValue, location, "'\(key)' wants CODING FIELD, not '\(text)'")
                continue
            }
            let coding = words[0].lowercased()
            let known = FieldDecoder.Coding.allCases.map(\.rawValue)
            guard let coding = FieldDecoder.Coding(rawValue: coding) else {
                report(
                    .unknownChoice, location, "'\(key)' has no coding '\(coding)'",
                    hint: Suggestion.hint(for: coding, among: known))
                continue
            }
            let replacesValue = key == "decode_field_as"
            if !replacesValue, coding != .json {
                report(
                    .invalidValue, location, "'\(key)' makes fields of json only",
                    hint: "decode_field_as: \(text)")
                continue
            }
            var decoder = FieldDecoder(
                coding: coding, field: String(words[1]), replacesValue: replacesValue)
            if words.count == 3 {
                let word = words[2].lowercased()
                guard let action = FieldDecoder.Action(rawValue: word), action != .stop else {
                    report(
                        .unknownChoice, location, "'\(key)' has no action '\(word)'",
                        hint: Suggestion.hint(for: word, among: ["do_next", "try_next"]))
                    continue
                }
                decoder.action = action
            }
            decoders.append(decoder)
        }
        return decoders
    }

    private mutating func readTimeRule(_ format: ParserDefinition.Format?) -> TimeRule {
        var pairs: PairFormat?
        if case .pairs(let format)? = format { pairs = format }
        var rule = TimeRule(key: text("time_key") ?? pairs?.timeKey ?? TimeRule.timeName)
        rule.keepsText = boolean("time_keep")
        let zone = readZone()
        guard let format = text("time_format") else {
            if let pairs, pairs.hasEventTimes {
                rule.eventTime = EventTimeText(zone: zone ?? .utc)
            } else if zone != nil {
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
                    hint: Suggestion.hint(for: name, among: FieldType.allCases.map(\.rawValue))
                        ?? "there are integer, float, bool, hex and string")
                continue
            }
            types[String(word[..<colon])] = type
        }
        return types
    }
}
