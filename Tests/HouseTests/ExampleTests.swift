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
}
