import Core

/// How a capture of a message pattern is read, and which columns it fills.
enum CaptureType: String, CaseIterable {
    /// Text up to the first place where the rest of the pattern fits.
    case text
    /// As `text`, but without a MAC address in it: what stands behind one somebody else chose.
    case name
    /// Text up to the last such place: for names that an attacker may choose.
    case last
    /// What stands before the next space or comma.
    case word
    /// A decimal number without a sign.
    case number
    /// A decimal number that may have a sign.
    case signed
    /// An IPv4 or IPv6 address.
    case ip
    case mac
    /// `1w2d3h4m5s`, `1d02:03:04` or plain seconds; gives seconds.
    case duration
    /// `1G`, `2.5Gbps`, `100M`; gives bits per second.
    case speed
    /// An IP or MAC address: fills `NAME_addr` or `NAME_mac`.
    case station
    /// An IP address and perhaps a port: fills `NAME_addr` and `NAME_port`.
    case endpoint
    /// An interface; a dynamic one, `<pppoe-alice>`, names a user, too.
    case tunnel
    /// As `tunnel`, for dynamic interfaces only.
    case dynamic
    /// Who changed something, and how: see `ChangeOrigin`.
    case origin
    /// Two times of a clock that is set: see `ClockChange`.
    case change

    /// Whether the end is found by what follows it in the pattern.
    var isOpenEnded: Bool {
        switch self {
        case .text, .name, .last, .tunnel, .origin: true
        default: false
        }
    }

    /// The columns that a capture called `name` fills.
    func columns(name: String) -> [MessageColumn] {
        switch self {
        case .text, .name, .last, .word: [MessageColumn(name, .text)]
        case .number, .duration, .speed: [MessageColumn(name, .unsigned)]
        case .signed: [MessageColumn(name, .signed)]
        case .ip: [MessageColumn(name, .address)]
        case .mac: [MessageColumn(name, .mac)]
        case .station:
            [MessageColumn(name + "_addr", .address), MessageColumn(name + "_mac", .mac)]
        case .endpoint:
            [MessageColumn(name + "_addr", .address), MessageColumn(name + "_port", .unsigned)]
        case .tunnel, .dynamic:
            [MessageColumn(name, .text), MessageColumn("user_name", .text)]
        case .origin: ChangeOrigin.columns
        case .change: ClockChange.columns
        }
    }
}

/// A field that a message pattern fills.
struct MessageColumn: Hashable {
    var name: String
    var encoding: Encoding

    init(_ name: String, _ encoding: Encoding) {
        self.name = name
        self.encoding = encoding
    }
}

/// A value read where it stands in a line.
struct CapturedValue {
    var end: Int
    var address: IPAddress?
    var mac: UInt64?
    /// A number, or the bits of a signed one.
    var number: UInt64?

    init(end: Int) { self.end = end }

    /// Reads a value whose type tells its end.
    ///
    /// - Parameter limit: where the line's text ends.
    /// - Returns: `nil` when no such value stands at `start`.
    static func read(
        _ type: CaptureType, _ line: RawSpan, at start: Int, limit: Int
    ) -> CapturedValue? {
        var value = CapturedValue(end: start)
        switch type {
        case .text, .name, .last, .tunnel, .origin: return nil
        case .word: value.end = wordEnd(line, from: start, limit: limit)
        case .dynamic: value.end = bracketEnd(line, from: start)
        case .number: value.number = number(line, &value.end)
        case .signed: value.number = signed(line, &value.end)
        case .duration: value.number = seconds(line, &value.end)
        case .speed: value.number = bitsPerSecond(line, &value.end)
        case .ip: value.address = TextAddress.address(line, &value.end)
        case .mac: value.readMAC(line)
        case .station:
            value.readMAC(line)
            if value.mac == nil { value.address = TextAddress.address(line, &value.end) }
        case .endpoint:
            guard let endpoint = TextAddress.endpoint(line, &value.end) else { return nil }
            value.address = endpoint.address
            if endpoint.port != 0 { value.number = UInt64(endpoint.port) }
        case .change: value.end = ClockChange.read(line, at: start)?.end ?? start
        }
        return value.end > start && value.end <= limit ? value : nil
    }

