import Core
import Pipeline
import Testing

@testable import catchment

@Suite struct ExampleTests {
    private static let examples =
        House.files(below: "conf", ".yaml", ".yml")
        + House.pluginFolders.map { "plugins/\($0)/example.yaml" }.filter(House.exists)

    @Test(arguments: examples)
    func loadsWithoutAWord(file: String) {
        let result = PipelineSource(file: House.path(file)).plan(Plugins.registry)
        #expect(result.problems.map(\.description) == [])
        #expect(result.warnings.map(\.description) == [])
    }

    /// A store that has a preset has an example that says what it needs and does not know.
    @Test func everyKindOfStoreHasAnExample() throws {
        let info = try #require(Plugins.registry.info(.output, named: "s3"))
        let option = try #require(info.options.first { $0.key == "preset" })
        guard case .choice(let presets) = option.kind else {
            Issue.record("'preset' is no choice")
            return
        }
        #expect(presets.count == 8)
        let list = try House.text("conf/examples/README.md")
        for preset in presets {
            let file = "s3-\(preset).yaml"
            #expect(try House.text("conf/examples/\(file)").contains("preset: \(preset)\n"))
            #expect(list.contains("(\(file))"))
        }
    }
}
