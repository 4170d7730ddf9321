import Core
import Patterns

/// One `condition`: rules apply to records that meet all of them.
struct ModifyCondition {
    static let option = OptionSpec(
        "condition", .pair, repeatable: true,
        help: "Change only records that meet all conditions: CONDITION KEY [VALUE]")

    private enum Test {
        case exists(FieldPath)
        case keyMatches(Matcher)
        case equals(FieldPath, [UInt8])
        case matches(FieldPath, Matcher)
        case matchingKeys(Matcher, Matcher)
    }

    /// What a condition looks at in one shape.
    enum Binding {
        case columns([Int])
        case field(ResolvedField)
        case nothing
    }

    private let test: Test
    /// The other half of each pair of conditions.
    private let isNegated: Bool

    private static let names = [
        "key_exists", "key_does_not_exist", "a_key_matches", "no_key_matches", "key_value_equals",
        "key_value_does_not_equal", "key_value_matches", "key_value_does_not_match",
        "matching_keys_have_matching_values", "matching_keys_do_not_have_matching_values",
    ]

    init(_ given: PluginSettings.Given) throws(SettingsError) {
        guard case .pair(let word, let rest) = given.value else {
            preconditionFailure("condition is declared as a pair")
        }
        let name = word.lowercased()
        guard let number = ModifyCondition.names.firstIndex(of: name) else {
            throw SettingsError(
                .unknownChoice, at: given.location, "there is no condition '\(word)'",
                hint: Suggestion.hint(for: name, among: ModifyCondition.names))
        }
        let wanted = number < 4 ? 1 : 2
        let words = QuotedWords.split(rest, atMost: wanted)
        guard words.count == wanted, words.allSatisfy({ !$0.isEmpty }) else {
            throw SettingsError(
                .invalidValue, at: given.location,
                "'\(name)' wants " + (wanted == 1 ? "a key" : "a key and a value"))
        }
        isNegated = number % 2 == 1
        switch number / 2 {
        case 0: test = .exists(try Self.path(words[0], given))
        case 1: test = .keyMatches(try ModifyRule.matcher(words[0], at: given.location))
        case 2: test = .equals(try Self.path(words[0], given), Array(words[1].utf8))
        case 3:
            test = .matches(
                try Self.path(words[0], given),
                try ModifyRule.matcher(words[1], at: given.location))
        default:
            test = .matchingKeys(
                try ModifyRule.matcher(words[0], at: given.location),
                try ModifyRule.matcher(words[1], at: given.location))
        }
    }

    private static func path(
        _ text: String, _ given: PluginSettings.Given
    ) throws(SettingsError) -> FieldPath {
        guard let path = FieldPath(text) else {
            throw SettingsError(
                .invalidValue, at: given.location, "'\(text)' is no record accessor",
                hint: "write $key['sub'] or $key[0]")
        }
        return path
    }

    /// Resolves the condition; once per shape.
    func bind(to shape: Shape) -> Binding {
        switch test {
        case .exists(let path) where path.steps.isEmpty:
            .columns(Self.columns(of: shape) { $0 == path.name })
        case .keyMatches(let matcher), .matchingKeys(let matcher, _):
            .columns(Self.columns(of: shape) { matcher.matches(name: $0) })
        case .exists(let path), .equals(let path, _), .matches(let path, _):
            path.resolve(in: shape).map { .field($0) } ?? .nothing
        }
    }

    private static func columns(of shape: Shape, where isWanted: (String) -> Bool) -> [Int] {
        shape.columns.indices.filter { index in
            !shape.columns[index].isHidden && isWanted(shape.columns[index].name)
        }
    }

    /// Whether a record of the shape that `binding` belongs to meets the condition.
    func isMet(by row: Row, _ binding: Binding, scratch: inout ByteBuffer) -> Bool {
        switch (test, binding) {
        case (.matchingKeys(_, let matcher), .columns(let columns)):
            // Every value must match; without such a key there is none that does not.
            for column in columns where !row.isNull(at: column) {
                let isPlain = row.shape.columns[column].member == nil
                let isMatch = row.value(at: column).withText(scratch: &scratch) {
                    matcher.matches($0)
                }
                if !isPlain || isMatch != true { return isNegated }
            }
            return !isNegated
        case (_, .columns(let columns)):
            return columns.contains { !row.isNull(at: $0) } != isNegated
        case (.exists, .field(let field)):
            return !field.isNull(in: row) != isNegated
        case (.equals(_, let wanted), .field(let field)):
            if field.isNull(in: row) { return false }
            let isEqual = field.value(in: row).withText(scratch: &scratch) { text in
                wanted.withBytes { text.hasSameBytes(as: $0) }
            }
            return (isEqual ?? false) != isNegated
        case (.matches(_, let matcher), .field(let field)):
            if field.isNull(in: row) { return false }
            let isMatch = field.value(in: row).withText(scratch: &scratch) { matcher.matches($0) }
            return (isMatch ?? false) != isNegated
        case (.exists, .nothing): return isNegated
        case (_, .nothing): return false
        default: preconditionFailure("bind gives each test its kind of binding")
        }
    }
}

extension ResolvedField {
    func isNull(in row: Row) -> Bool {
        switch value(in: row) {
        case .null: true
        case .list(_, let columns): columns.isEmpty
        default: false
        }
    }
}
