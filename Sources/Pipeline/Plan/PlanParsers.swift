import Core
import Parsers

/// Makes the parser directory of a configuration.
enum PlanParsers {
    /// The stock parsers and those of the `parsers` section.
    static func directory(
        parsers section: Setting?, findings: inout Findings
    ) -> any ParserDirectory {
        guard let section, section.scalar != "" else { return ParserLibrary.stock }
        guard section.list != nil else {
            findings.refuse(
                .wrongType, at: section.location,
                "'parsers' is a list, not a \(section.kindName)",
                hint: "begin each item with '- name: ...'")
            return ParserLibrary.stock
        }
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(from: [section], problems: &problems)
        for problem in problems { findings.report(problem) }
        return library
    }
}
