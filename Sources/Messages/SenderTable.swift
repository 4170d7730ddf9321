import Core
import Net

/// The senders of one input's socket, found by address or by connection.
struct SenderTable {
    private let options: MessageOptions
    private let ledger: SourceLedger
    private var senders: [IPAddress: MessageSender] = [:]
    /// Who sent last.
    private(set) var last: MessageSender
    private var lastAddress = IPAddress(high: .max, low: .max)
    private var isLastOrdinary = false
    /// Messages of the last sender that its counters do not have yet, and their bytes.
    private var uncounted = (messages: 0, bytes: 0, records: 0)
    /// Connections of which more is known than their peers.
    private var sessions: [Endpoint: Session] = [:]

    struct Session {
        let identity: ConnectionIdentity
        let sender: MessageSender
        /// Relays may name one sender for several connections.
        var connections = 1
    }

    init(_ options: MessageOptions, ledger: SourceLedger) {
        self.options = options
        self.ledger = ledger
        // Nobody yet; an address that nobody has.
        last = MessageSender(
            lastAddress, SourceCounters(name: ""), options, profile: 0, at: Timestamp(seconds: 0))
    }

    func session(of source: PayloadSource) -> Session? { sessions[source.peer] }

    /// Whether a payload is of the sender before it, about whom there is nothing to say.
    @inline(__always)
    func isOrdinaryAsBefore(_ source: PayloadSource) -> Bool {
        isLastOrdinary && source.peer.address == lastAddress && sessions.isEmpty
    }

    /// Counts a message of the sender before it.
    @inline(__always)
    mutating func countAsBefore(payloadBytes: Int, records: Int) {
        uncounted.messages &+= 1
        uncounted.bytes &+= payloadBytes
        uncounted.records &+= records
    }

    /// Adds to the counters of the last sender what they do not have yet.
    mutating func settle() {
        guard uncounted.messages > 0 else { return }
        last.counters.count(
            payloads: uncounted.messages, payloadBytes: uncounted.bytes,
            records: uncounted.records)
        uncounted = (0, 0, 0)
    }

    mutating func sender(of source: PayloadSource) -> MessageSender {
        if lastAddress == source.peer.address { return last }
        settle()
        let found = senders[source.peer.address] ?? make(source)
        last = found
        lastAddress = source.peer.address
        isLastOrdinary = found.isOrdinary
        return found
    }

    private mutating func make(_ source: PayloadSource) -> MessageSender {
        let address = source.peer.address
        let isLocal = source.transport == .unix || source.transport == .file
        let counters = ledger.counters(
            for: isLocal ? source.transport.rawValue : address.description)
        let made = MessageSender(
            address, counters, options, profile: options.sources.place(of: address),
            at: source.received)
        // Spoofed addresses must not fill memory.
        if senders.count >= ledger.limit { senders.removeAll() }
        senders[address] = made
        return made
    }

    /// Learns more of the sender of a connection, before its first message.
    mutating func begin(_ source: PayloadSource, as identity: ConnectionIdentity) {
        var sender = sender(of: source)
        if options.sources.hasCertificates, let name = identity.certificateName,
            let place = options.sources.place(ofCertificate: name)
        {
            sender = MessageSender(
                source.peer.address, sender.counters, options, profile: place,
                at: source.received)
        }
        let others = sessions[source.peer]?.connections ?? 0
        sessions[source.peer] = Session(
            identity: identity, sender: sender, connections: others + 1)
    }

    mutating func end(_ source: PayloadSource) {
        guard let session = sessions[source.peer] else { return }
        sessions[source.peer]?.connections -= 1
        if session.connections == 1 { sessions[source.peer] = nil }
    }
}
