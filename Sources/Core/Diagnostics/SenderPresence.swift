import Synchronization

/// When a sender was heard last, and how far its clock is off.
///
/// Like all counters of a sender it has one writer; anyone may read it at any time.
public struct SenderPresence: ~Copyable, Sendable {
    private let heard = Atomic<Int64>(0)
    private let skew = Atomic<Int64>(0)
    private let remarks = Atomic<UInt8>(0)

    private static let silent: UInt8 = 1
    private static let skewed: UInt8 = 2

    /// What is known at one moment.
    public struct Snapshot: Hashable, Sendable {
        /// `nil` when nobody looked after the sender.
        public var lastHeard: Timestamp?
        /// Nanoseconds that the sender's clock is ahead of the agent's; what it takes to send and
        /// receive makes it look slow.
        public var skew: Int64
        /// Whether it has sent nothing for longer than it may.
        public var isSilent: Bool
        /// Whether its clock is further off than it may be.
        public var isSkewed: Bool

        public init(
            lastHeard: Timestamp? = nil, skew: Int64 = 0, isSilent: Bool = false,
            isSkewed: Bool = false
        ) {
            self.lastHeard = lastHeard
            self.skew = skew
            self.isSilent = isSilent
            self.isSkewed = isSkewed
        }
    }

    init() {}

    public func update(to now: Snapshot) {
        heard.store(now.lastHeard?.nanoseconds ?? 0, ordering: .relaxed)
        skew.store(now.skew, ordering: .relaxed)
        remarks.store(
            (now.isSilent ? Self.silent : 0) | (now.isSkewed ? Self.skewed : 0),
            ordering: .relaxed)
    }

    public var snapshot: Snapshot {
        let nanoseconds = heard.load(ordering: .relaxed)
        let bits = remarks.load(ordering: .relaxed)
        return Snapshot(
            lastHeard: nanoseconds == 0 ? nil : Timestamp(nanoseconds: nanoseconds),
            skew: skew.load(ordering: .relaxed), isSilent: bits & Self.silent != 0,
            isSkewed: bits & Self.skewed != 0)
    }
}
