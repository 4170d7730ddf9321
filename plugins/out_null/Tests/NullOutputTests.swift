import Core
import Testing

@testable import OutNull

private struct NoParsers: ParserDirectory {
    var parserNames: [String] { [] }
    func hasParser(named name: String) -> Bool { false }
    func makeParser(named name: String) -> (any LineParser)? { nil }
}

@Suite struct NullOutputTests {
    @Test func countsRecords() throws {
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: NullOutput.info, instanceName: "null.0",
            location: SourceLocation(file: "test.yaml", line: 1, column: 1), entries: [],
            parsers: NoParsers(), problems: &problems)
        let output = try NullOutput(settings: settings)
        var batch = RecordBatch()
        var builder = RecordBuilder()
        for _ in 0..<3 {
            builder.begin()
            builder.add("a", text: "b")
            builder.finish(into: &batch)
        }
        try output.open(resuming: [], log: .silent)
        try output.write(batch)
        #expect(try output.commit().isEmpty)
        #expect(output.count == 3)
    }
}
