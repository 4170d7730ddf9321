import Core

/// A data set that came before its template.
struct HeldSet {
    let domain: ObservationDomain
    let header: MessageHeader
    let source: PayloadSource
    /// From its header on.
    let bytes: [UInt8]

    /// Memory besides the bytes, roughly.
    static let overhead = 192

    /// - Parameter bytes: at least the 4 of the header.
    init(
        domain: ObservationDomain, header: MessageHeader, source: PayloadSource, bytes: RawSpan
    ) {
        self.domain = domain
        self.header = header
        self.source = source
        self.bytes = bytes.makeArray()
    }

    var templateID: UInt16 { bytes.withBytes { $0.uint16(at: 0) } }
    var byteCount: Int { bytes.count + Self.overhead }
}

/// Data sets that wait for their templates, within limits: what does not fit any more or has waited
/// for too long is dropped, the oldest first.
struct HeldSets {
    struct Limits: Sendable {
        /// Of all exporters.
        var bytes = 16 << 20
        var bytesPerExporter = 1 << 20
        var setsPerExporter = 256
        /// Nanoseconds.
        var age: Int64 = 300_000_000_000
    }

    /// The sets of one exporter, oldest first.
    private struct Share {
        var sets: [HeldSet] = []
        var byteCount = 0
    }

    private let limits: Limits
    private var shares: [IPAddress: Share] = [:]
    private(set) var byteCount = 0
    /// When sets may have grown too old; never while there are none.
    private(set) var nextSweep = Self.never

    private static let never = Timestamp(nanoseconds: .max)

    init(limits: Limits) { self.limits = limits }

    var isEmpty: Bool { byteCount == 0 }

    var count: Int { shares.values.reduce(0) { $0 + $1.sets.count } }

    /// Keeps a set; counts it as lost when there is no room for it.
    mutating func hold(_ set: HeldSet) {
        let limit = Swift.min(limits.bytes, limits.bytesPerExporter)
        guard set.byteCount <= limit, limits.setsPerExporter > 0, limits.age > 0 else {
            set.domain.counters.count(.flowUnknownTemplate)
            return
        }
        let exporter = set.domain.key.exporter
        while let share = shares[exporter],
            share.byteCount + set.byteCount > limits.bytesPerExporter
                || share.sets.count >= limits.setsPerExporter
        {
            dropOldest(of: exporter, 1)
        }
        if byteCount + set.byteCount > limits.bytes { makeRoom() }
        shares[exporter, default: Share()].sets.append(set)
        shares[exporter, default: Share()].byteCount += set.byteCount
        byteCount += set.byteCount
        set.domain.heldCount += 1
        set.domain.counters.held.countHeld()
        if nextSweep == Self.never { nextSweep = end(of: set) }
    }

    /// Takes out the sets of a stream whose templates are known now, in the order they came.
    mutating func release(_ domain: ObservationDomain) -> [HeldSet] {
        var released: [HeldSet] = []
        remove(from: domain.key.exporter) { set in
            guard set.domain === domain, domain.template(set.templateID) != nil else {
                return false
            }
            released.append(set)
            return true
        }
        for _ in released { domain.counters.held.countDecodedLate() }
        return released
    }

    /// Drops what a stream sent before its exporter was started again: the same template id may
    /// mean something else now.
    mutating func dropAll(of domain: ObservationDomain) {
        remove(from: domain.key.exporter) { set in
            guard set.domain === domain else { return false }
            Self.countDropped(set)
            return true
        }
    }

    /// Drops what has waited for longer than allowed.
    mutating func sweep(at now: Timestamp) {
        for (exporter, share) in shares {
            let expired = share.sets.prefix { end(of: $0) <= now }.count
            if expired > 0 { dropOldest(of: exporter, expired) }
        }
        nextSweep =
            shares.isEmpty
            ? Self.never : Timestamp(nanoseconds: now.nanoseconds &+ limits.age / 8)
    }

    mutating func dropAll() {
        for (exporter, share) in shares { dropOldest(of: exporter, share.sets.count) }
        nextSweep = Self.never
    }

    private func end(of set: HeldSet) -> Timestamp {
        Timestamp(nanoseconds: set.source.received.nanoseconds &+ limits.age)
    }

    /// Drops whole exporters, the one that waits for longest first, until a quarter is free.
    private mutating func makeRoom() {
        let byAge = shares.compactMap { exporter, share in
            share.sets.first.map { (exporter: exporter, received: $0.source.received) }
        }.sorted { $0.received < $1.received }
        for (exporter, _) in byAge {
            if byteCount <= limits.bytes / 4 * 3 { return }
            dropOldest(of: exporter, .max)
        }
    }

    private mutating func dropOldest(of exporter: IPAddress, _ count: Int) {
        var left = count
        remove(from: exporter) { set in
            guard left > 0 else { return false }
            left -= 1
            Self.countDropped(set)
            return true
        }
    }

    private static func countDropped(_ set: HeldSet) {
        set.domain.counters.count(.flowUnknownTemplate)
        set.domain.counters.held.countDropped()
    }

    private mutating func remove(
        from exporter: IPAddress, where isWanted: (HeldSet) -> Bool
    ) {
        guard var share = shares.removeValue(forKey: exporter) else { return }
        share.sets.removeAll { set in
            guard isWanted(set) else { return false }
            set.domain.heldCount -= 1
            share.byteCount -= set.byteCount
            byteCount -= set.byteCount
            return true
        }
        if !share.sets.isEmpty { shares[exporter] = share }
    }
}
