import Core

/// Which tags a filter or an output takes: `match` or `match_regex`.
public struct TagMatch: Sendable, CustomStringConvertible {
    private enum Rule: Sendable {
        case wildcard(Wildcard)
    }

    /// As written.
    public let description: String
    private let rule: Rule

    /// `*` stands for any run of characters; case matters, and the whole tag must fit.
    public init(wildcard pattern: String) {
        description = pattern
        rule = .wildcard(Wildcard(pattern))
    }

    /// A regular expression that some part of the tag must fit.
    init(regex pattern: String, at location: SourceLocation) throws(SettingsError) {
        throw SettingsError(
            .notSupportedYet, at: location, "'match_regex' is not supported yet",
            hint: "use 'match' with '*'")
    }

    public func matches(_ tag: String) -> Bool {
        switch rule {
        case .wildcard(let wildcard): wildcard.matches(tag)
        }
    }
}
