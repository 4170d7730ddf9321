/// A configuration as a tree that remembers where each part was written.
///
/// The engine and the plugins see settings in this form; only the YAML module knows the text.
public struct Setting: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// Text as written; `isPlain` is false when it was quoted or a block.
        case scalar(String, isPlain: Bool)
        case list([Setting])
        /// Entries in the order of the file; the reader has refused duplicate keys.
        case map([Entry])
    }

    public struct Entry: Hashable, Sendable {
        public var key: String
        public var keyLocation: SourceLocation
        public var value: Setting

        public init(key: String, keyLocation: SourceLocation, value: Setting) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    public var content: Content
    public var location: SourceLocation

    public init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }

    public var scalar: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    public var list: [Setting]? {
        if case .list(let items) = content { items } else { nil }
    }

    public var entries: [Entry]? {
        if case .map(let entries) = content { entries } else { nil }
    }

    /// The value under `key`, compared without regard to case as Fluent Bit does.
    public subscript(key: String) -> Setting? {
        let wanted = key.lowercased()
        return entries?.first { $0.key.lowercased() == wanted }?.value
    }

    /// `text`, `list` or `map`, for messages.
    public var kindName: String {
        switch content {
        case .scalar: "text"
        case .list: "list"
        case .map: "map"
        }
    }
}
