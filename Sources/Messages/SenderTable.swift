import Core
import Net

/// The senders of one input's socket, found by address or by connection.
struct SenderTable {
    private let options: MessageOptions
    private let ledger: SourceLedger
    private var senders: RecentSenders
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
        senders = RecentSenders(limit: options.senderLimit)
    }

    func session(of source: PayloadSource) -> Session? { sessions[source.peer] }

    var hasSessions: Bool { !sessions.isEmpty }

    /// - Parameter relay: who named the sender; what `sources` says of it holds for a sender of which
    ///   nothing is said.
    mutating func sender(
        of source: PayloadSource, passedOnBy relay: MessageSender? = nil
    ) -> MessageSender {
        senders[source.peer.address] ?? make(source, passedOnBy: relay)
    }

    /// Nobody yet; an address that nobody has.
    var nobody: SenderRun {
        let address = IPAddress(high: .max, low: .max)
        let sender = MessageSender(
            address, SourceCounters(name: ""), options, SourceProfile(),
            at: Timestamp(seconds: 0))
        return SenderRun(of: sender, at: address, isOrdinary: false)
    }

    private mutating func make(
        _ source: PayloadSource, passedOnBy relay: MessageSender?
    ) -> MessageSender {
        let address = source.peer.address
        let isLocal = source.transport == .unix || source.transport == .file
        let counters = ledger.counters(
            for: isLocal ? source.transport.rawValue : address.description)
        let made = MessageSender(
            address, counters, options, profile(of: address, passedOnBy: relay),
            at: source.received)
        senders.add(made, at: address)
        return made
    }

    private func profile(
        of address: IPAddress, passedOnBy relay: MessageSender?
    ) -> SourceProfile {
        let place = options.sources.place(of: address)
        guard place == 0, var profile = relay?.profile else {
            return options.sources.profiles[place]
        }
        // The relay's limit is for all that it passes on together, and its name is its own.
        profile.rateLimit = options.sources.profiles[0].rateLimit
        profile.hostname = []
        return profile
    }

    /// Learns more of the sender of a connection, before its first message.
    mutating func begin(
        _ source: PayloadSource, of peer: MessageSender, as identity: ConnectionIdentity
    ) {
        var sender = peer
        if options.sources.hasCertificates, let name = identity.certificateName,
            let place = options.sources.place(ofCertificate: name)
        {
            sender = MessageSender(
                source.peer.address, sender.counters, options, options.sources.profiles[place],
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
