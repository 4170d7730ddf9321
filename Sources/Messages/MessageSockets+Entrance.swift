public import Net

extension MessageSockets {
    /// The sockets of an input that takes messages.
    public convenience init(_ entrance: MessageEntrance) {
        self.init(entrance.address, options: entrance.listener, count: entrance.sockets)
    }
}
