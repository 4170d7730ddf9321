import Core
import Pipeline
import System

/// `catchment journal replay`: delivers again what outputs have refused.
struct ReplayCommand: Equatable {
    var configuration: String
    /// Outputs to replay; all when empty.
    var outputs: [String] = []

    /// - Parameter arguments: what follows `journal replay`.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        var file: String?
        while let argument = rest.popFirst() {
            switch argument {
            case "-c", "--config":
                guard let path = rest.popFirst() else {
                    throw UsageError(.missingArgument, "\(argument) needs a file")
                }
                file = path
            case _ where argument.hasPrefix("-"):
                throw UsageError(
                    .unknownOption, "'journal replay' has no option '\(argument)'",
                    hint: "'catchment help journal' lists them")
            default:
                outputs.append(argument)
            }
        }
        guard let file else {
            throw UsageError(
                .missingArgument, "'journal replay' needs the agent's configuration",
                hint: "catchment journal replay -c FILE [OUTPUT ...]")
        }
        configuration = file
    }

    /// - Returns: the exit status: 0, 1 when something stays behind, 2 when nothing was tried.
    func run(_ console: Console, _ registry: Registry) -> Int32 {
        var source = PipelineSource()
        source.file = configuration
        let result = source.plan(registry)
        PlanReport.show(result, on: console)
        guard let plan = result.plan else { return 2 }
        let log = console.log(level: plan.service.logLevel)
        do throws(OperationError) {
            let replay = try Replay(plan: plan, log: log)
            let known = replay.outputs
            if let missing = outputs.first(where: { !known.contains($0) }) {
                console.error(
                    UsageError(
                        .unexpectedArgument, "output '\(missing)' has nothing in quarantine",
                        hint: Suggestion.hint(for: missing, among: known)))
                return 2
            }
            return try run(replay, outputs.isEmpty ? known : outputs, console)
        } catch {
            log.error("\(error)")
            return 1
        }
    }

    private func run(
        _ replay: Replay, _ names: [String], _ console: Console
    ) throws(OperationError) -> Int32 {
        var status: Int32 = 0
        if names.isEmpty { console.note("nothing is in quarantine") }
        for name in names {
            let outcome = try replay.run(name)
            var text = "\(name): \(outcome.delivered.grouped) delivered"
            if outcome.refused > 0 { text += ", \(outcome.refused.grouped) refused again" }
            if outcome.damaged > 0 { text += ", \(outcome.damaged.grouped) damaged" }
            console.note(text)
            if outcome.refused + outcome.damaged > 0 { status = 1 }
        }
        return status
    }
}
