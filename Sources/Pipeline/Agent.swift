public import Core
import Journals
public import System

/// A plan that runs: inputs, journals and outputs on their threads, from start to drain.
public final class Agent {
    /// All accounts; to be read at any time.
    public let ledger: Ledger
    private let plan: Plan
    private let log: Log
    private let inputs: [InputRunner]
    private let outputs: [OutputWorker]
    private let storageLock: StorageLock?

    /// Opens journals and cursors; no socket yet.
    ///
    /// - Throws: when the storage cannot be used. The agent must not start then.
    public init(plan: Plan, log: Log) throws(OperationError) {
        self.plan = plan
        self.log = log
        var assembly = try Assembly(plan: plan, log: log)
        try assembly.addOutputs()
        try assembly.addInputs()
        inputs = assembly.inputs
        outputs = assembly.outputs
        storageLock = assembly.storageLock
        ledger = Ledger(inputs: assembly.inputLedgers, deliveries: assembly.deliveryLedgers)
    }

    /// Binds every input, runs until a signal or until all inputs have ended, drains, and returns.
    ///
    /// - Parameters:
    ///   - signals: blocked in all threads; SIGUSR1 prints the ledger, SIGHUP does nothing, the
    ///     others stop.
    ///   - report: takes the ledger as text.
    /// - Returns: 0 after an orderly end, 1 when an input could not be opened.
    public func run(
        signals: SignalSet, report: (String) -> Void = { StandardStream.error.write($0) }
    ) -> Int32 {
        for input in inputs {
            do throws(OperationError) {
                try input.open()
            } catch {
                log.named(input.name).error("\(error)")
                return 1
            }
        }
        for output in outputs { output.start { signals.wake() } }
        for input in inputs { input.start { signals.wake() } }
        log.info(
            "started: \(Self.count(inputs.count, "input")), "
                + Self.count(outputs.count, "output"))
        waitForTheEnd(signals, report)
        drain(signals)
        report(LedgerReport(ledger).text)
        return 0
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "s")
    }

    /// A signal or the end of all inputs.
    private func waitForTheEnd(_ signals: SignalSet, _ report: (String) -> Void) {
        while !inputs.allSatisfy(\.hasEnded) {
            guard let signal = signals.wait() else { continue }
            switch signal {
            case SignalSet.userOne:
                report(LedgerReport(ledger).text)
            case SignalSet.hangUp:
                log.warning("SIGHUP does nothing: to read the configuration again, restart")
            default:
                log.info("stopping: at most \(plan.service.grace / 1_000_000_000) s to drain")
                return
            }
        }
        log.info("all inputs have ended")
    }

    /// Stops the inputs, then lets the outputs deliver what the journals hold, within `grace`.
    private func drain(_ signals: SignalSet) {
        let grace = plan.service.grace
        let start = MonotonicClock.now()
        for input in inputs { input.stop() }
        // Inputs get half of the time, as in Fluent Bit.
        wait(signals, until: start + grace / 2) { self.inputs.allSatisfy(\.hasEnded) }
        for input in inputs where !input.hasEnded {
            log.warning("\(ErrorCode.graceExpired.text): input \(input.name) did not end in time")
            input.giveUp()
        }
        // What it still holds is dropped, and counted before the outputs look at the journal last.
        wait(signals, until: start + grace / 4 * 3) { self.inputs.allSatisfy(\.hasEnded) }
        for output in outputs { output.drain(until: start + grace) }
        wait(signals, until: start + grace + 500_000_000) { self.outputs.allSatisfy(\.hasEnded) }
        for output in outputs where !output.hasEnded {
            log.warning("\(ErrorCode.graceExpired.text): output \(output.name) did not end in time")
        }
        for output in outputs { output.giveUpWhatIsInMemory() }
    }

    /// Waits for a condition; another signal to stop ends the wait.
    private func wait(_ signals: SignalSet, until deadline: Int64, _ isMet: () -> Bool) {
        while !isMet() {
            let left = deadline - MonotonicClock.now()
            if left <= 0 { return }
            let signal = signals.wait(atMost: left)
            if let signal, signal != SignalSet.userOne, signal != SignalSet.hangUp { return }
        }
    }
}
