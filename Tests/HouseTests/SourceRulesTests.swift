import Testing

@Suite struct SourceRulesTests {
    private static let shipped =
        House.files(below: "Sources", ".swift")
        + House.pluginFolders.flatMap { House.files(below: "plugins/\($0)/Sources", ".swift") }

    @Test func nothingShippedImportsFoundation() throws {
        for file in Self.shipped {
            let imports = try House.imports(of: file)
            #expect(!imports.contains { $0.hasPrefix("Foundation") }, "\(file)")
        }
    }

    @Test(arguments: House.pluginFolders)
    func aPluginReachesNeitherTheEngineNorOthers(folder: String) throws {
        let others = House.pluginFolders.filter { $0 != folder }.map(House.module)
        let barred = Set(others + ["Pipeline", "Journal", "YAML", "Capture", "catchment"])
        for file in House.files(below: "plugins/\(folder)/Sources", ".swift") {
            let imports = Set(try House.imports(of: file))
            #expect(imports.isDisjoint(with: barred), "\(file)")
        }
    }

    @Test func nothingShippedForces() throws {
        for file in Self.shipped {
            for line in try House.text(file).split(separator: "\n") {
                let code = line.split(separator: "//", maxSplits: 1).first ?? ""
                #expect(!code.contains("try!") && !code.contains("as!"), "\(file): \(line)")
            }
        }
    }
}
