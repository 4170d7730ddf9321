public import Core
import Journals
import System

/// Delivers again what outputs have refused: after somebody corrected what was wrong.
///
/// Needs the storage to itself; the agent must not run.
public struct Replay {
    /// What became of one output's quarantine.
    public struct Outcome: Sendable, Equatable {
        public var output: String
        public var delivered: UInt64
        /// Records refused again, which stay in the quarantine.
        public var refused: UInt64
        /// Records that could not be read.
        public var damaged: UInt64
    }

    private let assembly: Assembly
    private let plan: Plan
    private let storagePath: String
    private let log: Log

    /// Takes the storage.
    ///
    /// - Throws: `journalLocked` while an agent uses it, `journalOpenFailed` when the plan has none.
    public init(plan: Plan, log: Log) throws(OperationError) {
        guard let storagePath = plan.service.storagePath else {
            throw OperationError(
                .journalOpenFailed, call: "replay", target: "service",
                reason: "without 'storage.path' nothing was kept", canRetry: false)
        }
        self.plan = plan
        self.storagePath = storagePath
        self.log = log
        assembly = try Assembly(plan: plan, log: log)
    }

    /// Names of the outputs that have something in quarantine.
    public var outputs: [String] {
        plan.outputs.map(\.instanceName).filter {
            let directory = Quarantine.directory(of: $0, in: storagePath)
            return FileSystem.kind(of: directory) == .directory
        }
    }

    /// Delivers the quarantine of one output.
    ///
    /// - Throws: what the output throws; what it has not taken stays where it is.
    public func run(_ name: String) throws(OperationError) -> Outcome {
        guard let output = plan.outputs.first(where: { $0.instanceName == name }) else {
            preconditionFailure("not one of `outputs`")
        }
        let log = self.log.named(name, level: output.logLevel)
        let journal = try Journal(
            name: Quarantine.journalName(of: name),
            settings: Quarantine.settings(
                directory: Quarantine.directory(of: name, in: storagePath),
                isDurable: plan.service.storageSync == .full), log: log)
        let account = InputLedger(name: journal.name, tag: "", filters: [])
        let ledger = DeliveryLedger(output: name, input: account)
        let delivery = try assembly.makeDelivery(of: output, log: log, keepsCursor: true)
        delivery.addSource(journal, limits: ReaderLimits(), ledger: ledger)
        do throws(OperationError) {
            try delivery.open()
            try delivery.pump { false }
            delivery.finish()
            try delivery.pump { false }
            delivery.close()
        } catch {
            delivery.close()
            throw error
        }
        return Outcome(
            output: name, delivered: ledger.delivered, refused: ledger.quarantined,
            damaged: ledger.damaged)
    }
}
