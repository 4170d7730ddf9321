/// A time zone: UTC, a fixed offset, or a zone of the IANA database with its history and future.
///
/// A small value; zones of the database share their table.
public struct TimeZone: Sendable {
    private enum Rules: Sendable {
        case fixed(Int64)
        case table(ZoneTable)
    }

    private let rules: Rules

    public static let utc = TimeZone(offsetSeconds: 0)

    /// - Parameter offset: seconds east of UTC.
    public init(offsetSeconds offset: Int64) { rules = .fixed(offset) }

    init(_ table: ZoneTable) { rules = .table(table) }

    /// Reads `UTC`, `GMT`, `Z`, `+02:00`, `-0530`, `+02` or `+2`; `nil` for other text.
    ///
    /// Zones reach 14 hours from UTC.
    public init?(offset text: String) {
        if ["UTC", "GMT", "Z"].contains(text.uppercased()) {
            self = .utc
            return
        }
        guard let sign = text.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return nil }
        var digits = Array(text.utf8.dropFirst())
        if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
        guard [1, 2, 4].contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        let (hours, minutes) = digits.count == 4 ? (number / 100, number % 100) : (number, 0)
        let seconds = hours * 3600 + minutes * 60
        guard minutes <= 59, seconds <= 14 * 3600 else { return nil }
        self.init(offsetSeconds: sign == UInt8(ascii: "-") ? -seconds : seconds)
    }

    /// Seconds east of UTC at a moment.
    ///
    /// - Parameter utc: seconds since 1970 in UTC.
    public func offset(atUTC utc: Int64) -> Int64 { interval(at: utc).offset }

    /// The moment that a local time means.
    ///
    /// A local time that occurs twice, or never, at a change of the offset has two readings.
    /// - Parameters:
    ///   - local: seconds since 1970 as if the zone were UTC.
    ///   - received: the reading closest to this moment is taken; seconds since 1970 in UTC.
    /// - Returns: seconds since 1970 in UTC.
    public func utc(ofLocal local: Int64, closestTo received: Int64) -> Int64 {
        let readings = readings(ofLocal: local)
        let (early, late) = (readings.earlier, readings.later)
        return early.distance(from: received) <= late.distance(from: received) ? early : late
    }
}

extension TimeZone {
    /// A stretch of time with one offset.
    struct Interval: Equatable, Sendable {
        /// Its first second in UTC.
        var start: Int64
        /// The first second behind it.
        var end: Int64
        /// Seconds east of UTC.
        var offset: Int64

        static func always(_ offset: Int64) -> Interval {
            Interval(start: .min, end: .max, offset: offset)
        }

        @inline(__always)
        func contains(_ utc: Int64) -> Bool { utc >= start && utc < end }
    }

    /// The moments that a local time may mean: mostly one, given twice.
    struct Readings: Equatable, Sendable {
        private(set) var earlier: Int64
        private(set) var later: Int64

        init(_ utc: Int64) { (earlier, later) = (utc, utc) }

        mutating func add(_ utc: Int64) {
            earlier = Swift.min(earlier, utc)
            later = Swift.max(later, utc)
        }
    }

    func interval(at utc: Int64) -> Interval {
        switch rules {
        case .fixed(let offset): .always(offset)
        case .table(let table): table.interval(at: utc.clampedToCalendar)
        }
    }

    func readings(ofLocal local: Int64) -> Readings {
        guard case .table(let table) = rules else {
            return Readings(local &- offset(atUTC: 0))
        }
        let local = local.clampedToCalendar
        var readings: Readings?
        func add(_ utc: Int64) {
            if readings == nil { readings = Readings(utc) } else { readings?.add(utc) }
        }
        var interval = table.interval(at: local - ZoneTable.offsetLimit)
        while true {
            let utc = local - interval.offset
            if interval.contains(utc) { add(utc) }
            guard interval.end <= local + ZoneTable.offsetLimit else { break }
            let next = table.interval(at: interval.end)
            // Clocks are put forward over the local time: read it with both offsets.
            if utc >= interval.end, local - next.offset < interval.end {
                add(utc)
                add(local - next.offset)
            }
            interval = next
        }
        return readings ?? Readings(local - interval.offset)
    }
}

extension Int64 {
    /// Bounds what enters calendar arithmetic to some 36 million years.
    fileprivate var clampedToCalendar: Int64 { Swift.min(Swift.max(self, -1 << 50), 1 << 50) }

    /// How far two moments are apart, in their unit.
    @inline(__always)
    func distance(from other: Int64) -> UInt64 {
        UInt64(bitPattern: self > other ? self &- other : other &- self)
    }
}
