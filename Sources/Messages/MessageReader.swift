public import Core
public import Parsers

/// Reads whole messages and makes records of them.
///
/// An enumeration, because a call through `any` would cost each message as much as its counting.
public enum MessageReader {
    case syslog(SyslogParser)
    case routeros(RouterOSParser)
    /// A parser of the user's choice; what it refuses is kept raw.
    case chosen(any LineParser)

    /// A parser of the configuration; its name was checked with the settings.
    public static func named(_ name: String, in parsers: any ParserDirectory) -> MessageReader {
        guard let parser = parsers.makeParser(named: name) else {
            preconditionFailure("settings name parsers that exist")
        }
        return .chosen(parser)
    }

    /// Appends the records that a message completes: one, but for entries that come in pieces.
    ///
    /// - Parameters:
    ///   - isTruncated: whether the end of the message was lost on the way.
    ///   - sender: asked for by readers that keep something about it.
    @inline(__always)
    func decode(
        _ message: RawSpan, isTruncated: Bool, from source: PayloadSource,
        of sender: @autoclosure () -> MessageSender, into batch: inout RecordBatch
    ) -> MessageOutcome {
        switch self {
        case .syslog(let parser):
            let problem = parser.decode(
                message, isTruncated: isTruncated, from: source, into: &batch)
            return MessageOutcome(problem: problem, sequence: parser.lastSequence)
        case .routeros(let parser):
            let outcome = unsafe parser.decode(
                message, isTruncated: isTruncated, from: source, of: &sender().routeros,
                into: &batch)
            return MessageOutcome(
                records: outcome.records, problem: outcome.problem,
                isFirstDebug: outcome.isFirstDebug)
        case .chosen(let parser):
            let problem = parser.parse(message, from: source, into: &batch)
            if let problem { RawRecord.append(message, code: problem, from: source, to: &batch) }
            return MessageOutcome(problem: problem)
        }
    }

    /// Appends what a sender's messages left open for too long.
    ///
    /// - Parameter now: `nil` at the end: everything is appended.
    /// - Returns: the number of records.
    func complete(
        _ sender: MessageSender, at now: Timestamp?, into batch: inout RecordBatch
    ) -> Int {
        guard case .routeros(let parser) = self else { return 0 }
        if let now { return unsafe parser.tend(&sender.routeros, at: now, into: &batch) }
        return unsafe parser.finish(&sender.routeros, into: &batch)
    }

    /// What the reader counts beside records.
    var kinds: KindCounts? {
        if case .routeros(let parser) = self { parser.kinds } else { nil }
    }
}

/// What became of a message.
struct MessageOutcome {
    var records = 1
    /// What is wrong with the message, for the ledger; the record says so too.
    var problem: ErrorCode?
    /// Whether the sender shows for the first time that it sends debug topics.
    var isFirstDebug = false
    /// The number that its sender gave the message.
    var sequence: MessageSequence?

    /// Whether there is nothing to note but that there is a record.
    var isPlain: Bool { records == 1 && problem == nil && !isFirstDebug && sequence == nil }
}
