/// Turns one text line into one record.
///
/// One instance serves one thread.
public protocol LineParser: AnyObject {
    /// Appends the line's record to `batch`.
    ///
    /// - Parameter line: without its line ending.
    /// - Returns: `nil`, or why the line is not of this format; then nothing was appended.
    func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode?
}

/// The parsers that a configuration may name: its own and the stock ones.
public protocol ParserDirectory: Sendable {
    var parserNames: [String] { get }
    func hasParser(named name: String) -> Bool
    /// A new parser for the calling thread, or `nil` for an unknown name.
    func makeParser(named name: String) -> (any LineParser)?
}
