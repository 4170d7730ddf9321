import Foundation
import Testing

@testable import Parsers

/// The plugin's page lists every event with its fields.
@Suite struct MessageReferenceTests {
    static let readme = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("plugins/in_routeros/README.md")

    @Test func listsEveryEvent() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        let rows = Set(text.split(separator: "\n").map(String.init))
        let missing = MessagePatternSet.stock.events.map { event in
            let names = event.columns.map { "`\($0.name)`" }.joined(separator: ", ")
            let fields = names.isEmpty ? "none" : names
            return "| `\(event.name)` | \(fields) |"
        }.filter { !rows.contains($0) }
        #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
    }
}
