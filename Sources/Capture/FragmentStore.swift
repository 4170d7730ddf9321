import Core

/// Fragments of IP packets that wait for the rest of their packet.
///
/// Bounded by packets, bytes and age, so a capture of a fragment flood costs no more memory than a
/// good one; the oldest packets are given up first.
struct FragmentStore {
    struct Limits {
        var packets = 1024
        var bytes = 8 << 20
        /// Nanoseconds of capture time that a packet may take to arrive (RFC 8200 §4.5: 60 s).
        var age: Int64 = 60_000_000_000
    }

    /// What makes fragments parts of one packet (RFC 791 §3.2, RFC 8200 §4.5).
    struct Key: Hashable {
        var source: IPAddress
        var destination: IPAddress
        var identification: UInt32
        /// Tells IPv4 packets apart; IPv6 goes without it.
        var transport: UInt8
    }

    /// What became of a fragment that was added.
    enum Outcome {
        case waiting
        /// All parts are there.
        case complete(FragmentedPacket)
        /// It contradicts fragments of the same packet; all of them are gone.
        case rejected
    }

    /// Longest packet that IP can describe.
    private static let longestPayload = 65_535

    private let limits: Limits
    private var waiting: [Key: FragmentedPacket] = [:]
    /// Packets in order of their first fragment; may name packets that are gone.
    private var order: [(key: Key, serial: Int)] = []
    private var orderStart = 0
    private var serial = 0
    private(set) var byteCount = 0
    /// Packets given up for age or lack of room since the last `takeLost`.
    private var lost = 0

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Packets that wait.
    var count: Int { waiting.count }

    /// Entries of the queue that orders them.
    var queueLength: Int { order.count }

    /// Adds one fragment.
    ///
    /// - Parameters:
    ///   - data: the fragment's data, whole.
    ///   - transport: IPv4's protocol or the next header of IPv6's fragment header.
    mutating func add(
        _ data: RawSpan, _ fragment: IPPacket.Fragment, of key: Key, transport: UInt8,
        at time: Timestamp
    ) -> Outcome {
        giveUp(before: time)
        let end = fragment.offset + data.byteCount
        // All but the last carry a multiple of 8 bytes.
        guard data.byteCount > 0, end <= Self.longestPayload,
            !fragment.hasMore || data.byteCount % 8 == 0
        else {
            remove(key)
            return .rejected
        }
        let packet = waiting[key] ?? begin(key, at: time)
        let before = packet.byteCount
        guard packet.add(data, fragment, transport: transport) else {
            remove(key)
            return .rejected
        }
        byteCount += packet.byteCount - before
        if packet.isComplete {
            remove(key)
            return .complete(packet)
        }
        makeRoom()
        return .waiting
    }

    /// Gives up all packets that still wait, at the end of the capture.
    mutating func giveUpAll() {
        lost += waiting.count
        waiting.removeAll()
        order.removeAll()
        orderStart = 0
        byteCount = 0
    }

    /// How many packets were given up since the last call.
    mutating func takeLost() -> Int {
        defer { lost = 0 }
        return lost
    }

    private mutating func begin(_ key: Key, at time: Timestamp) -> FragmentedPacket {
        serial += 1
        let packet = FragmentedPacket(serial: serial, began: time)
        waiting[key] = packet
        order.append((key, serial))
        return packet
    }

    private mutating func remove(_ key: Key) {
        guard let packet = waiting.removeValue(forKey: key) else { return }
        byteCount -= packet.byteCount
    }

    private mutating func giveUp(before time: Timestamp) {
        while let (key, packet) = oldest() {
            guard time.nanoseconds(since: packet.began) > limits.age else { break }
            remove(key)
            lost += 1
        }
        compactOrder()
    }

    private mutating func makeRoom() {
        while waiting.count > limits.packets || byteCount > limits.bytes,
            let (key, _) = oldest()
        {
            remove(key)
            lost += 1
        }
    }

    /// The packet that has waited longest.
    private mutating func oldest() -> (Key, FragmentedPacket)? {
        while orderStart < order.count {
            let (key, serial) = order[orderStart]
            if let packet = waiting[key], packet.serial == serial { return (key, packet) }
            orderStart += 1
        }
        return nil
    }

    /// Forgets entries of packets that are gone once they are the majority.
    private mutating func compactOrder() {
        guard order.count > 2 * waiting.count + 64 else { return }
        order = order[orderStart...].filter { waiting[$0.key]?.serial == $0.serial }
        orderStart = 0
    }
}
