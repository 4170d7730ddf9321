/// One step through a YAML text, with the place where it begins.
struct Event {
    enum Kind {
        case documentStart
        case scalar(String, isPlain: Bool)
        case listStart
        case listEnd
        case mapStart
        case mapEnd
        case alias(String)
        case streamEnd
    }

    var kind: Kind
    /// Both start at 1; columns count characters.
    var line: Int
    var column: Int
    /// `&name` in front of a scalar, list or map.
    var anchor: String?
    /// `!tag` in front of a scalar, list or map, in its long form.
    var tag: String?
}
