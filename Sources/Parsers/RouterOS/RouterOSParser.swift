public import Core

/// Reads what MikroTik RouterOS sends to a remote log: its `default`, `syslog` and `cef` formats,
/// and the lines of its own log files.
///
/// Every line becomes a record. Firewall, NAT and login messages and those of `MessageTable` are
/// taken apart; what is not understood stays whole in `message`.
public final class RouterOSParser: LineParser {
    private var reader: RouterOSReader

    /// - Parameters:
    ///   - timeZone: for timestamps that do not say.
    ///   - messagePrefixes: prefixes to take off the text; the sender's hostname always is one.
    ///   - patterns: what to recognise beside firewall messages and logins.
    public init(
        timeZone: TimeZone = .utc, messagePrefixes: [String] = [],
        patterns: RouterOSPatterns = .stock
    ) {
        reader = RouterOSReader(
            timeZone: timeZone, messagePrefixes: messagePrefixes,
            patterns: patterns.set)
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        _ = decode(line, from: source, into: &batch)
        return nil
    }

    /// Appends the record of a message.
    ///
    /// - Parameter isTruncated: whether the end of the message was lost on the way.
    /// - Returns: what is wrong with the message, for the ledger; the record says so too.
    public func decode(
        _ line: RawSpan, isTruncated: Bool = false, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> ErrorCode? {
        reader.decode(line, isTruncated: isTruncated, from: source, into: &batch)
    }

    /// How many messages each pattern recognised, in the order of the table.
    ///
    /// A pattern that stops counting after an upgrade of the routers tells of a changed text. To be
    /// read on the parser's thread.
    public var patternCounts: [(event: String, pattern: String, count: UInt64)] {
        reader.patternCounts
    }
}
