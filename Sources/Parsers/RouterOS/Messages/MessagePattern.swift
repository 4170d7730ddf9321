/// Messages of one kind: topics, and the texts that RouterOS sends under them.
///
/// A text is literal except for captures `%{name}`, `%{name:type}` (see `CaptureType`), literals
/// that are captured `%{name=literal}`, and parts that may be missing `%[...%]`; `%%` is a percent
/// sign and `%{}` any text. Patterns are tried in the order of the table.
struct MessageFamily {
    /// One of them is among a message's topics, if it has any; empty for all.
    var topics: [String]
    /// Whether a message without topics is none of these: the texts could be anybody's.
    var needsTopics = false
    /// Whether the patterns are tried before all others, whatever they begin with.
    var goesFirst = false
    var patterns: [(event: String, text: String)]

    init(
        _ topics: [String], needsTopics: Bool = false, goesFirst: Bool = false,
        _ patterns: [(event: String, text: String)]
    ) {
        self.topics = topics
        self.needsTopics = needsTopics
        self.goesFirst = goesFirst
        self.patterns = patterns
    }
}

/// A part of a compiled pattern.
struct PatternSegment {
    enum Kind {
        /// Bytes of the pool, not captured.
        case literal
        /// Bytes of the pool, captured.
        case capturedLiteral
        case capture
        /// What follows, `count` segments, may be missing.
        case optional
    }

    var kind: Kind
    var type = CaptureType.text
    /// Literals: where the bytes lie in the pool.
    var start = 0
    /// Literals: how many bytes; optional parts: how many segments.
    var count = 0
    /// Literals: bytes up to the end of the last literal that follows without a gap.
    var runCount = 0
    /// Captures: where the indices of the columns lie in the set's list.
    var columns = noColumns
    static let noColumns = -1

    var isLiteral: Bool { kind == .literal || kind == .capturedLiteral }
}
