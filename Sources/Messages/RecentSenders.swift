import Core

/// The senders of one socket by address, those that were heard of last.
///
/// Spoofed addresses must not fill memory. When there are as many as the limit allows, they become
/// the older ones, and those that are not heard of until there are as many again are forgotten. A
/// sender that is found costs no more than one look.
struct RecentSenders {
    private let limit: Int
    private var recent: [IPAddress: MessageSender] = [:]
    /// Not heard of since `recent` began.
    private var older: [IPAddress: MessageSender] = [:]

    /// - Parameter limit: how many are remembered for certain; at most twice as many are.
    init(limit: Int) { self.limit = limit }

    subscript(address: IPAddress) -> MessageSender? {
        mutating get { recent[address] ?? takeBack(address) }
    }

    /// Remembers a sender that is not known.
    mutating func add(_ sender: MessageSender, at address: IPAddress) {
        if recent.count >= limit {
            older = recent
            recent = [:]
        }
        recent[address] = sender
    }

    @inline(never)
    private mutating func takeBack(_ address: IPAddress) -> MessageSender? {
        guard let sender = older.removeValue(forKey: address) else { return nil }
        add(sender, at: address)
        return sender
    }
}
