public import Core

/// The parsers that a configuration may name: the stock ones and its own, which come first.
public struct ParserLibrary: ParserDirectory, Sendable {
    private var factories: [String: @Sendable () -> any LineParser] = [:]
    private var multiline: [String: MultilineRules] = [:]

    /// The stock parsers alone.
    public static let stock = ParserLibrary()

    private init() {
        for parser in StockParsers.native { factories[parser.name] = parser.make }
        for definition in StockParsers.definitions { add(definition) }
        for rules in StockMultiline.all { multiline[rules.name] = rules }
    }

    private mutating func add(_ definition: ParserDefinition) {
        factories[definition.name] = { definition.makeParser() }
    }

    /// Reads the `parsers` sections of a configuration and its includes.
    ///
    /// - Parameter sections: each a list of parsers, or a single one.
    /// - Parameter problems: gets everything that is wrong.
    public static func load(
        from sections: [Setting], problems: inout [SettingsProblem]
    ) -> ParserLibrary {
        var library = ParserLibrary.stock
        var own: Set<String> = []
        for setting in sections.flatMap({ $0.list ?? [$0] }) {
            guard let definition = ParserDefinition.read(setting, problems: &problems) else {
                // A parser with mistakes is known by name, so that its users are not reported too.
                if let name = setting["name"]?.scalar, !library.hasParser(named: name) {
                    library.factories[name] = library.factories["json"]
                }
                continue
            }
            if !own.insert(definition.name).inserted {
                problems.append(
                    SettingsProblem(
                        .duplicateName, at: setting.location,
                        "there are two parsers '\(definition.name)'"))
            }
            library.add(definition)
        }
        return library
    }

    /// Takes up the `multiline_parsers` sections of a configuration and its includes.
    ///
    /// - Parameter sections: each a list of multiline parsers, or a single one.
    /// - Parameter problems: gets everything that is wrong.
    public mutating func addMultiline(
        from sections: [Setting], problems: inout [SettingsProblem]
    ) {
        var own: Set<String> = []
        for setting in sections.flatMap({ $0.list ?? [$0] }) {
            var reader = MultilineSettings()
            let rules = reader.read(setting)
            problems += reader.problems
            guard let name = rules?.name ?? setting["name"]?.scalar else { continue }
            if !own.insert(name).inserted {
                problems.append(
                    SettingsProblem(
                        .duplicateName, at: setting.location,
                        "there are two multiline parsers '\(name)'"))
            }
            // One with mistakes is known by name, so that its users are not reported too.
            multiline[name] = rules ?? MultilineRules(name: name, rules: [])
        }
    }

    public var parserNames: [String] { factories.keys.sorted() }

    public func hasParser(named name: String) -> Bool { factories[name] != nil }

    public func makeParser(named name: String) -> (any LineParser)? { factories[name]?() }
}

extension ParserLibrary: MultilineDirectory {
    public var multilineNames: [String] { multiline.keys.sorted() }

    public func multilineRules(named name: String) -> MultilineRules? { multiline[name] }
}
