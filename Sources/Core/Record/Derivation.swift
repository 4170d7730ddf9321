/// A value that is a pure function of other columns of the same shape, computed when somebody asks.
///
/// Arguments are column indices. An argument that is itself derived must come earlier in the shape.
/// A null argument makes the result null unless said otherwise.
public enum Derivation: Hashable, Sendable {
    /// A flow's time from the exporter's uptime: `exported - Int32(uptime - ticks)` milliseconds.
    /// Wrap-safe; see RFC 3954 §5.1 for the header fields. An age below -100 s counts as 0.
    case uptime(ticks: Int, uptime: Int, exported: Int)
    /// A flow's time from the boot time: `boot + ticks` milliseconds, with as many wraps of 2³²
    /// added as bring it closest to `exported` (IPFIX elements 21, 22 and 160).
    case sinceBoot(ticks: Int, boot: Int, exported: Int)
    /// Microseconds before the export time (IPFIX elements 158 and 159).
    case beforeExport(microseconds: Int, exported: Int)
    /// Whole milliseconds between two times; null when negative.
    case elapsedMilliseconds(from: Int, to: Int)
    /// The same in nanoseconds.
    case elapsedNanoseconds(from: Int, to: Int)
    /// The milliseconds between two counts of milliseconds that wrap at 2³²; null when negative.
    case elapsedTicks(from: Int, to: Int)
    /// A time as the number of nanoseconds since 1970; null before.
    case epochNanoseconds(of: Int)
    /// `(value >> shift) & mask`.
    case bits(of: Int, shift: UInt8, mask: UInt64)
    /// The name of a number, null when the table has none.
    case name(of: Int, table: NameTable)
    /// The first argument that is not null.
    case first([Int])
    /// An array of all arguments that are not null.
    case list([Int])
    /// `value` in records where `other` is not null.
    case only(value: Int, whenSet: Int)
    /// The product of two unsigned numbers; 2⁶⁴-1 when it is larger.
    case product(of: Int, by: Int)
    /// A time moved by so many nanoseconds, for clocks that are known to go wrong.
    case shifted(time: Int, nanoseconds: Int64)

    /// The columns it reads.
    public var arguments: [Int] {
        switch self {
        case .uptime(let ticks, let uptime, let exported): [ticks, uptime, exported]
        case .sinceBoot(let ticks, let boot, let exported): [ticks, boot, exported]
        case .beforeExport(let microseconds, let exported): [microseconds, exported]
        case .elapsedMilliseconds(let from, let to), .elapsedNanoseconds(let from, let to),
            .elapsedTicks(let from, let to):
            [from, to]
        case .epochNanoseconds(let time): [time]
        case .bits(let column, _, _): [column]
        case .name(let column, _): [column]
        case .first(let columns), .list(let columns): columns
        case .only(let value, let other): [value, other]
        case .product(let number, let factor): [number, factor]
        case .shifted(let time, _): [time]
        }
    }

    /// The same derivation with its column indices changed.
    public func mapArguments(_ transform: (Int) -> Int) -> Derivation {
        switch self {
        case .uptime(let ticks, let uptime, let exported):
            .uptime(
                ticks: transform(ticks), uptime: transform(uptime), exported: transform(exported))
        case .sinceBoot(let ticks, let boot, let exported):
            .sinceBoot(
                ticks: transform(ticks), boot: transform(boot), exported: transform(exported))
        case .beforeExport(let microseconds, let exported):
            .beforeExport(microseconds: transform(microseconds), exported: transform(exported))
        case .elapsedMilliseconds(let from, let to):
            .elapsedMilliseconds(from: transform(from), to: transform(to))
        case .elapsedNanoseconds(let from, let to):
            .elapsedNanoseconds(from: transform(from), to: transform(to))
        case .elapsedTicks(let from, let to):
            .elapsedTicks(from: transform(from), to: transform(to))
        case .epochNanoseconds(let time): .epochNanoseconds(of: transform(time))
        case .bits(let column, let shift, let mask):
            .bits(of: transform(column), shift: shift, mask: mask)
        case .name(let column, let table): .name(of: transform(column), table: table)
        case .first(let columns): .first(columns.map(transform))
        case .list(let columns): .list(columns.map(transform))
        case .only(let value, let other):
            .only(value: transform(value), whenSet: transform(other))
        case .product(let number, let factor):
            .product(of: transform(number), by: transform(factor))
        case .shifted(let time, let nanoseconds):
            .shifted(time: transform(time), nanoseconds: nanoseconds)
        }
    }
}

extension Derivation {
    @inlinable
    public static func saturatingProduct(_ number: UInt64, _ factor: UInt64) -> UInt64 {
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }

    /// `to - from` of two counts that wrap at 2³²; `nil` when it is negative.
    @inlinable
    public static func ticks(from: UInt64, to: UInt64) -> UInt64? {
        let difference = UInt32(truncatingIfNeeded: to) &- UInt32(truncatingIfNeeded: from)
        return difference <= UInt32(Int32.max) ? UInt64(difference) : nil
    }

    /// `exported - Int32(uptime - ticks)` ms in nanoseconds since 1970.
    @inlinable
    public static func uptimeNanoseconds(ticks: UInt64, uptime: UInt64, exported: Int64) -> Int64 {
        let age = Int32(
            truncatingIfNeeded: UInt32(truncatingIfNeeded: uptime)
                &- UInt32(truncatingIfNeeded: ticks))
        // A clock race makes small negative ages; more than 100 s is an old exporter bug.
        return exported &- (age < -100_000 ? 0 : Int64(age)) &* 1_000_000
    }

    /// `boot + ticks` ms in nanoseconds since 1970, wrapped to lie closest to `exported`.
    ///
    /// Backward too: flows that began before their exporter have ticks just below 2³².
    @inlinable
    public static func bootNanoseconds(ticks: UInt64, boot: Int64, exported: Int64) -> Int64 {
        let base = boot &+ Int64(truncatingIfNeeded: ticks & 0xffff_ffff) &* 1_000_000
        let wrap: Int64 = 0x1_0000_0000 * 1_000_000
        let distance = exported &- base
        let wraps = (distance &+ (distance < 0 ? -wrap / 2 : wrap / 2)) / wrap
        return base &+ wraps &* wrap
    }
}
