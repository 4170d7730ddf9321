public import Core

/// Takes records and forgets them: the `null` output, for tests and measurements.
///
/// The engine counts what it was given like for every other output.
public final class NullOutput: Output {
    public static let info = PluginInfo(
        kind: .output, name: "null", summary: "Counts records and forgets them", options: [])

    /// Records taken since it was made.
    public private(set) var count = 0

    public init(settings: PluginSettings) throws(SettingsError) {}

    public func open(resuming state: [UInt8], log: Log) throws(OperationError) {}

    public func write(_ batch: borrowing RecordBatch) throws(OperationError) {
        count += batch.count
    }

    public func commit() throws(OperationError) -> [UInt8] { [] }

    public func destination(of row: Row, tag: String, received: Timestamp) -> String { "nowhere" }
}
