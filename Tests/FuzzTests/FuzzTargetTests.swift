import FuzzKit
import Testing

/// Every target for a moment; `make fuzz` runs them for long.
@Suite struct FuzzTargetTests {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func holdsOnDamagedInputs(name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        var run = FuzzRun(target)
        run.executions = name == "recovery" ? 150 : 2000
        #expect(run.run().executions == run.executions)
    }
}
