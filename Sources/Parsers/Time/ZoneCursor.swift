/// A zone and its interval looked at last, so that most questions are a comparison away.
struct ZoneCursor {
    private let zone: TimeZone
    private var interval = TimeZone.Interval(start: 0, end: 0, offset: 0)
    /// Where no other interval can claim a local time.
    private var quiet: Range<Int64> = 0..<0

    /// Offsets differ by at most 51 hours (RFC 9636 §3.2).
    private static let margin: Int64 = 52 * 3600

    init(_ zone: TimeZone) { self.zone = zone }

    mutating func offset(atUTC utc: Int64) -> Int64 {
        if !interval.contains(utc) { move(to: utc) }
        return interval.offset
    }

    /// The moments that a local time may mean.
    mutating func readings(ofLocal local: Int64) -> TimeZone.Readings {
        let utc = local &- interval.offset
        if quiet.contains(utc) { return TimeZone.Readings(utc) }
        move(to: utc)
        return zone.readings(ofLocal: local)
    }

    private mutating func move(to utc: Int64) {
        interval = zone.interval(at: utc)
        let start =
            interval.start == .min ? .min : interval.start.addingSaturated(Self.margin)
        let end = interval.end == .max ? .max : interval.end.addingSaturated(-Self.margin)
        quiet = start < end ? start..<end : 0..<0
    }
}

extension Int64 {
    fileprivate func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
