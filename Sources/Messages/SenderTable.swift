import Core
import Net

/// The senders of one input's socket, found by address or by connection.
struct SenderTable {
    private let options: MessageOptions
    private let ledger: SourceLedger
    private var senders: [IPAddress: MessageSender] = [:]
    private var lastAddress = IPAddress.any
    private var last: MessageSender?
    /// Connections of which more is known than their peers.
    private var sessions: [Endpoint: Session] = [:]

    struct Session {
        let identity: ConnectionIdentity
        let sender: MessageSender
    }

    init(_ options: MessageOptions, ledger: SourceLedger) {
        self.options = options
        self.ledger = ledger
    }

    var hasSessions: Bool { !sessions.isEmpty }

    func session(of source: PayloadSource) -> Session? { sessions[source.peer] }

    @inline(__always)
    mutating func sender(of source: PayloadSource) -> MessageSender {
        if let last, lastAddress == source.peer.address { return last }
        return find(source)
    }

    private mutating func find(_ source: PayloadSource) -> MessageSender {
        let address = source.peer.address
        let found = senders[address] ?? make(source)
        lastAddress = address
        last = found
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
        sessions[source.peer] = Session(identity: identity, sender: sender)
    }

    mutating func end(_ source: PayloadSource) {
        if !sessions.isEmpty { sessions[source.peer] = nil }
    }
}
