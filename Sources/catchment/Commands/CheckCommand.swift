import Core
import Pipeline

/// Checks a configuration and starts nothing.
struct CheckCommand {
    let source: PipelineSource

    func run(_ console: Console, _ registry: Registry) -> Int32 {
        let result = source.plan(registry)
        PlanReport.show(result, on: console)
        guard let plan = result.plan else { return 2 }
        if source.connects, !connect(plan, console) { return 1 }
        // Fluent Bit's line, word for word: scripts look for it.
        console.note("configuration test is successful")
        return 0
    }

    /// Tries the destinations of all outputs that have some to try.
    private func connect(_ plan: Plan, _ console: Console) -> Bool {
        var isGood = true
        for output in plan.outputs {
            guard let made = try? output.makeOutput(), let probing = made as? any ProbingOutput
            else { continue }
            for step in probing.probe() {
                let word = step.isGood ? "" : console.coloured("failed", .red) + " "
                console.say("\(output.instanceName): \(step.name): \(word)\(step.finding)")
                isGood = isGood && step.isGood
            }
        }
        return isGood
    }
}

/// Prints what checking a configuration found.
enum PlanReport {
    static func show(_ result: PlanResult, on console: Console) {
        console.show(result.warnings, as: .warning)
        console.show(result.problems, as: .error)
        if result.problems.isEmpty { return }
        let errors = count(result.problems.count, "error")
        let warnings =
            result.warnings.isEmpty ? "" : ", " + count(result.warnings.count, "warning")
        console.note(errors + warnings)
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "s")
    }
}
