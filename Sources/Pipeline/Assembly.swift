import Core
import Journals
import System

/// Puts journals, outputs and inputs together as a plan says.
struct Assembly {
    private(set) var inputs: [InputRunner] = []
    private(set) var outputs: [OutputWorker] = []
    private(set) var inputLedgers: [InputLedger] = []
    private(set) var deliveryLedgers: [DeliveryLedger] = []
    let storageLock: StorageLock?
    private let plan: Plan
    private let log: Log

    /// What an input's records may take in memory when its settings do not say.
    private static let memoryLimit = 256 << 20

    init(plan: Plan, log: Log) throws(OperationError) {
        self.plan = plan
        self.log = log
        if let path = plan.service.storagePath {
            try FileSystem.makeDirectories(path + "/cursors")
            storageLock = try StorageLock(path)
        } else {
            storageLock = nil
        }
    }

    mutating func addOutputs() throws(OperationError) {
        for output in plan.outputs {
            let log = self.log.named(output.instanceName, level: output.logLevel)
            let keepsCursor = plan.inputs.contains {
                $0.storage == .filesystem && output.match.matches($0.tag)
            }
            outputs.append(
                OutputWorker(
                    name: output.instanceName,
                    delivery: try makeDelivery(of: output, log: log, keepsCursor: keepsCursor),
                    limits: output.limits, flush: plan.service.flush,
                    longestPause: output.longestPause, log: log))
        }
    }

    /// - Parameter keepsCursor: whether a journal that it reads outlives the process.
    func makeDelivery(
        of output: OutputPlan, log: Log, keepsCursor: Bool
    ) throws(OperationError) -> Delivery {
        let isDurable = plan.service.storageSync == .full
        let cursorFile = plan.service.storagePath.map {
            CursorFile(
                path: $0 + "/cursors/" + Self.fileName(output.instanceName) + ".cursor",
                isDurable: isDurable)
        }
        if !keepsCursor, let stored = try cursorFile?.load(), !stored.state.isEmpty {
            // What the output does from now on will not be in it: to go back to it one day would
            // undo that.
            try cursorFile?.save(Cursor(positions: stored.positions))
        }
        let quarantine = plan.service.storagePath.map {
            Quarantine(
                storagePath: $0, output: output.instanceName, isDurable: isDurable, log: log)
        }
        return try Delivery(
            output: try Self.make(output), cursorFile: keepsCursor ? cursorFile : nil,
            quarantine: quarantine, log: log)
    }

    mutating func addInputs() throws(OperationError) {
        for input in plan.inputs {
            let log = self.log.named(input.instanceName, level: input.logLevel)
            let journal = try Journal(
                name: input.instanceName, settings: journalSettings(input), log: log)
            report(journal.recovery, log)
            let steps = try plan.filters(forTag: input.tag).map { filter throws(OperationError) in
                (try Self.make(filter), FilterLedger(name: filter.instanceName))
            }
            let account = InputLedger(
                name: input.instanceName, tag: input.tag, filters: steps.map(\.1))
            inputLedgers.append(account)
            inputs.append(
                InputRunner(
                    name: input.instanceName, tag: input.tag, input: input.input,
                    chain: FilterChain(steps), journal: journal, account: account,
                    outputs: connect(journal, account, of: input),
                    stateDirectory: plan.service.storagePath.map {
                        $0 + "/state/" + Self.fileName(input.instanceName)
                    }, log: log))
        }
    }

    /// Lets every output that takes the input's tag read its journal.
    private mutating func connect(
        _ journal: Journal, _ account: InputLedger, of input: InputPlan
    ) -> [OutputWorker] {
        var matching: [OutputWorker] = []
        for (output, worker) in zip(plan.outputs, outputs)
        where output.match.matches(input.tag) {
            let ledger = DeliveryLedger(output: output.instanceName, input: account)
            worker.addSource(journal, ledger: ledger)
            deliveryLedgers.append(ledger)
            matching.append(worker)
        }
        return matching
    }

    private func journalSettings(_ input: InputPlan) -> JournalSettings {
        guard input.storage == .filesystem, let path = plan.service.storagePath else {
            let limit = input.memoryLimit > 0 ? input.memoryLimit : Self.memoryLimit
            // Room is given back by segments, and the last one stays: a small limit holds several.
            return JournalSettings(
                storage: .memory, segmentLength: min(1 << 20, max(4 << 10, limit / 8)),
                limit: limit)
        }
        let limits = plan.outputs(forTag: input.tag).compactMap(\.limits.bytes)
        return JournalSettings(
            storage: .filesystem(
                directory: path + "/journal/" + Self.fileName(input.instanceName)),
            synchronization: plan.service.storageSync == .full ? .full : .normal,
            segmentLength: JournalSettings.segmentLength(
                available: FileSystem.availableBytes(at: path), limit: limits.min()))
    }

    private func report(_ recovery: RecoveryReport, _ log: Log) {
        if recovery.isEmpty { return }
        log.info(
            "journal recovered: \(recovery.records) records in \(recovery.segments) segments, "
                + "\(recovery.bytes) bytes; \(recovery.unfinishedBytes) bytes unfinished, "
                + "\(recovery.damagedBytes + recovery.corruptBytes) damaged")
    }

    /// An instance's name as a file name: everything but letters, digits, `.`, `_` and `-` becomes
    /// its code in hex.
    static func fileName(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2d:
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x2e where !text.isEmpty: text += "."
            default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }

    private static func make(_ output: OutputPlan) throws(OperationError) -> any Output {
        do throws(SettingsError) {
            return try output.makeOutput()
        } catch {
            throw OperationError(changed: output.instanceName, error)
        }
    }

    private static func make(_ filter: FilterPlan) throws(OperationError) -> any Filter {
        do throws(SettingsError) {
            return try filter.makeFilter()
        } catch {
            throw OperationError(changed: filter.instanceName, error)
        }
    }
}

extension OperationError {
    /// A plugin that planning could make and starting could not.
    fileprivate init(changed name: String, _ error: SettingsError) {
        self.init(
            error.problems.first?.code ?? .invalidValue, call: "start", target: name,
            reason: error.problems.first?.message ?? "its settings changed", canRetry: false)
    }
}

/// Keeps a second agent away from the same storage.
final class StorageLock: Sendable {
    private let file: FileDescriptor

    init(_ storagePath: String) throws(OperationError) {
        let path = storagePath + "/lock"
        file = try FileDescriptor.open(path, [.readWrite, .create])
        guard try file.tryLock(target: path) else {
            throw OperationError(
                .journalLocked, call: "flock", target: path,
                reason: "another process uses this storage.path", canRetry: false)
        }
    }
}
