import Core
import Parsers

/// Makes the parser directory of a configuration.
enum PlanParsers {
    /// The stock parsers and those of the sections `parsers` and `multiline_parsers`.
    static func directory(
        parsers: Setting?, multiline: Setting?, findings: inout Findings
    ) -> any ParserDirectory {
        var library = ParserLibrary.stock
        var problems: [SettingsProblem] = []
        if let section = list(parsers, named: "parsers", findings: &findings) {
            library = ParserLibrary.load(from: [section], problems: &problems)
        }
        if let section = list(multiline, named: "multiline_parsers", findings: &findings) {
            library.addMultiline(from: [section], problems: &problems)
        }
        for problem in problems { findings.report(problem) }
        return library
    }

    /// - Returns: the section if there is one and it is a list.
    private static func list(
        _ section: Setting?, named name: String, findings: inout Findings
    ) -> Setting? {
        guard let section, section.scalar != "" else { return nil }
        if section.list != nil { return section }
        findings.refuse(
            .wrongType, at: section.location, "'\(name)' is a list, not a \(section.kindName)",
            hint: "begin each item with '- name: ...'")
        return nil
    }
}
