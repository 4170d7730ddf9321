import Core
public import Patterns

/// Which tags a filter or an output takes: those that fit `match` or `match_regex`.
public struct TagMatch: Sendable, CustomStringConvertible {
    private let wildcard: Wildcard?
    private let pattern: Pattern?

    /// `*` stands for any run of characters; case matters, and the whole tag must fit.
    public init(wildcard: String) {
        self.wildcard = Wildcard(wildcard)
        pattern = nil
    }

    /// A regular expression that fits some part of the tag; a wildcard may be given besides.
    public init(regex: String, wildcard: String? = nil) throws(PatternError) {
        self.wildcard = wildcard.map { Wildcard($0) }
        pattern = try Pattern(regex)
    }

    public func matches(_ tag: String) -> Bool {
        if let wildcard, wildcard.matches(tag) { return true }
        guard let pattern else { return false }
        // Routes are resolved once, at the start, so a matcher for each question is fine.
        return Array(tag.utf8).withBytes { pattern.makeMatcher().matches($0) }
    }

    /// As written.
    public var description: String {
        [pattern?.source, wildcard?.description].compactMap(\.self).joined(separator: " or ")
    }
}
