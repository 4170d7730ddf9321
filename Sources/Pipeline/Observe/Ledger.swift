public import Core
import Journals
import Synchronization

/// The account of one input: every record that entered has one end here or in the journal.
public final class InputLedger: Sendable {
    public let name: String
    public let tag: String
    /// What each sender sent, and what was wrong with it.
    public let sources = SourceLedger()
    public let filters: [FilterLedger]
    private let receivedCount = Atomic<UInt64>(0)
    private let journaledCount = Atomic<UInt64>(0)
    private let drops = Mutex<[ErrorCode: UInt64]>([:])

    public init(name: String, tag: String, filters: [FilterLedger]) {
        self.name = name
        self.tag = tag
        self.filters = filters
    }

    func countReceived(_ records: Int) {
        receivedCount.wrappingAdd(UInt64(records), ordering: .relaxed)
    }

    func countJournaled(_ records: Int) {
        journaledCount.wrappingAdd(UInt64(records), ordering: .relaxed)
    }

    func countDropped(_ records: Int, reason: ErrorCode) {
        drops.withLock { $0[reason, default: 0] += UInt64(records) }
    }

    /// The counts before a batch.
    struct Mark {
        fileprivate var received: UInt64
        fileprivate var filtered: [UInt64]
    }

    /// Where the input's thread can go back to.
    var mark: Mark { Mark(received: received, filtered: filters.map(\.dropped)) }

    /// Forgets a batch that was never accepted: its source gives the same records again.
    func takeBack(to mark: Mark) {
        receivedCount.store(mark.received, ordering: .relaxed)
        for (filter, count) in zip(filters, mark.filtered) { filter.takeBack(to: count) }
    }

    /// Records that decoders made.
    public var received: UInt64 { receivedCount.load(ordering: .relaxed) }
    /// Records that the journal took.
    public var journaled: UInt64 { journaledCount.load(ordering: .relaxed) }
    /// Records lost before the journal, by reason.
    public var dropped: [ErrorCode: UInt64] { drops.withLock { $0 } }
    /// Records that filters took out.
    public var filtered: UInt64 { filters.reduce(0) { $0 + $1.dropped } }
}

/// The account of one filter at one input.
public final class FilterLedger: Sendable {
    public let name: String
    private let droppedCount = Atomic<UInt64>(0)

    public init(name: String) { self.name = name }

    func countDropped(_ records: Int) {
        droppedCount.wrappingAdd(UInt64(records), ordering: .relaxed)
    }

    fileprivate func takeBack(to count: UInt64) { droppedCount.store(count, ordering: .relaxed) }

    public var dropped: UInt64 { droppedCount.load(ordering: .relaxed) }
}

/// The account of one output with one input's journal.
///
/// `recovered + journaled = delivered + quarantined + damaged + dropped + waiting`, at any moment.
public final class DeliveryLedger: Sendable {
    public let output: String
    public let input: InputLedger
    private let deliveredCount = Atomic<UInt64>(0)
    private let recoveredCount = Atomic<UInt64>(0)
    private let damagedCount = Atomic<UInt64>(0)
    private let quarantinedCount = Atomic<UInt64>(0)
    private let drops = Mutex<[ErrorCode: UInt64]>([:])
    private let failures = Mutex<[ErrorCode: UInt64]>([:])

    public init(output: String, input: InputLedger) {
        self.output = output
        self.input = input
    }

    func countDelivered(_ records: Int) {
        deliveredCount.wrappingAdd(UInt64(records), ordering: .relaxed)
    }

    func countQuarantined() { quarantinedCount.wrappingAdd(1, ordering: .relaxed) }

    func setRecovered(_ records: UInt64) { recoveredCount.store(records, ordering: .relaxed) }

    /// Takes over what the journal's reader could not give.
    func set(_ losses: JournalReader.Losses) {
        damagedCount.store(losses.damaged, ordering: .relaxed)
        if losses.dropped == 0, losses.expired == 0 { return }
        drops.withLock { drops in
            drops[.journalOverflow] = losses.dropped > 0 ? losses.dropped : nil
            drops[.recordExpired] = losses.expired > 0 ? losses.expired : nil
        }
    }

    func countDropped(_ records: UInt64, reason: ErrorCode) {
        drops.withLock { $0[reason, default: 0] += records }
    }

    func countFailure(_ code: ErrorCode) { failures.withLock { $0[code, default: 0] += 1 } }

    /// Records the output has confirmed.
    public var delivered: UInt64 { deliveredCount.load(ordering: .relaxed) }
    /// Records an earlier process left in the journal for this output.
    public var recovered: UInt64 { recoveredCount.load(ordering: .relaxed) }
    /// Records the output refused for good, which are kept beside the journal.
    public var quarantined: UInt64 { quarantinedCount.load(ordering: .relaxed) }
    /// Records that could not be read back from the journal.
    public var damaged: UInt64 { damagedCount.load(ordering: .relaxed) }
    /// Records given up, by reason.
    public var dropped: [ErrorCode: UInt64] { drops.withLock { $0 } }
    /// Failed attempts by reason; their records were tried again.
    public var failed: [ErrorCode: UInt64] { failures.withLock { $0 } }

    /// Records in the journal that the output has not confirmed.
    public var waiting: UInt64 {
        let ended = delivered + quarantined + damaged + dropped.values.reduce(0, +)
        let entered = recovered + input.journaled
        // Another thread may deliver between the two readings.
        return entered > ended ? entered - ended : 0
    }
}

/// All accounts of an agent.
///
/// The summary, the tests and every later page read this.
public final class Ledger: Sendable {
    public let inputs: [InputLedger]
    public let deliveries: [DeliveryLedger]

    public init(inputs: [InputLedger], deliveries: [DeliveryLedger]) {
        self.inputs = inputs
        self.deliveries = deliveries
    }
}
