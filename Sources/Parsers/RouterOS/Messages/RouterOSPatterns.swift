/// The message patterns of a RouterOS parser: a user's own and those that come with it.
public struct RouterOSPatterns: Sendable {
    /// Those that the parser comes with.
    public static let stock = RouterOSPatterns(set: .stock)

    let set: MessagePatternSet

    private init(set: MessagePatternSet) { self.set = set }

    /// Puts patterns in front of those that the parser comes with.
    ///
    /// - Parameter patterns: each an event's name, a space and a text, which is literal except for
    ///   captures: see `MessageFamily`.
    public init(_ patterns: [String]) throws(PatternProblem) {
        var own: [(event: String, text: String)] = []
        for pattern in patterns {
            guard let space = pattern.firstIndex(of: " ") else { throw .noText(pattern) }
            let event = String(pattern[..<space])
            let text = String(pattern[pattern.index(after: space)...])
            guard !event.isEmpty, !text.isEmpty else { throw .noText(pattern) }
            own.append((event, text))
        }
        set = try MessagePatternSet(
            [MessageFamily([], goesFirst: true, own)] + MessageTable.families)
    }
}

/// A mistake in the text of a pattern.
public enum PatternProblem: Error, Equatable, CustomStringConvertible {
    case noText(String)
    case unclosed(String)
    case unknownType(String)
    case noEnd(String)
    case tooLong(String)
    case tooManyPatterns
    case reservedField(String)
    case fieldConflict(String)

    public var description: String {
        switch self {
        case .noText(let pattern): "'\(pattern)' has no text: write EVENT TEXT"
        case .unclosed(let text): "'\(text)' has a '%{' or '%[' without an end"
        case .unknownType(let capture):
            "'%{\(capture)}' has an unknown type; there are "
                + CaptureType.allCases.map(\.rawValue).joined(separator: ", ")
        case .noEnd(let text): "'\(text)' has two captures with nothing between them"
        case .tooLong(let text):
            "'\(text)' has more than \(MessagePatternSet.limit) parts or fields"
        case .tooManyPatterns:
            "there are more than \(MessagePatternSet.patternLimit) patterns with those built in"
        case .reservedField(let name): "'\(name)' is a field of every record"
        case .fieldConflict(let name): "field '\(name)' has another type in other messages"
        }
    }
}
