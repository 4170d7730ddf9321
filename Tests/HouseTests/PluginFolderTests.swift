import Core
import Pipeline
import Testing

@testable import catchment

@Suite struct PluginFolderTests {
    @Test(arguments: House.pluginFolders)
    func isRegisteredUnderItsName(folder: String) {
        #expect(House.info(ofFolder: folder) != nil, "add it to Sources/catchment/Plugins.swift")
    }

    @Test(arguments: House.pluginFolders)
    func hasReadmeAndExample(folder: String) {
        #expect(House.exists("plugins/\(folder)/README.md"))
        #expect(House.exists("plugins/\(folder)/example.yaml"))
    }

    @Test(arguments: Plugins.registry.infos.map(DescribeCommand.fullName))
    func hasAFolder(name: String) {
        #expect(House.pluginFolders.contains(name))
    }

    @Test func namesAreUnique() {
        let names = Plugins.registry.infos.map(DescribeCommand.fullName)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: Plugins.registry.infos.map(DescribeCommand.fullName))
    func declaresSoundOptions(name: String) throws {
        let info = try #require(House.info(ofFolder: name))
        let keys = info.options.map(\.key)
        #expect(Set(keys).count == keys.count, "a key is declared twice")
        #expect(keys.allSatisfy { $0 == $0.lowercased() && !$0.contains(" ") })
        #expect(!info.summary.hasSuffix("."))
        for option in info.options {
            #expect(!option.help.isEmpty)
            if let text = option.defaultValue {
                #expect(
                    OptionValue.parse(text, as: option.kind) != nil,
                    "'\(option.key)' has the default '\(text)'")
            }
        }
    }
}
