public import Core

/// Reads what MikroTik RouterOS sends to a remote log: its `default`, `syslog` and `cef` formats,
/// and the lines of its own log files.
///
/// Every line becomes a record. Firewall, NAT and login messages and those of `MessageTable` are
/// taken apart; what is not understood stays whole in `message`.
public final class RouterOSParser: LineParser {
    // One thread decodes, and the state does not know its parser.
    @exclusivity(unchecked) private var state: State

    /// One value, so that one word about exclusive access covers a message.
    private struct State: ~Copyable {
        var reader: RouterOSReader
        /// For lines whose sender is not kept.
        var nobody = RouterOSSender.nobody

        @inline(__always)
        mutating func decode(
            _ line: RawSpan, isTruncated: Bool, from source: PayloadSource,
            into batch: inout RecordBatch
        ) -> ErrorCode? {
            reader.decode(
                line, isTruncated: isTruncated, from: source, of: &nobody, into: &batch
            ).problem
        }
    }

    /// - Parameters:
    ///   - timeZone: for timestamps that do not say.
    ///   - messagePrefixes: prefixes to take off the text; the sender's hostname always is one.
    ///   - actions: what the log prefixes of firewall rules say about their actions.
    ///   - patterns: what to recognise beside firewall messages and logins.
    public init(
        timeZone: TimeZone = .utc, messagePrefixes: [String] = [],
        actions: RuleActions = .stock, patterns: RouterOSPatterns = .stock
    ) {
        unsafe state = State(
            reader: RouterOSReader(
                timeZone: timeZone, messagePrefixes: messagePrefixes, actions: actions,
                patterns: patterns.set))
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        _ = decode(line, from: source, into: &batch)
        return nil
    }

    /// Appends the record of a message whose sender nothing is remembered about.
    ///
    /// - Parameter isTruncated: whether the end of the message was lost on the way.
    /// - Returns: what is wrong with the message, for the ledger; the record says so too.
    public func decode(
        _ line: RawSpan, isTruncated: Bool = false, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> ErrorCode? {
        unsafe state.decode(line, isTruncated: isTruncated, from: source, into: &batch)
    }

    /// Appends the records that a message completes, or holds it in `sender`.
    ///
    /// - Parameter isTruncated: whether the end of the message was lost on the way.
    public func decode(
        _ line: RawSpan, isTruncated: Bool = false, from source: PayloadSource,
        of sender: inout RouterOSSender, into batch: inout RecordBatch
    ) -> RouterOSOutcome {
        unsafe state.reader.decode(
            line, isTruncated: isTruncated, from: source, of: &sender, into: &batch)
    }

    /// Appends what `sender` has held for long enough; about once a second.
    ///
    /// - Returns: the number of records appended.
    public func tend(
        _ sender: inout RouterOSSender, at now: Timestamp, into batch: inout RecordBatch
    ) -> Int {
        sender.joiner.isOverdue(at: now) ? finish(&sender, into: &batch) : 0
    }

    /// Appends what `sender` holds; before it is forgotten, and at the end.
    ///
    /// - Returns: the number of records appended.
    public func finish(_ sender: inout RouterOSSender, into batch: inout RecordBatch) -> Int {
        unsafe state.reader.appendHeld(of: &sender, into: &batch)
    }

    /// How many messages of each event and pattern came, and of `other`: those without an event.
    ///
    /// A decoder gives this to its ledger: `SourceLedger.add`.
    public var kinds: KindCounts { unsafe state.reader.kinds }

    /// How many messages each pattern recognised, in the order of the table.
    ///
    /// A pattern that stops counting after an upgrade of the routers tells of a changed text.
    public var patternCounts: [(event: String, pattern: String, count: UInt64)] {
        unsafe state.reader.patternCounts
    }
}
