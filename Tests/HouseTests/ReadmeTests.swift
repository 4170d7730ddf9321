import Core
import Foundation
import Testing

@testable import catchment

/// The settings table of each plugin's README says what the plugin declares.
///
/// `UPDATE_README=1` writes the tables anew.
@Suite struct ReadmeTests {
    private static let heading = "| option | type | default | help |"
    private static let rule = "|---|---|---|---|"

    @Test(arguments: House.pluginFolders)
    func tableEqualsDeclaration(folder: String) throws {
        let info = try #require(House.info(ofFolder: folder))
        let file = "plugins/\(folder)/README.md"
        let lines = try House.text(file).components(separatedBy: "\n")
        let expected = info.options.flatMap(\.rows).map(Self.row)
        guard let start = lines.firstIndex(where: Self.isHeading) else {
            #expect(expected.isEmpty, "\(file) has no table '\(Self.heading)'")
            return
        }
        let table = lines[(start + 1)...].prefix { $0.hasPrefix("|") }
        if ProcessInfo.processInfo.environment["UPDATE_README"] == "1" {
            var updated = lines
            updated.replaceSubrange(
                start..<table.endIndex, with: [Self.heading, Self.rule] + expected)
            try updated.joined(separator: "\n").write(
                toFile: House.path(file), atomically: true, encoding: .utf8)
            return
        }
        let rows = table.dropFirst().map { Self.cells($0) }
        #expect(rows == expected.map { Self.cells($0) }, "UPDATE_README=1 writes the table anew")
    }

    private static func isHeading(_ line: String) -> Bool {
        cells(line).map { $0.lowercased() } == cells(heading).map { $0.lowercased() }
    }

    private static func row(_ option: OptionSpec) -> String {
        let value = option.defaultValue.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
        let notes =
            (option.isRequired ? " (required)" : "")
            + (option.isRepeatable ? " (may be a list)" : "")
        let cells = ["`\(option.key)`", option.kind.summary, value, option.help + notes]
        return "| "
            + cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ")
            + " |"
    }

    /// A row without back ticks, padding, notes and closing full stops.
    private static func cells(_ row: String) -> [String] {
        let bare = row.replacingOccurrences(of: "`", with: "")
            .replacingOccurrences(of: "\\|", with: "\u{1}")
        return bare.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
            .map { cell in
                var text = cell.trimmingCharacters(in: .whitespaces)
                for note in ["(may be a list)", "(required)"] where text.hasSuffix(note) {
                    text = String(text.dropLast(note.count))
                }
                return text.trimmingCharacters(in: CharacterSet(charactersIn: " ."))
            }
    }

}
