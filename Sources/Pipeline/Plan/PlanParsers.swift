import Core

/// Makes the parser directory of a configuration.
enum PlanParsers {
    static func directory(
        parsers: Setting?, findings: inout Findings
    ) -> any ParserDirectory {
        NoParsers()
    }

    private struct NoParsers: ParserDirectory {
        var parserNames: [String] { [] }
        func hasParser(named name: String) -> Bool { false }
        func makeParser(named name: String) -> (any LineParser)? { nil }
    }
}
