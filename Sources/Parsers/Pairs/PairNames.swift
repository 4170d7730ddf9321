import Core

/// The names that the keys of a parser's lines have as fields.
///
/// Keys mostly come in the order of the line before, which costs a comparison and no allocation. A
/// key that a line has twice becomes `key_2`, so that no record has two fields of one name.
struct PairNames {
    struct Name {
        /// As the line has it.
        var key: String
        /// As the record has it.
        var field: String
        var type: FieldType?
        /// Whether the value is the event time.
        var isTime: Bool
        /// The line that used the name last, and how often it did.
        fileprivate var line = 0
        fileprivate var uses = 0
        /// The name that came behind this one last.
        fileprivate var next = 0
    }

    /// More names than these are forgotten between two lines.
    private static let heldNames = 4096

    private let types: [String: FieldType]
    /// `nil` when several fields make the time.
    private let timeKey: String?
    private var names: [Name] = []
    private var places: [String: Int] = [:]
    private var line = 0
    private var first = 0
    private var last = -1

    init(_ rules: FieldRules) {
        types = rules.types
        timeKey = rules.time.joinedKeys.isEmpty ? rules.time.key : nil
    }

    /// Starts a line.
    mutating func begin() {
        if names.count > Self.heldNames {
            names = []
            places = [:]
        }
        line += 1
        last = -1
    }

    /// The name of the next key.
    mutating func next(_ key: RawSpan) -> Name {
        let guess = last < 0 ? first : names[last].next
        var index: Int
        if guess < names.count, key.isText(names[guess].key) {
            index = guess
        } else {
            index = place(of: key.makeString())
        }
        if last < 0 { first = index } else { names[last].next = index }
        last = index
        if names[index].field != names[index].key { index = other(for: index) }
        return names[claim(index)]
    }

    /// Where `time_text` is when the line's own key is `time`: both must not be used.
    private mutating func other(for index: Int) -> Int {
        let place = place(of: names[index].field)
        if names[place].line == line { return place }
        names[place].line = line
        names[place].uses = 1
        return index
    }

    /// Takes a name for this line; another one when the line has it already.
    private mutating func claim(_ wanted: Int) -> Int {
        var index = wanted
        while names[index].line == line {
            // Each name counts on, so that a thousand equal keys cost a thousand steps.
            names[index].uses += 1
            index = place(of: "\(names[index].key)_\(names[index].uses)", isRepeated: true)
            if names[index].line != line { break }
            index = wanted
        }
        names[index].line = line
        names[index].uses = 1
        return index
    }

    private mutating func place(of key: String, isRepeated: Bool = false) -> Int {
        if let place = places[key] { return place }
        places[key] = names.count
        names.append(
            Name(
                key: key, field: TimeRule.keptName(of: key), type: types[key],
                isTime: !isRepeated && key == timeKey))
        return names.count - 1
    }
}
