import Core

/// How many connections each sender has, when one may have only so many.
struct ConnectionCounts {
    /// For one address; 0 sets no limit.
    private let limit: Int
    private var counts: [IPAddress: Int] = [:]

    init(limit: Int) { self.limit = limit }

    /// Counts a connection.
    ///
    /// - Returns: `false` when the sender has as many as it may; then it is not counted.
    mutating func add(_ address: IPAddress) -> Bool {
        guard limit > 0 else { return true }
        let count = counts[address, default: 0]
        guard count < limit else { return false }
        counts[address] = count + 1
        return true
    }

    /// Forgets a connection that was counted.
    mutating func remove(_ address: IPAddress) {
        guard let count = counts[address] else { return }
        counts[address] = count > 1 ? count - 1 : nil
    }
}
