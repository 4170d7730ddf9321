import Glibc

/// Paths with wildcards, as a shell reads them: `*`, `?` and `[...]`; see glob(7).
public enum FilePattern {
    /// Whether there is a wildcard at all.
    public static func hasWildcard(_ pattern: some StringProtocol) -> Bool {
        pattern.contains { $0 == "*" || $0 == "?" || $0 == "[" }
    }

    /// Paths that exist and fit `pattern`, sorted.
    ///
    /// Folders that may not be read hold nothing.
    public static func expand(_ pattern: String) -> [String] {
        var result = unsafe glob_t()
        // The result is released below; its texts are copied before.
        defer { unsafe globfree(&result) }
        guard unsafe glob(pattern, 0, nil, &result) == 0, let paths = unsafe result.gl_pathv else {
            return []
        }
        return unsafe (0..<Int(result.gl_pathc)).compactMap { index in
            unsafe paths[index].map { unsafe String(cString: $0) }
        }
    }

    /// Whether the whole of `text` fits; `*` stands for `/` too.
    public static func matches(_ pattern: String, _ text: String) -> Bool {
        // Both texts live for the call.
        unsafe fnmatch(pattern, text, 0) == 0
    }
}
