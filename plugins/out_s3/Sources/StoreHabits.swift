import ObjectStore

/// What the output has learnt of its store since the process began.
struct StoreHabits {
    /// Requests at once: fewer after the store has asked for it.
    private(set) var parallel: Int
    private let mostParallel: Int
    /// Whether the store's ETags are MD5 and compared with what was sent.
    private(set) var comparesETags: Bool
    /// ETags in a row that were not the MD5 of what was sent.
    private var mismatches = 0
    /// The checksum that goes with objects; `nil` when the store does not know it.
    private(set) var checksum: ObjectChecksum.Algorithm?
    /// Whether payloads may go without being signed, once the store has confirmed a checksum.
    var mayLeaveUnsigned: Bool
    private var hasConfirmed = false

    /// Mismatches in a row after which ETags are believed to be no MD5.
    private static let mismatchLimit = 3

    init(_ settings: S3Settings) {
        parallel = settings.parallel
        mostParallel = settings.parallel
        comparesETags = settings.checksETag
        checksum = settings.checksum
        mayLeaveUnsigned = settings.mayLeaveUnsigned
    }

    /// The store wants fewer requests.
    mutating func slowDown() { parallel = max(1, parallel / 2) }

    /// The store has taken something.
    mutating func speedUp() { parallel = min(parallel + 1, mostParallel) }

    /// The store knows no such checksum.
    mutating func leaveOutChecksums() { checksum = nil }

    // MARK: ETags

    mutating func hasMatched() { mismatches = 0 }

    /// - Returns: whether the store's ETags are believed to be no MD5 from now on.
    mutating func hasMismatched() -> Bool {
        mismatches += 1
        if mismatches >= Self.mismatchLimit { comparesETags = false }
        return !comparesETags
    }

    // MARK: Payloads

    /// Whether a payload that comes with this checksum is left out of the signature.
    func leavesUnsigned(_ checksum: ObjectChecksum?) -> Bool {
        mayLeaveUnsigned && hasConfirmed && checksum?.algorithm == .crc32c
    }

    /// The store has answered with the checksum that was sent.
    mutating func confirm() { hasConfirmed = true }
}
