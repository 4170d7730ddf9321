import Core
import Patterns

/// Reads one entry of `multiline_parsers` and collects what is wrong with it.
struct MultilineSettings {
    private static let keys = ["name", "type", "flush_timeout", "rules"]
    /// What Fluent Bit has besides: they are about records, not about lines of a file.
    private static let absentKeys = [
        "parser", "key_content", "key_group", "key_pattern", "match_string", "negate",
    ]
    private static let ruleKeys = ["state", "regex", "next_state"]

    private(set) var problems: [SettingsProblem] = []

    /// - Returns: `nil` when the entry makes no rules.
    mutating func read(_ setting: Setting) -> MultilineRules? {
        guard let entries = setting.entries else {
            report(
                .wrongType, setting.location,
                "a multiline parser is a map, not a \(setting.kindName)")
            return nil
        }
        for entry in entries { check(entry, among: Self.keys, of: "a multiline parser") }
        let hasRules = checkType(setting["type"])
        let timeout = readTimeout(setting["flush_timeout"])
        let rules = hasRules ? readRules(setting) : []
        guard let name = setting["name"]?.scalar, !name.isEmpty else {
            report(.missingKey, setting.location, "a multiline parser needs 'name'")
            return nil
        }
        return problems.isEmpty
            ? MultilineRules(name: name, flushTimeout: timeout, rules: rules) : nil
    }

    /// - Returns: whether it is a type with rules, or none.
    private mutating func checkType(_ type: Setting?) -> Bool {
        guard let type, type.scalar?.lowercased() != "regex" else { return true }
        switch type.scalar?.lowercased() {
        case "endswith", "equal", "eq":
            report(
                .notSupportedYet, type.location, "multiline parsers are of type 'regex' only",
                hint: "docker and cri are built in")
        default:
            report(
                .unknownChoice, type.location, "there is no such type of multiline parsers",
                hint: "write regex")
        }
        return false
    }

    private mutating func report(
        _ code: ErrorCode, _ location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems.append(SettingsProblem(code, at: location, message, hint: hint))
    }

    private mutating func check(
        _ entry: Setting.Entry, among known: [String], of owner: String
    ) {
        let key = entry.key.lowercased()
        if known.contains(key) { return }
        if Self.absentKeys.contains(key) {
            report(.notSupportedYet, entry.keyLocation, "\(owner) does not support '\(key)' yet")
        } else {
            report(
                .unknownKey, entry.keyLocation, "\(owner) has no option '\(entry.key)'",
                hint: Suggestion.hint(for: key, among: known))
        }
    }

    /// Nanoseconds; a bare number is milliseconds, as in Fluent Bit.
    private mutating func readTimeout(_ setting: Setting?) -> Int64 {
        guard let setting else { return MultilineRules.defaultTimeout }
        let text = setting.scalar ?? ""
        let isBare = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if case .duration(let time)? = OptionValue.parse(
            isBare ? text + "ms" : text, as: .duration)
        {
            return time
        }
        report(
            .invalidValue, setting.location, "'flush_timeout' is '\(text)', which is no time",
            hint: "for example 4000 or 4s")
        return MultilineRules.defaultTimeout
    }

    private mutating func readRules(_ setting: Setting) -> [MultilineRules.Rule] {
        guard let list = setting["rules"]?.list, !list.isEmpty else {
            report(
                .missingKey, setting["rules"]?.location ?? setting.location,
                "a multiline parser needs a list of 'rules'",
                hint: "each with 'state', 'regex' and 'next_state'")
            return []
        }
        let rules = list.compactMap { readRule($0) }
        let states = rules.flatMap(\.from)
        if !states.isEmpty, !states.contains(MultilineRules.startState) {
            report(
                .missingKey, setting.location,
                "no rule is of the state '\(MultilineRules.startState)'",
                hint: "the first line of a group is found by that one")
        }
        // A rule that could not be read might be of any state.
        if rules.count == list.count { checkNextStates(list, states) }
        return rules
    }

    /// Behind a state of no rule every line would begin a group anew.
    private mutating func checkNextStates(_ rules: [Setting], _ states: [String]) {
        for setting in rules.compactMap({ $0["next_state"] }) {
            guard let state = setting.scalar, !states.contains(state) else { continue }
            report(
                .unknownChoice, setting.location, "no rule is of the state '\(state)'",
                hint: Suggestion.hint(for: state, among: states)
                    ?? "there are \(states.joined(separator: ", "))")
        }
    }

    private mutating func readRule(_ setting: Setting) -> MultilineRules.Rule? {
        guard let entries = setting.entries else {
            report(.wrongType, setting.location, "a rule is a map, not a \(setting.kindName)")
            return nil
        }
        for entry in entries { check(entry, among: Self.ruleKeys, of: "a rule") }
        var texts: [String] = []
        for key in Self.ruleKeys {
            if let text = setting[key]?.scalar, !text.isEmpty {
                texts.append(text)
            } else {
                report(.missingKey, setting.location, "a rule needs '\(key)'")
            }
        }
        guard texts.count == Self.ruleKeys.count, let place = setting["regex"]?.location else {
            return nil
        }
        do {
            let states = texts[0].split { $0 == "," || $0 == " " }.map(String.init)
            return MultilineRules.Rule(from: states, pattern: try Pattern(texts[1]), to: texts[2])
        } catch {
            report(.invalidPattern, place, "'regex': \(error)")
            return nil
        }
    }
}
