import Core
import Pipeline
import System

/// Runs the agent until it is told to stop.
struct RunCommand {
    let source: PipelineSource

    func run(_ console: Console, _ registry: Registry) -> Int32 {
        let result = source.plan(registry)
        PlanReport.show(result, on: console)
        guard let plan = result.plan else { return 2 }
        // Before any thread starts, so that all of them inherit the mask.
        let signals = SignalSet.block([
            SignalSet.terminate, SignalSet.interrupt, SignalSet.quit, SignalSet.hangUp,
            SignalSet.userOne,
        ])
        SignalSet.ignoreBrokenPipes()
        Process.raiseDescriptorLimit()
        do throws(OperationError) {
            return run(plan, signals, try destination(for: plan, console))
        } catch {
            console.note("catchment: \(console.coloured("error", .red)) \(error)")
            return 1
        }
    }

    private func run(_ plan: Plan, _ signals: SignalSet, _ console: Console) -> Int32 {
        let log = console.log(level: plan.service.logLevel)
        log.info(Version.text)
        do throws(OperationError) {
            return try Agent(plan: plan, log: log).run(signals: signals) { console.errors($0) }
        } catch {
            log.error("\(error)")
            return 1
        }
    }

    /// Where the log and the ledger go: `log_file`, or the error stream.
    private func destination(
        for plan: Plan, _ console: Console
    ) throws(OperationError) -> Console {
        guard let path = plan.service.logFile else { return console }
        let file = try LogFile(path)
        var quiet = console
        quiet.hasColours = false
        quiet.errors = { file.write($0) }
        return quiet
    }
}
