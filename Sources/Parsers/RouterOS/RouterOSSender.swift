public import Core

/// What a parser remembers about one sender from message to message.
///
/// A plain value, to be kept beside the sender's counters; `RouterOSParser` works on it. What it
/// holds is lost with it: give it to `RouterOSParser.finish` first.
public struct RouterOSSender: Sendable {
    let joinsPieces: Bool
    /// The router's identity where the configuration tells it; it may have spaces, which a message
    /// without topics does not tell from its text.
    let identity: [UInt8]
    var joiner = EntryJoiner()
    var clock = DeviceClock()
    var hasSentDebug = false

    /// - Parameters:
    ///   - joinsPieces: whether entries that come in pieces are put together: they are held for up to
    ///     a second.
    ///   - identity: the router's name where it is known.
    public init(joinsPieces: Bool = true, identity: [UInt8] = []) {
        self.joinsPieces = joinsPieces
        self.identity = identity
    }

    /// Whether an entry is held: only then `RouterOSParser.tend` has something to do.
    public var isHolding: Bool { joiner.held != nil }

    /// For messages whose senders are not kept apart: nothing is held, no clock is followed.
    public static let nobody: RouterOSSender = {
        var sender = RouterOSSender(joinsPieces: false)
        sender.clock = DeviceClock(isFollowed: false)
        return sender
    }()

    public static let option = OptionSpec(
        "join_pieces", .boolean, default: "on",
        help: "Put together entries that RouterOS cut, and dumps of debug topics; takes up to 2 s.")
}

/// What became of a message.
public struct RouterOSOutcome: Sendable {
    /// Records appended: none when the message is held, two when it ended what was held.
    public var records = 0
    /// What is wrong with the message, for the ledger; the record says so too.
    public var problem: ErrorCode?
    /// Whether this is the sender's first message of a debug topic: `ErrorCode.routerosDebugTopics`.
    public var isFirstDebug = false
}
