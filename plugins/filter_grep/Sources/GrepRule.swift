import Core
import Patterns

/// One `regex` or `exclude` line.
struct GrepRule {
    /// Whether a match drops the record.
    let excludes: Bool
    let path: FieldPath
    let matcher: Matcher

    /// Reads all rules in the order of the file.
    static func read(
        _ settings: PluginSettings, for operation: GrepOperation
    ) -> (rules: [GrepRule], problems: [SettingsProblem]) {
        var rules: [GrepRule] = []
        var problems: [SettingsProblem] = []
        for given in settings.given {
            guard case .pair(let key, let pattern) = given.value else { continue }
            // Fluent Bit reads every key as an accessor, with or without the `$`.
            guard let path = FieldPath(key.hasPrefix("$") ? key : "$" + key) else {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: given.location,
                        "'\(key)' is no record accessor", hint: "write $key['sub'] or $key[0]"))
                continue
            }
            do {
                rules.append(
                    GrepRule(
                        excludes: given.key == "exclude", path: path,
                        matcher: try Pattern(pattern).makeMatcher()))
            } catch {
                problems.append(SettingsProblem(.invalidPattern, at: given.location, "\(error)"))
            }
        }
        let isMixed = rules.contains { $0.excludes } && rules.contains { !$0.excludes }
        if isMixed && operation != .legacy {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "logical_op"),
                    "'regex' and 'exclude' cannot be mixed with logical_op \(operation.rawValue)",
                    hint: "use two grep filters"))
        }
        return (rules, problems)
    }
}

/// How several rules work together.
enum GrepOperation: String {
    /// In order: a `regex` that matches keeps the record at once and one that does not drops it;
    /// an `exclude` that matches drops it.
    case legacy
    /// The record matches when all rules do.
    case and = "AND"
    /// The record matches when one rule does.
    case or = "OR"

    /// Whether the record is kept.
    func keeps(_ rules: [GrepRule], matches: (Int) -> Bool) -> Bool {
        guard let first = rules.first else { return true }
        switch self {
        case .legacy:
            for (index, rule) in rules.enumerated() {
                let isMatch = matches(index)
                if !rule.excludes { return isMatch }
                if isMatch { return false }
            }
            return true
        case .and: return rules.indices.allSatisfy(matches) != first.excludes
        case .or: return rules.indices.contains(where: matches) != first.excludes
        }
    }
}
