public import Core
public import Parsers

/// Reads whole messages and makes a record of every one.
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

    /// Appends the record of a message.
    ///
    /// - Parameter isTruncated: whether the end of the message was lost on the way.
    /// - Returns: what is wrong with the message, for the ledger; the record says so too.
    @inline(__always)
    func decode(
        _ message: RawSpan, isTruncated: Bool, from source: PayloadSource,
        into batch: inout RecordBatch
    ) -> ErrorCode? {
        switch self {
        case .syslog(let parser):
            return parser.decode(message, isTruncated: isTruncated, from: source, into: &batch)
        case .routeros(let parser):
            return parser.decode(message, isTruncated: isTruncated, from: source, into: &batch)
        case .chosen(let parser):
            let problem = parser.parse(message, from: source, into: &batch)
            if let problem { RawRecord.append(message, code: problem, from: source, to: &batch) }
            return problem
        }
    }
}
