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
            let log = try log(for: plan, console)
            log.info(Version.text)
            return run(plan, log, signals)
        } catch {
            console.note("catchment: \(error)")
            return 1
        }
    }

    private func run(_ plan: Plan, _ log: Log, _ signals: SignalSet) -> Int32 {
        do throws(OperationError) {
            return try Agent(plan: plan, log: log).run(signals: signals)
        } catch {
            log.error("\(error)")
            return 1
        }
    }

    private func log(for plan: Plan, _ console: Console) throws(OperationError) -> Log {
        guard let path = plan.service.logFile else {
            return console.log(level: plan.service.logLevel)
        }
        let file = try LogFile(path)
        var quiet = console
        quiet.hasColours = false
        quiet.errors = { file.write($0) }
        return quiet.log(level: plan.service.logLevel)
    }
}
