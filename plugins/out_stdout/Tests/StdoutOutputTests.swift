import Core
import Testing

@testable import OutStdout

private struct NoParsers: ParserDirectory {
    var parserNames: [String] { [] }
    func hasParser(named name: String) -> Bool { false }
    func makeParser(named name: String) -> (any LineParser)? { nil }
}

@Suite struct StdoutOutputTests {
    private final class Paper {
        var text = ""
        var isThere = true
    }

    private func makeOutput(_ paper: Paper) throws -> StdoutOutput {
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: StdoutOutput.info, instanceName: "stdout.0",
            location: SourceLocation(file: "test.yaml", line: 1, column: 1), entries: [],
            parsers: NoParsers(), problems: &problems)
        return try StdoutOutput(settings: settings) {
            paper.text += $0.makeString()
            return paper.isThere
        }
    }

    private func makeBatch() -> RecordBatch {
        var batch = RecordBatch()
        var builder = RecordBuilder()
        builder.begin()
        builder.add("a", text: "b")
        builder.finish(into: &batch)
        return batch
    }

    @Test func printsAtCommit() throws {
        let paper = Paper()
        let output = try makeOutput(paper)
        try output.open(resuming: [], log: .silent)
        try output.write(makeBatch())
        #expect(paper.text == "")
        _ = try output.commit()
        _ = try output.commit()
        #expect(paper.text == "{\"a\":\"b\"}\n")
    }

    @Test func failsWhenNobodyReads() throws {
        let paper = Paper()
        paper.isThere = false
        let output = try makeOutput(paper)
        try output.write(makeBatch())
        #expect(throws: OperationError.self) { try output.commit() }
    }
}
