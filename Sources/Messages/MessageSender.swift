import Core
import Net
import Parsers

/// What an input knows of one sender.
final class MessageSender {
    // In front what every message needs: of many senders all of it comes from far memory.
    let counters: SourceCounters
    let isAllowed: Bool
    /// Whether it may speak for others.
    let isRelay: Bool
    /// Whether nothing has to be looked at but the text.
    let isOrdinary: Bool
    /// Whether it stands among the open entries.
    var hasOpenEntry = false
    /// What the RouterOS parser remembers.
    // Lent to one parser at a time, which knows no sender.
    @exclusivity(unchecked) var routeros: RouterOSSender
    let profile: SourceProfile
    private var sequence: SequenceWatch?
    private var bucket: RateBucket?

    init(
        _ address: IPAddress, _ counters: SourceCounters, _ options: MessageOptions,
        _ profile: SourceProfile, at now: Timestamp
    ) {
        self.counters = counters
        self.profile = profile
        isRelay = options.isRelay(address)
        isAllowed = isRelay || options.senders.contains(address)
        // A relay has the clocks and entries of many, and so have files and local sockets.
        unsafe routeros =
            isRelay || address == .any
            ? .nobody
            : RouterOSSender(joinsPieces: options.joinsPieces, identity: profile.hostname)
        bucket = profile.rateLimit.map { RateBucket($0, at: now) }
        isOrdinary =
            isAllowed && !isRelay && profile.name.isEmpty && profile.hostname.isEmpty
            && bucket == nil && profile.treatment == 0
    }

    /// Follows the numbers that the sender gives its messages.
    func follow(_ number: MessageSequence) {
        // A relay passes on the numbers of many.
        guard !isRelay else { return }
        var watch = sequence ?? SequenceWatch(number.kind)
        watch.follow(number, reportingTo: counters)
        sequence = watch
    }

    /// Whether one more message is within the sender's rate.
    func mayTakeMessage(at now: Timestamp) -> Bool { bucket?.take(at: now) ?? true }
}
