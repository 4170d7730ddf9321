/// A place records are delivered to.
///
/// The engine calls an output from one worker thread: `open`, then `write` for each batch and
/// `commit` at every flush, then `close`. What `commit` returns is saved together with the
/// position in the journal; after a failure or a restart the engine calls `open` with the state
/// saved last and writes again what came after it. An output that restores itself to exactly that
/// state delivers exactly once.
///
/// When a call throws, the engine calls `close`, waits with back-off and starts over from `open`,
/// for ever; records wait in the journal.
public protocol Output: AnyObject, SendableMetatype {
    static var info: PluginInfo { get }

    /// Checks everything that can be checked without opening anything.
    init(settings: PluginSettings) throws(SettingsError)

    /// Starts, or starts over, from a state that `commit` or `plan` returned; empty at first.
    func open(resuming state: [UInt8], log: Log) throws(OperationError)

    /// Takes records. They need not leave the process before `commit`.
    func write(_ batch: borrowing RecordBatch) throws(OperationError)

    /// State to save before `commit` touches anything that the state saved last does not know,
    /// such as a new file; `nil` when there is nothing new.
    func plan() -> [UInt8]?

    /// Hands over everything written so far and returns the state to resume from.
    func commit() throws(OperationError) -> [UInt8]

    /// When `commit` should be called although nothing is written, to rotate by time; `nil` never.
    var deadline: Timestamp? { get }

    /// Releases everything; what was written after the last `commit` may be thrown away.
    func close()

    /// Where a record would go, for dry runs: a path, an address, a name.
    func destination(of row: Row, tag: String, received: Timestamp) -> String
}

extension Output {
    public func plan() -> [UInt8]? { nil }
    public var deadline: Timestamp? { nil }
    public func close() {}
}
