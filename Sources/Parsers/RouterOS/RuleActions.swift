public import Core

/// What firewall rules do, by their log prefixes: a firewall line does not tell the verdict.
///
/// An entry is a beginning, `D|=drop`, or a word, `word drop=drop`, which may stand anywhere between
/// other bytes than letters and is written in any case. Of a user's entries the first that fits
/// counts, beginnings before words; then those built in.
public struct RuleActions: Sendable {
    private var own = Table()
    private let builtIn: Table

    /// A, D, R, L, N and M in front of `|`; the words drop, reject and accept.
    public static let stock = RuleActions()

    private init() {
        var table = Table()
        for (prefix, action) in [
            ("A|", "accept"), ("D|", "drop"), ("R|", "reject"), ("L|", "log"), ("N|", "nat"),
            ("M|", "mangle"),
        ] { table.add(prefix, action, isWord: false) }
        for word in ["drop", "reject", "accept"] { table.add(word, word, isWord: true) }
        builtIn = table
    }

    /// The built-in entries and `entries` in front of them.
    ///
    /// - Parameter entries: `PREFIX=ACTION` or `word WORD=ACTION`; without an ACTION there is none.
    /// - Returns: `nil` when one of them is neither.
    public init?(_ entries: [String]) {
        self = .stock
        for entry in entries {
            guard add(entry) else { return nil }
        }
    }

    fileprivate mutating func add(_ entry: String) -> Bool {
        guard let equals = entry.lastIndex(of: "=") else { return false }
        let action = String(entry[entry.index(after: equals)...])
        var prefix = entry[..<equals]
        let isWord = prefix.hasPrefix("word ")
        if isWord { prefix = prefix.dropFirst(5) }
        guard !prefix.isEmpty, action.utf8.allSatisfy(Self.isPlain) else { return false }
        own.add(String(prefix), action, isWord: isWord)
        return true
    }

    /// Letters, digits, `-` and `_`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// Appends the action of a rule with the log prefix `prefix`.
    ///
    /// - Returns: whether there is one.
    func append(for prefix: RawSpan, to buffer: inout ByteBuffer) -> Bool {
        if own.isEmpty { return builtIn.append(for: prefix, to: &buffer) ?? false }
        return own.append(for: prefix, to: &buffer) ?? builtIn.append(for: prefix, to: &buffer)
            ?? false
    }
}

extension RuleActions {
    /// Entries of one origin, in one pool of bytes.
    private struct Table: Sendable {
        private struct Entry: Sendable {
            /// Where the beginning or the word lies; words are in lower case.
            var text: Range<Int>
            var action: Range<Int>
        }

        private var pool: [UInt8] = []
        private var beginnings: [Entry] = []
        private var words: [Entry] = []
        /// Bits of the low five bits of first bytes: most prefixes need no look at the entries.
        private var beginningMarks: UInt32 = 0
        private var wordMarks: UInt32 = 0

        var isEmpty: Bool { beginnings.isEmpty && words.isEmpty }

        mutating func add(_ text: String, _ action: String, isWord: Bool) {
            let start = pool.count
            pool += isWord ? text.utf8.map(Self.lower) : Array(text.utf8)
            let end = pool.count
            pool += action.utf8
            let entry = Entry(text: start..<end, action: end..<pool.count)
            let mark = UInt32(1) << UInt32(pool[start] & 31)
            if isWord {
                words.append(entry)
                wordMarks |= mark
            } else {
                beginnings.append(entry)
                beginningMarks |= mark
            }
        }

        /// - Returns: whether the entry that fits has an action; `nil` when none fits.
        func append(for prefix: RawSpan, to buffer: inout ByteBuffer) -> Bool? {
            guard let action = find(prefix) else { return nil }
            for index in action { buffer.append(pool[index]) }
            return !action.isEmpty
        }

        private func find(_ prefix: RawSpan) -> Range<Int>? {
            guard prefix.byteCount > 0 else { return nil }
            if beginningMarks >> UInt32(prefix.byte(at: 0) & 31) & 1 == 1 {
                for entry in beginnings where hasText(of: entry, prefix, at: 0) {
                    return entry.action
                }
            }
            var isStart = true
            for offset in 0..<prefix.byteCount {
                let byte = prefix.byte(at: offset)
                if isStart, wordMarks >> UInt32(byte & 31) & 1 == 1 {
                    for entry in words where hasWord(of: entry, prefix, at: offset) {
                        return entry.action
                    }
                }
                isStart = !byte.isLetter
            }
            return nil
        }

        private func hasText(of entry: Entry, _ prefix: RawSpan, at start: Int) -> Bool {
            guard start &+ entry.text.count <= prefix.byteCount else { return false }
            for index in entry.text
            where pool[index] != prefix.byte(at: start &+ index &- entry.text.lowerBound) {
                return false
            }
            return true
        }

        /// Whether the word stands at `start` in any case, and no letter follows.
        private func hasWord(of entry: Entry, _ prefix: RawSpan, at start: Int) -> Bool {
            let end = start &+ entry.text.count
            guard end <= prefix.byteCount else { return false }
            for index in entry.text {
                let byte = prefix.byte(at: start &+ index &- entry.text.lowerBound)
                if Self.lower(byte) != pool[index] { return false }
            }
            return end == prefix.byteCount || !prefix.byte(at: end).isLetter
        }

        private static func lower(_ byte: UInt8) -> UInt8 {
            (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
        }
    }
}

extension RuleActions {
    public static let option = OptionSpec(
        "action_map", .text, repeatable: true,
        help: "Action by the log prefix of rules: `PREFIX=ACTION` or `word WORD=ACTION`.")

    /// The built-in entries and those of the option `action_map`.
    ///
    /// - Parameter problems: grows by every entry that is none.
    public init(_ settings: PluginSettings, problems: inout [SettingsProblem]) {
        self = .stock
        let key = Self.option.key
        for given in settings.given where given.key == key {
            guard case .text(let text) = given.value, !add(text) else { continue }
            problems.append(
                SettingsProblem(
                    .invalidValue, at: given.location,
                    "'\(key)' wants PREFIX=ACTION, not '\(text)'",
                    hint: "for example X|=tarpit, or word blocked=drop"))
        }
    }
}