    private mutating func readMAC(_ line: RawSpan) {
        mac = TextAddress.mac(line, at: end)
        if mac != nil { end &+= 17 }
    }

    private static func wordEnd(_ line: RawSpan, from start: Int, limit: Int) -> Int {
        var end = start
        while end < limit, line.byte(at: end) != UInt8(ascii: " "),
            line.byte(at: end) != UInt8(ascii: ",")
        {
            end &+= 1
        }
        return end
    }

    /// Behind `<...>` in front of a colon; `start` when there is none.
    private static func bracketEnd(_ line: RawSpan, from start: Int) -> Int {
        guard line.hasByte(UInt8(ascii: "<"), at: start),
            let end = FirewallLine.firstIndex(of: ">: ", in: line, from: start, to: line.byteCount)
        else { return start }
        return end &+ 1
    }

    private static func number(_ line: RawSpan, _ offset: inout Int) -> UInt64? {
        var number: UInt64 = 0
        let start = offset
        // Nineteen digits fit.
        while offset < line.byteCount, line.byte(at: offset).isDigit, offset &- start < 19 {
            number = number &* 10 &+ UInt64(line.byte(at: offset) &- 0x30)
            offset &+= 1
        }
        return offset > start ? number : nil
    }

    private static func signed(_ line: RawSpan, _ offset: inout Int) -> UInt64? {
        let start = offset
        let isNegative = line.hasByte(UInt8(ascii: "-"), at: offset)
        if isNegative { offset &+= 1 }
        guard let number = number(line, &offset) else {
            offset = start
            return nil
        }
        return isNegative ? 0 &- number : number
    }

    private static func seconds(_ line: RawSpan, _ offset: inout Int) -> UInt64? {
        var total: UInt64 = 0
        let start = offset
        while offset < line.byteCount, offset &- start < 32, line.byte(at: offset).isDigit {
            guard let part = number(line, &offset) else { break }
            let unit = offset < line.byteCount ? line.byte(at: offset) : 0
            let factor: UInt64
            switch unit {
            case UInt8(ascii: "w"): factor = 604_800
            case UInt8(ascii: "d"): factor = 86_400
            case UInt8(ascii: "h"): factor = 3_600
            case UInt8(ascii: "m"): factor = 60
            case UInt8(ascii: "s"): factor = 1
            case UInt8(ascii: ":"):
                // Hours, minutes, seconds: each colon is worth another factor of sixty.
                factor = hasTwoColons(line, at: offset) ? 3_600 : 60
            default: return total &+ part
            }
            total = total &+ part &* factor
            offset &+= 1
        }
        return offset > start ? total : nil
    }

    private static func hasTwoColons(_ line: RawSpan, at offset: Int) -> Bool {
        var next = offset &+ 1
        while next < line.byteCount, line.byte(at: next).isDigit { next &+= 1 }
        return line.hasByte(UInt8(ascii: ":"), at: next)
    }

    private static func bitsPerSecond(_ line: RawSpan, _ offset: inout Int) -> UInt64? {
        let start = offset
        guard let whole = number(line, &offset), whole < 1_000_000 else { return nil }
        var fraction: UInt64 = 0
        var scale: UInt64 = 1
        if line.hasByte(UInt8(ascii: "."), at: offset) {
            offset &+= 1
            while offset < line.byteCount, line.byte(at: offset).isDigit, scale < 1_000 {
                fraction = fraction &* 10 &+ UInt64(line.byte(at: offset) &- 0x30)
                scale &*= 10
                offset &+= 1
            }
        }
        let factor: UInt64
        switch offset < line.byteCount ? line.byte(at: offset) : 0 {
        case UInt8(ascii: "k"), UInt8(ascii: "K"): factor = 1_000
        case UInt8(ascii: "M"): factor = 1_000_000
        case UInt8(ascii: "G"): factor = 1_000_000_000
        default:
            offset = start
            return nil
        }
        offset &+= 1
        if line.hasBytes(of: "bps", at: offset) { offset &+= 3 }
        return whole &* factor &+ fraction &* factor / scale
    }
}
