public import Core
import Synchronization

/// A sink that keeps the records as JSON lines.
public final class CollectingSink: BatchSink {
    public let tag: String
    public let ledger = SourceLedger()
    public let log = Log.silent
    private let collected = Mutex<[String]>([])
    private let limit: Int
    private let whenFull: @Sendable () -> Void

    /// - Parameter limit: calls `whenFull` as soon as so many records came.
    public init(
        tag: String = "test", limit: Int = .max, whenFull: @escaping @Sendable () -> Void = {}
    ) {
        self.tag = tag
        self.limit = limit
        self.whenFull = whenFull
    }

    public var isStopping: Bool { false }

    public var lines: [String] { collected.withLock { $0 } }

    public func submit(_ batch: inout RecordBatch) -> Bool {
        let lines = batch.jsonLines()
        batch.removeAll()
        let count = collected.withLock { collected in
            collected += lines
            return collected.count
        }
        if count >= limit { whenFull() }
        return true
    }
}
