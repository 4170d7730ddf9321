import Core
import System
import TestKit
import Testing
import YAML

@testable import Pipeline

/// Runs an agent on a configuration until its inputs have ended and everything is delivered.
func runAgent(
    _ text: String, _ registry: Registry, in directory: TemporaryDirectory
) throws -> Ledger {
    let path = try directory.write(text, to: "agent.yaml")
    let configuration = Configuration.load(path)
    let result = Plan.make(
        from: configuration.root, registry: registry, problems: configuration.problems)
    #expect(result.problems == [])
    let agent = try Agent(plan: try #require(result.plan), log: .silent)
    #expect(agent.run(signals: SignalSet.block([])) == 0)
    return agent.ledger
}

/// The numbers that `LineOutput` and its like wrote into a file, one a line.
func numbers(_ name: String, in directory: TemporaryDirectory) throws -> [Int] {
    String(decoding: try directory.read(name), as: UTF8.self)
        .split(separator: "\n").compactMap { Int($0) }
}
