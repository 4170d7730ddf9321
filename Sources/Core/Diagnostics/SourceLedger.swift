import Synchronization

/// What one sender (an exporter and its domain, a syslog peer) sent, and what was wrong with it.
///
/// Counted by the decoder of the sender's input, on that input's thread only, unless it is shared;
/// read by anyone at any time.
public final class SourceCounters: Sendable {
    /// `192.0.2.1`, `192.0.2.1 domain 5`.
    public let name: String
    private let payloads = Atomic<UInt64>(0)
    private let bytes = Atomic<UInt64>(0)
    private let records = Atomic<UInt64>(0)
    private let problems = Mutex<[ErrorCode: UInt64]>([:])
    /// Written by decoders of protocols that number what they send.
    public let loss = SequenceLoss()
    /// Written by decoders that keep data until it can be understood.
    public let held = HeldCounters()
    /// Written by decoders that look after their senders.
    public let presence = SenderPresence()

    /// Whether several threads count.
    private let isShared: Bool

    public convenience init(name: String) { self.init(name: name, isShared: false) }

    init(name: String, isShared: Bool) {
        self.name = name
        self.isShared = isShared
    }

    /// Counts one datagram, frame or line and the records it gave.
    @inline(__always)
    public func count(payloadBytes: Int, records newRecords: Int) {
        count(payloads: 1, payloadBytes: payloadBytes, records: newRecords)
    }

    /// Counts `payloads` at once; for loops that keep their own sums.
    @inline(__always)
    public func count(payloads newPayloads: Int, payloadBytes: Int, records newRecords: Int) {
        add(newPayloads, to: payloads)
        add(payloadBytes, to: bytes)
        add(newRecords, to: records)
    }

    /// With one writer nothing can come between the load and the store: a locked addition would cost
    /// several times as much, three times a message.
    @inline(__always)
    private func add(_ number: Int, to counter: borrowing Atomic<UInt64>) {
        if isShared {
            counter.wrappingAdd(UInt64(number), ordering: .relaxed)
            return
        }
        counter.store(
            counter.load(ordering: .relaxed) &+ UInt64(number), ordering: .relaxed)
    }

    /// Counts something wrong and returns how often it happened by now.
    @discardableResult
    public func count(_ code: ErrorCode, times: Int = 1) -> UInt64 {
        problems.withLock { problems in
            problems[code, default: 0] += UInt64(times)
            return problems[code, default: 0]
        }
    }

    /// The numbers of one moment.
    public struct Snapshot: Sendable {
        public var name: String
        public var payloads: UInt64
        public var bytes: UInt64
        public var records: UInt64
        public var problems: [ErrorCode: UInt64]
        public var loss: SequenceLoss.Snapshot
        public var held: HeldCounters.Snapshot
        public var presence: SenderPresence.Snapshot
    }

    public var snapshot: Snapshot {
        Snapshot(
            name: name, payloads: payloads.load(ordering: .relaxed),
            bytes: bytes.load(ordering: .relaxed), records: records.load(ordering: .relaxed),
            problems: problems.withLock { $0 }, loss: loss.snapshot,
            held: held.snapshot, presence: presence.snapshot)
    }
}

/// All senders of one input.
///
/// Bounded: beyond a limit, the rest share one entry, so spoofed addresses cannot fill memory.
public final class SourceLedger: Sendable {
    private struct Sources {
        var limit: Int
        var counters: [String: SourceCounters] = [:]
    }

    private let sources: Mutex<Sources>
    private let others = SourceCounters(name: "others", isShared: true)
    private let kernelDrops = Atomic<UInt64>(0)
    private let recognised = Mutex<[KindCounts]>([])

    /// - Parameter limit: senders that are counted one by one.
    public init(limit: Int = 20_000) { sources = Mutex(Sources(limit: limit)) }

    /// Sets how many senders are counted one by one; those that are already stay.
    public func setLimit(_ limit: Int) { sources.withLock { $0.limit = limit } }

    /// The counters of a sender, made at first use.
    ///
    /// Decoders keep the reference.
    public func counters(for name: String) -> SourceCounters {
        sources.withLock { sources in
            if let known = sources.counters[name] { return known }
            guard sources.counters.count < sources.limit else { return others }
            let made = SourceCounters(name: name)
            sources.counters[name] = made
            return made
        }
    }

    /// Shows what a decoder recognises among the input's numbers.
    public func add(_ kinds: KindCounts) {
        recognised.withLock { all in
            if !all.contains(where: { $0 === kinds }) { all.append(kinds) }
        }
    }

    /// What the input's decoders recognised, without kinds that never came, in the decoders' order.
    public var kinds: [(kind: KindCounts.Kind, count: UInt64)] {
        var sums: [KindCounts.Kind: UInt64] = [:]
        var order: [KindCounts.Kind] = []
        for counts in recognised.withLock({ $0 }) {
            for (kind, count) in counts.snapshot where count > 0 {
                if sums.updateValue(sums[kind, default: 0] + count, forKey: kind) == nil {
                    order.append(kind)
                }
            }
        }
        return order.map { ($0, sums[$0, default: 0]) }
    }

    /// Datagrams that the kernel threw away because the socket's buffer was full (SK_MEMINFO_DROPS).
    public func addKernelDrops(_ count: UInt64) {
        kernelDrops.wrappingAdd(count, ordering: .relaxed)
    }

    public var droppedByKernel: UInt64 { kernelDrops.load(ordering: .relaxed) }

    /// All senders' numbers, by name; the shared rest last.
    public var snapshot: [SourceCounters.Snapshot] {
        var all = sources.withLock { $0.counters.values.map(\.snapshot) }
        all.sort { $0.name < $1.name }
        let rest = others.snapshot
        if rest.payloads > 0 || !rest.problems.isEmpty { all.append(rest) }
        return all
    }
}
