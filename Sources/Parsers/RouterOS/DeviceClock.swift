import Core

/// What is known about one sender's clock: whether its times are to be believed.
///
/// A router without a battery starts with 1970 or the last time that it saved, until NTP or the
/// cloud sets its clock. What it says from a restart on, or after its time went back, is doubted
/// until it agrees with the time received, or until the router tells that its clock was changed.
/// Doubted times give way to the time received.
///
/// Datagrams only: what comes over TCP may be a while old, and a late message of a right clock looks
/// like an early one of a wrong clock. The offset that a change tells is not applied to other
/// messages: entries come in order, so those of the old clock have gone by, and the next restart
/// has another offset.
struct DeviceClock: Sendable {
    /// Nanoseconds between the two clocks that count as none.
    static let tolerance: Int64 = 120_000_000_000
    /// Nanoseconds that a sender's time goes back only when its clock is set.
    static let jump: Int64 = 300_000_000_000

    /// Whether messages are one sender's, in order.
    private let isFollowed: Bool
    private var isDoubted = false
    private var last = Timestamp(nanoseconds: .min)

    init(isFollowed: Bool = true) { self.isFollowed = isFollowed }

    /// What a message may say about the clock.
    enum Remark {
        case none, restart, change
    }

    /// The time of an event.
    ///
    /// - Parameter device: what the sender says; `nil` when it does not.
    @inline(__always)
    mutating func eventTime(
        device: Timestamp?, remark: Remark = .none, source: PayloadSource
    ) -> EventTime {
        guard let device, source.transport == .udp, isFollowed else {
            return EventTime(device: device, source: source)
        }
        let isPlain =
            !isDoubted && remark == .none
            && device.nanoseconds >= last.nanoseconds.addingSaturating(-Self.jump)
        if isPlain {
            last = device
            return EventTime(device: device, source: source)
        }
        return doubtedTime(device: device, remark: remark, source: source)
    }

    @inline(never)
    private mutating func doubtedTime(
        device: Timestamp, remark: Remark, source: PayloadSource
    ) -> EventTime {
        let distance = device.nanoseconds(since: source.received).magnitude
        let agrees = distance <= UInt64(Self.tolerance)
        // Whether the message about a change has the old or the new time depends on the version.
        isDoubted = !agrees && remark != .change
        last = remark == .change ? Timestamp(nanoseconds: .min) : device
        if agrees { return EventTime(device: device, source: source) }
        var moment = EventTime(device: nil, source: source)
        moment.isSuspect = true
        return moment
    }
}

extension Int64 {
    fileprivate func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
