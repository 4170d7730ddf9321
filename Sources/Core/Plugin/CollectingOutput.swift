/// An output that delivers records long after they were written, because it collects them into
/// large objects.
///
/// The engine calls it like every `Output`, but moves an input's cursor only as far as `delivered`
/// says. Records have numbers that stay the same however often they are read, so the output can
/// tell apart what it gets again after a restart: what is delivered ahead of the cursor it must pass
/// over, and its state must say what that is.
public protocol CollectingOutput: Output {
    /// Tells, once and before `open`, which journals there are, and how to reach the engine;
    /// `BatchOrigin.source` is a place in the list.
    func prepare(sources: [OutputSource], engine: OutputEngine)

    /// Takes records; called instead of `write`.
    func write(_ batch: borrowing RecordBatch, from origin: BatchOrigin) throws(OperationError)

    /// The number of the first record of a source that is not delivered; all before it are.
    /// `UInt64.max` when everything that was written is delivered.
    ///
    /// Asked after `commit`.
    func delivered(of source: Int) -> UInt64

    /// Makes the next `commit` deliver everything that was written: the agent stops, or the journal
    /// has no room to wait longer. Without that it may return while requests are under way.
    func handOver()

    /// Whether a `commit` that threw can be called again as if it had not been, so that nothing
    /// needs to be read and encoded again. Otherwise the engine starts over with `open`.
    var canCommitAgain: Bool { get }

    /// Nanoseconds that the next attempt after an error should wait at least.
    var pause: Int64 { get }
}

/// What an output that collects may ask of the engine; from any thread.
public struct OutputEngine: Sendable {
    /// Lets the engine look at `deadline` anew: something that was under way has ended.
    public var wake: @Sendable () -> Void
    /// Whether the agent's time to stop is over: what is under way must be given up.
    public var isOverdue: @Sendable () -> Bool
    /// Nanoseconds between two tries at most: what only somebody's help can mend is tried as seldom.
    public var longestPause: Int64

    /// Nanoseconds; what holds unless the configuration says otherwise.
    public static let usualLongestPause: Int64 = 30_000_000_000

    public init(
        wake: @escaping @Sendable () -> Void = {},
        isOverdue: @escaping @Sendable () -> Bool = { false },
        longestPause: Int64 = Self.usualLongestPause
    ) {
        self.wake = wake
        self.isOverdue = isOverdue
        self.longestPause = longestPause
    }
}

/// A journal that an output reads.
public struct OutputSource: Sendable, Equatable {
    /// The same in every process.
    public var name: String
    /// Whether it outlives the process; records of others begin with number 0 again.
    public var isPersistent: Bool

    public init(name: String, isPersistent: Bool) {
        self.name = name
        self.isPersistent = isPersistent
    }
}

/// Where a batch comes from.
public struct BatchOrigin: Sendable, Equatable {
    public var source: Int
    /// The number of its first record in the journal; the others follow without gaps.
    public var firstRecord: UInt64

    public init(source: Int, firstRecord: UInt64) {
        self.source = source
        self.firstRecord = firstRecord
    }
}
