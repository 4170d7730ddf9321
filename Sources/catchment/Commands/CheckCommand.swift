import Core
import Pipeline

/// Checks a configuration and starts nothing.
struct CheckCommand {
    let source: PipelineSource

    func run(_ console: Console, _ registry: Registry) -> Int32 {
        let result = source.plan(registry)
        PlanReport.show(result, on: console)
        guard result.plan != nil else { return 2 }
        // Fluent Bit's line, word for word: scripts look for it.
        console.note("configuration test is successful")
        return 0
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
