public import Core

/// The ledger's counters of each sender, found again without asking the ledger.
public struct SenderCounters {
    private let ledger: SourceLedger
    private var known: [IPAddress: SourceCounters] = [:]
    private var last: (address: IPAddress, counters: SourceCounters)?

    public init(ledger: SourceLedger) { self.ledger = ledger }

    /// The counters of the sender of a payload.
    public mutating func counters(of source: PayloadSource) -> SourceCounters {
        let address = source.peer.address
        if let last, last.address == address { return last.counters }
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
        last = (address, found)
        return found
    }
}
