public import Core

extension PluginSettings {
    /// Settings as the configuration would give them.
    ///
    /// - Parameter options: key and value, line by line; the first stands on line 1.
    public init(
        testing info: PluginInfo, _ options: [(key: String, value: String)],
        parsers: any ParserDirectory = NoParsers()
    ) throws(SettingsError) {
        let entries = options.enumerated().map { index, option in
            let place = SourceLocation(file: "test.yaml", line: index + 1, column: 1)
            return Setting.Entry(
                key: option.key, keyLocation: place,
                value: Setting(.scalar(option.value, isPlain: true), at: place))
        }
        var problems: [SettingsProblem] = []
        self.init(
            info: info, instanceName: "\(info.name).0",
            location: SourceLocation(file: "test.yaml", line: 1, column: 1), entries: entries,
            parsers: parsers, problems: &problems)
        guard problems.isEmpty else { throw SettingsError(problems) }
    }
}

/// A directory without parsers.
public struct NoParsers: ParserDirectory {
    public init() {}
    public var parserNames: [String] { [] }
    public func hasParser(named name: String) -> Bool { false }
    public func makeParser(named name: String) -> (any LineParser)? { nil }
}
