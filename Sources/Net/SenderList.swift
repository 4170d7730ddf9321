public import Core

/// The networks whose messages are accepted; an empty list accepts all.
public struct SenderList: Sendable, Equatable {
    public var networks: [NetworkPrefix]

    public init(_ networks: [NetworkPrefix] = []) { self.networks = networks }

    /// Whether an address may send.
    ///
    /// Datagrams without a sender, from files and unix sockets, may.
    public func contains(_ address: IPAddress) -> Bool {
        networks.isEmpty || address == .any || networks.contains { $0.contains(address) }
    }
}
