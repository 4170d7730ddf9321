public import Core

/// The ledger's counters of each sender, found again without asking the ledger.
///
/// A class, because its owner's check of exclusive access would cost as much as the counting.
public final class SenderCounters {
    private let ledger: SourceLedger
    private var known: [IPAddress: SourceCounters] = [:]
    private var lastAddress = IPAddress.any
    private var last: SourceCounters?

    public init(ledger: SourceLedger) { self.ledger = ledger }

    /// The counters of the sender of a payload.
    public func counters(of source: PayloadSource) -> SourceCounters {
        let address = source.peer.address
        if let last, lastAddress == address { return last }
        let found: SourceCounters
        if let counters = known[address] {
            found = counters
        } else {
            let isLocal = source.transport == .unix || source.transport == .file
            found = ledger.counters(
                for: isLocal ? source.transport.rawValue : address.description)
            // Spoofed addresses must not fill memory.
            if known.count >= ledger.limit { known.removeAll() }
            known[address] = found
        }
        lastAddress = address
        last = found
        return found
    }

    /// Counts one message, with what `decode` makes of its text.
    ///
    /// - Parameter decode: gets the message without its line ending, appends one record and returns
    ///   what was wrong with the message. Not called for an empty one.
    @inlinable
    public func count(
        _ payload: RawSpan, from source: PayloadSource, _ decode: (RawSpan) -> ErrorCode?
    ) {
        let counters = counters(of: source)
        let length = LineEnding.contentLength(of: payload)
        guard length > 0 else {
            // An empty datagram says nothing, but it came.
            counters.count(payloadBytes: payload.byteCount, records: 0)
            counters.count(.syslogEmpty)
            return
        }
        let problem = decode(payload.extracting(0..<length))
        counters.count(payloadBytes: payload.byteCount, records: 1)
        if let problem { counters.count(problem) }
    }
}
