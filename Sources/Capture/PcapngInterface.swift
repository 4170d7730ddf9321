import Core

/// What an interface description block says about the packets of its interface (§4.2).
struct PcapngInterface {
    var link: LinkType
    /// Most bytes taken of a packet; 0 without a limit.
    var snapLength: Int
    private var resolution = Resolution.decimal(6)
    /// Added to every time.
    private var offsetSeconds: Int64 = 0

    /// A time unit: 10⁻ⁿ or 2⁻ⁿ seconds.
    enum Resolution: Equatable {
        case decimal(Int)
        case binary(Int)
    }

    private enum Option {
        static let end: UInt16 = 0
        static let timeResolution: UInt16 = 9
        static let timeOffset: UInt16 = 14
    }

    /// Reads the block in front of a window that holds all of it.
    init(_ window: borrowing ReadWindow, blockLength: Int, _ order: ByteOrder) {
        link = LinkType(rawValue: UInt32(window.uint16(at: 8, order)))
        snapLength = Int(window.uint32(at: 12, order))
        var offset = 16
        let end = blockLength - 4
        while offset + 4 <= end {
            let code = window.uint16(at: offset, order)
            let length = Int(window.uint16(at: offset + 2, order))
            let value = offset + 4
            guard code != Option.end, value + length <= end else { return }
            switch (code, length) {
            case (Option.timeResolution, 1...):
                let byte = window.withBytes(value..<value + 1) { $0.byte(at: 0) }
                resolution = byte & 0x80 == 0 ? .decimal(Int(byte)) : .binary(Int(byte & 0x7f))
            case (Option.timeOffset, 8):
                offsetSeconds = Int64(bitPattern: window.uint64(at: value, order))
            default: break
            }
            offset = value + (length + 3) & ~3
        }
    }

    func timestamp(_ units: UInt64) -> Timestamp {
        let (seconds, nanoseconds) = Self.split(units, resolution)
        let (sum, overflow) = seconds.addingReportingOverflow(offsetSeconds)
        return Timestamp(
            seconds: overflow ? (offsetSeconds < 0 ? .min : .max) : sum, nanoseconds: nanoseconds)
    }

    /// Whole seconds and nanoseconds of a time in units of `resolution`.
    static func split(
        _ units: UInt64, _ resolution: Resolution
    ) -> (seconds: Int64, nanoseconds: Int64) {
        switch resolution {
        case .decimal(let digits):
            // 10²⁰ units do not fit in 64 bits: less than a second.
            guard digits < 20 else { return (0, 0) }
            let unitsPerSecond = powerOfTen(digits)
            let (seconds, rest) = units.quotientAndRemainder(dividingBy: unitsPerSecond)
            let nanoseconds =
                digits <= 9
                ? rest * powerOfTen(9 - digits) : rest / powerOfTen(digits - 9)
            return (Int64(clamping: seconds), Int64(nanoseconds))
        case .binary(let bits):
            guard bits < 64 else { return (0, 0) }
            let rest = units & (1 << UInt64(bits) - 1)
            let (high, low) = rest.multipliedFullWidth(by: 1_000_000_000)
            let nanoseconds = bits == 0 ? 0 : high << UInt64(64 - bits) | low >> UInt64(bits)
            return (Int64(clamping: units >> UInt64(bits)), Int64(nanoseconds))
        }
    }

    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }
}
