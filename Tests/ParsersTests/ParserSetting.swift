import Core

/// Entries of `parsers` as the YAML reader would give them.
enum ParserSetting {
    /// The first option stands on line 1.
    static func make(_ options: [(String, String)]) -> Setting {
        let entries = options.enumerated().map { index, option in
            Setting.Entry(
                key: option.0, keyLocation: place(index + 1, 1),
                value: Setting(.scalar(option.1, isPlain: true), at: place(index + 1, 9)))
        }
        return Setting(.map(entries), at: place(1, 1))
    }

    static func place(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: "test.yaml", line: line, column: column)
    }
}
