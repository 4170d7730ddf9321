import Core
import Patterns

/// One change, as a line of the configuration says it.
enum ModifyRule {
    case set(String, String)
    case add(String, String)
    case remove(String)
    case removeWildcard(prefix: String)
    case removeRegex(Matcher)
    case rename(String, String)
    case hardRename(String, String)
    case copy(String, String)
    case hardCopy(String, String)
    case moveToStart(prefix: String)
    case moveToEnd(prefix: String)

    static let options: [OptionSpec] = [
        option("set", .pair, "Write a field, replacing one that is there: KEY VALUE"),
        option("add", .pair, "Write a field unless it is there: KEY VALUE"),
        option("remove", .text, "Remove a field: KEY"),
        option("remove_wildcard", .text, "Remove fields whose names start so: PREFIX"),
        option("remove_regex", .text, "Remove fields whose names match: REGEX"),
        option("rename", .pair, "Rename a field unless the new name is there: KEY NEWKEY"),
        option("hard_rename", .pair, "Rename a field, replacing one that is there: KEY NEWKEY"),
        option("copy", .pair, "Copy a field unless the new name is there: KEY NEWKEY"),
        option("hard_copy", .pair, "Copy a field, replacing one that is there: KEY NEWKEY"),
        option("move_to_start", .text, "Put fields whose names start so first: PREFIX"),
        option("move_to_end", .text, "Put fields whose names start so last: PREFIX"),
    ]

    private static func option(
        _ key: String, _ kind: OptionSpec.Kind, _ help: String
    ) -> OptionSpec {
        OptionSpec(key, kind, repeatable: true, help: help)
    }

    init(_ given: PluginSettings.Given) throws(SettingsError) {
        switch given.value {
        case .pair(let key, let value):
            // Quotes may enclose words with blanks, so the words are looked for again.
            let words = QuotedWords.split(key + " " + value, atMost: 2)
            guard words.count == 2 else {
                throw SettingsError(
                    .invalidValue, at: given.location, "'\(given.key)' wants two words")
            }
            self = ModifyRule.pair(given.key, words[0], words[1])
        case .text(let text):
            let words = QuotedWords.split(text, atMost: 1)
            guard let word = words.first, !word.isEmpty else {
                throw SettingsError(.invalidValue, at: given.location, "'\(given.key)' is empty")
            }
            self = try ModifyRule.single(given, word)
        default: preconditionFailure("every option of modify is a text or a pair")
        }
    }

    private static func pair(_ key: String, _ first: String, _ second: String) -> ModifyRule {
        switch key {
        case "set": .set(first, second)
        case "add": .add(first, second)
        case "rename": .rename(first, second)
        case "hard_rename": .hardRename(first, second)
        case "copy": .copy(first, second)
        case "hard_copy": .hardCopy(first, second)
        default: preconditionFailure("'\(key)' is declared and not read")
        }
    }

    private static func single(
        _ given: PluginSettings.Given, _ word: String
    ) throws(SettingsError) -> ModifyRule {
        // Fluent Bit compares beginnings; a `*` that says so is taken as that.
        let prefix = word.hasSuffix("*") ? String(word.dropLast()) : word
        switch given.key {
        case "remove": return .remove(word)
        case "remove_wildcard": return .removeWildcard(prefix: prefix)
        case "move_to_start": return .moveToStart(prefix: prefix)
        case "move_to_end": return .moveToEnd(prefix: prefix)
        case "remove_regex":
            return .removeRegex(try ModifyRule.matcher(word, at: given.location))
        default: preconditionFailure("'\(given.key)' is declared and not read")
        }
    }

    static func matcher(
        _ pattern: String, at location: SourceLocation
    ) throws(SettingsError) -> Matcher {
        do {
            return try Pattern(pattern).makeMatcher()
        } catch {
            throw SettingsError(.invalidPattern, at: location, "\(error)")
        }
    }

    func apply(to layout: inout Layout) {
        switch self {
        case .set(let key, let value): layout.set(key, value)
        case .add(let key, let value): layout.add(key, value)
        case .remove(let key): layout.remove { $0 == key }
        case .removeWildcard(let prefix): layout.remove { $0.hasPrefix(prefix) }
        case .removeRegex(let matcher): layout.remove { matcher.matches(name: $0) }
        case .rename(let key, let new): layout.rename(key, to: new)
        case .hardRename(let key, let new): layout.hardRename(key, to: new)
        case .copy(let key, let new): layout.copy(key, to: new)
        case .hardCopy(let key, let new): layout.hardCopy(key, to: new)
        case .moveToStart(let prefix): layout.move(toStart: true) { $0.hasPrefix(prefix) }
        case .moveToEnd(let prefix): layout.move(toStart: false) { $0.hasPrefix(prefix) }
        }
    }
}

extension Matcher {
    /// Whether the pattern matches a field's name; used once per shape.
    func matches(name: String) -> Bool {
        Array(name.utf8).withBytes { matches($0) }
    }
}
