import Core

/// When an event happened, as far as one can believe the sender's clock.
struct EventTime {
    /// The sender's time when it is believable, else the time received.
    var time: Timestamp
    var isFromDevice: Bool
    /// Whether the two clocks are more than a week apart, or the sender says that its own is wrong.
    var isSuspect: Bool

    private static let day: Int64 = 86_400_000_000_000

    /// - Parameters:
    ///   - device: what the sender says; `nil` when it does not.
    ///   - isUnset: whether the sender says that its clock is not set right.
    @inline(__always)
    init(device: Timestamp?, isUnset: Bool = false, source: PayloadSource) {
        guard let device else {
            self.init(time: source.received, isFromDevice: false, isSuspect: false)
            return
        }
        // A file may be old; there is no time of receipt to compare with.
        guard source.transport != .file else {
            self.init(time: device, isFromDevice: true, isSuspect: isUnset)
            return
        }
        let distance = device.nanoseconds(since: source.received).magnitude
        // Devices whose clock was never set say 1970 or 2000.
        let isBelievable = distance <= UInt64(366 * Self.day)
        self.init(
            time: isBelievable ? device : source.received, isFromDevice: isBelievable,
            isSuspect: isUnset || distance > UInt64(7 * Self.day))
    }

    private init(time: Timestamp, isFromDevice: Bool, isSuspect: Bool) {
        self.time = time
        self.isFromDevice = isFromDevice
        self.isSuspect = isSuspect
    }
}
