import Core
public import Net

/// What an input does with messages beside reading them.
public struct MessageOptions: Sendable {
    /// Whose messages are taken.
    public var senders = SenderList()
    /// Senders that speak for others.
    public var relays: [NetworkPrefix] = []
    /// Whether relays may name the sender by the PROXY protocol.
    public var readsProxyHeaders = false
    /// Longest message in bytes; more is cut and counted.
    var messageLimit = 64 << 10
    /// Senders that one socket remembers for certain; at most twice as many.
    var senderLimit = 20_000
    /// Names and treatments of senders.
    var sources = SourceMap()
    /// Whether entries that RouterOS sends in pieces are put together.
    public var joinsPieces = true

    public init() {}

    /// Whether an address is one of the relays.
    func isRelay(_ address: IPAddress) -> Bool {
        relays.contains { $0.contains(address) }
    }
}
