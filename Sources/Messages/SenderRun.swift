import Core

/// Messages of one sender in a row, which is what nearly all come in.
///
/// Apart from the table, so that the owner's check of exclusive access can be left out.
struct SenderRun {
    let sender: MessageSender
    private let address: IPAddress
    /// Whether nothing has to be looked at but the text.
    private(set) var isOrdinary: Bool
    /// What the sender's counters do not have yet.
    private var uncounted = Count()

    struct Count {
        var messages = 0
        var bytes = 0
        var records = 0
    }

    init(of sender: MessageSender, at address: IPAddress, isOrdinary: Bool) {
        self.sender = sender
        self.address = address
        self.isOrdinary = isOrdinary
    }

    @inline(__always)
    func isOf(_ source: PayloadSource) -> Bool { source.peer.address == address }

    /// From now on connections may say more than addresses do.
    @inline(__always)
    mutating func endOrdinary() { isOrdinary = false }

    @inline(__always)
    mutating func count(payloadBytes: Int, records newRecords: Int) {
        uncounted.messages &+= 1
        uncounted.bytes &+= payloadBytes
        uncounted.records &+= newRecords
    }

    /// What the sender's counters do not have yet; the caller adds it to them.
    @inline(__always)
    mutating func takeCount() -> Count {
        let count = uncounted
        uncounted = Count()
        return count
    }
}
