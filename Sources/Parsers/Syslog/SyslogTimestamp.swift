import Core

/// A timestamp as a header writes it: civil time with what the text leaves open.
struct SyslogTimestamp {
    /// The civil time; the year is 0 when the text has none.
    var civil: CivilTime
    var nanoseconds: Int64 = 0
    /// Seconds east of UTC; `nil` when the text does not say.
    var offset: Int64?
    /// Whether the sender says that its clock was never set, or lost what it was set by.
    var isUnsynchronised = false
    /// Whether the name of a zone may follow: it does in none of RFC 3339's own forms.
    var mayHaveZoneName = false
    /// Where reading stopped.
    var end: Int
}

extension SyslogTimestamp {
    /// Reads any form of timestamp that syslog senders use, without skipping spaces.
    ///
    /// - Returns: `nil` when no timestamp starts at `start`.
    static func read(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard start < line.byteCount else { return nil }
        let first = line.byte(at: start)
        if first.isDigit {
            if start &+ 4 < line.byteCount, line.byte(at: start &+ 4) == UInt8(ascii: " ") {
                return readYearFirst(line, at: start)
            }
            return readISO(line, at: start)
        }
        // Cisco marks a clock that was never set (*) or has lost its source (.).
        let isMarked = first == UInt8(ascii: "*") || first == UInt8(ascii: ".")
        var result = readMonthFirst(line, at: isMarked ? start &+ 1 : start)
        result?.isUnsynchronised = isMarked
        return result
    }

    /// RFC 3339 and its relatives: space for `T`, offset without colon or behind a space, comma as
    /// decimal mark, `2026/10/11 22:14:15`, and Sophos UTM's `2026:10:11-22:14:15`.
    static func readISO(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard start &+ 19 <= line.byteCount else { return nil }
        let dash = line.byte(at: start &+ 4)
        guard line.byte(at: start &+ 7) == dash, !dash.isDigit,
            let century = line.twoDigits(at: start), let year = line.twoDigits(at: start &+ 2),
            let month = line.twoDigits(at: start &+ 5), let day = line.twoDigits(at: start &+ 8)
        else { return nil }
        let separator = line.byte(at: start &+ 10)
        switch (dash, separator) {
        case (UInt8(ascii: "-"), UInt8(ascii: "T")), (UInt8(ascii: "-"), UInt8(ascii: "t")),
            (UInt8(ascii: "-"), UInt8(ascii: " ")), (UInt8(ascii: "/"), UInt8(ascii: " ")),
            (UInt8(ascii: ":"), UInt8(ascii: "-")):
            break
        default: return nil
        }
        guard var result = readClock(line, at: start &+ 11) else { return nil }
        result.mayHaveZoneName = separator == UInt8(ascii: " ")
        result.civil.year = century * 100 + year
        result.civil.month = month
        result.civil.day = day
        guard result.civil.isValid else { return nil }
        result.readOffset(line)
        if result.mayHaveZoneName { result.readSeparateOffset(line) }
        return result
    }

    /// `2026 Oct 11 22:14:15` (NX-OS, Brocade).
    private static func readYearFirst(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard let year = line.year(at: start),
            var result = readMonthFirst(line, at: start &+ 5), result.civil.year == 0
        else { return nil }
        result.civil.year = year
        return result.civil.isValid ? result : nil
    }

    /// `Oct 11 22:14:15` with an optional year before or after the time of day, a fraction, and an
    /// offset (Huawei: `Oct 11 2026 22:14:15+02:00`).
    private static func readMonthFirst(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard start &+ 14 <= line.byteCount, let month = line.monthName(at: start),
            line.byte(at: start &+ 3) == UInt8(ascii: " ")
        else { return nil }
        var offset = start &+ 4
        if line.byte(at: offset) == UInt8(ascii: " ") { offset &+= 1 }
        guard let day = line.shortNumber(&offset), line.hasByte(UInt8(ascii: " "), at: offset)
        else { return nil }
        offset &+= 1
        var year = 0
        if line.hasByte(UInt8(ascii: " "), at: offset &+ 4), let given = line.year(at: offset) {
            year = given
            offset &+= 5
        }
        guard var result = readClock(line, at: offset) else { return nil }
        result.civil.month = month
        result.civil.day = day
        result.civil.year = year
        result.mayHaveZoneName = true
        result.readOffset(line)
        result.readTrailingYear(line)
        result.readSeparateOffset(line)
        year = result.civil.year
        // 29 February is valid in some year.
        var checked = result.civil
        if year == 0 { checked.year = 2000 }
        return checked.isValid ? result : nil
    }

    /// `jun/15 18:56:43`, `jun/15/2026 18:56:43`, `03-30 18:56:43`, or `18:56:43` alone, whose
    /// month is then 0.
    static func readLogFile(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard let month = line.monthName(at: start) else {
            if line.hasByte(UInt8(ascii: "-"), at: start &+ 2) {
                return readMonthAndDay(line, at: start)
            }
            if line.hasByte(UInt8(ascii: "."), at: start &+ 4) {
                return readDotted(line, at: start)
            }
            var result = readClock(line, at: start)
            result?.civil.month = 0
            return result?.hasTimeOfDay == true ? result : nil
        }
        guard line.hasByte(UInt8(ascii: "/"), at: start &+ 3),
            let day = line.twoDigits(at: start &+ 4)
        else { return nil }
        var offset = start &+ 6
        var year = 0
        if line.hasByte(UInt8(ascii: "/"), at: offset),
            let century = line.twoDigits(at: offset &+ 1),
            let rest = line.twoDigits(at: offset &+ 3)
        {
            year = century * 100 + rest
            offset &+= 5
        }
        guard line.hasByte(UInt8(ascii: " "), at: offset),
            var result = readClock(line, at: offset &+ 1)
        else { return nil }
        result.civil.month = month
        result.civil.day = day
        result.civil.year = year
        var checked = result.civil
        if year == 0 { checked.year = 2000 }
        return checked.isValid ? result : nil
    }

    /// Reads `2026.10.02-17:36:35`, as MikroTik's own syslog server writes it.
    private static func readDotted(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard let century = line.twoDigits(at: start), let year = line.twoDigits(at: start &+ 2),
            let month = line.twoDigits(at: start &+ 5),
            line.hasByte(UInt8(ascii: "."), at: start &+ 7),
            let day = line.twoDigits(at: start &+ 8),
            line.hasByte(UInt8(ascii: "-"), at: start &+ 10),
            var result = readClock(line, at: start &+ 11)
        else { return nil }
        result.civil.year = century * 100 + year
        result.civil.month = month
        result.civil.day = day
        return result.civil.isValid ? result : nil
    }

    private static func readMonthAndDay(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard let month = line.twoDigits(at: start), let day = line.twoDigits(at: start &+ 3),
            line.hasByte(UInt8(ascii: " "), at: start &+ 5),
            var result = readClock(line, at: start &+ 6)
        else { return nil }
        result.civil.month = month
        result.civil.day = day
        var checked = result.civil
        checked.year = 2000
        return checked.isValid ? result : nil
    }

    private var hasTimeOfDay: Bool {
        civil.hour <= 23 && civil.minute <= 59 && civil.second <= 60
    }

    /// `22:14:15` with an optional fraction of up to nine digits.
    private static func readClock(_ line: RawSpan, at start: Int) -> SyslogTimestamp? {
        guard start &+ 8 <= line.byteCount, let hour = line.twoDigits(at: start),
            line.byte(at: start &+ 2) == UInt8(ascii: ":"),
            let minute = line.twoDigits(at: start &+ 3),
            line.byte(at: start &+ 5) == UInt8(ascii: ":"),
            let second = line.twoDigits(at: start &+ 6)
        else { return nil }
        var result = SyslogTimestamp(
            civil: CivilTime(
                year: 0, month: 1, day: 1, hour: hour, minute: minute, second: second),
            end: start &+ 8)
        result.readFraction(line)
        return result
    }

    /// Reads `.123456`, at least one digit; digits beyond nanoseconds are cut.
    private mutating func readFraction(_ line: RawSpan) {
        guard end &+ 1 < line.byteCount else { return }
        let mark = line.byte(at: end)
        guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ",") || mark == UInt8(ascii: ":"),
            line.byte(at: end &+ 1).isDigit
        else { return }
        // H3C's milliseconds are three digits and have a year behind: `22:14:15:123 2026`.
        guard mark != UInt8(ascii: ":") || line.trailingYear(at: end &+ 5) != nil else { return }
        var offset = end &+ 1
        var scale: Int64 = 100_000_000
        while offset < line.byteCount, line.byte(at: offset).isDigit {
            nanoseconds &+= Int64(line.byte(at: offset) &- 0x30) &* scale
            scale /= 10
            offset &+= 1
        }
        end = offset
    }

    /// Reads `Z`, `+02:00`, `+0200` or `+02`.
    private mutating func readOffset(_ line: RawSpan) {
        guard end < line.byteCount else { return }
        let mark = line.byte(at: end)
        // Nearly every text ends here.
        if mark == UInt8(ascii: " ") { return }
        if mark == UInt8(ascii: "Z") || mark == UInt8(ascii: "z") {
            offset = 0
            end &+= 1
            return
        }
        guard mark == UInt8(ascii: "+") || mark == UInt8(ascii: "-"),
            let hours = line.twoDigits(at: end &+ 1), hours <= 23
        else { return }
        var next = end &+ 3
        var seconds = Int64(hours) * 3600
        let hasColon = line.hasByte(UInt8(ascii: ":"), at: next)
        if let minutes = line.twoDigits(at: hasColon ? next &+ 1 : next), minutes <= 59 {
            seconds += Int64(minutes) * 60
            next &+= hasColon ? 3 : 2
        }
        offset = mark == UInt8(ascii: "-") ? -seconds : seconds
        end = next
    }

    /// Reads ` +0200` behind the time of day, before a space or a colon.
    private mutating func readSeparateOffset(_ line: RawSpan) {
        guard offset == nil, line.hasByte(UInt8(ascii: " "), at: end), end &+ 4 < line.byteCount
        else { return }
        let mark = line.byte(at: end &+ 1)
        guard mark == UInt8(ascii: "+") || mark == UInt8(ascii: "-") else { return }
        var longer = self
        longer.end = end &+ 1
        longer.readOffset(line)
        guard longer.offset != nil,
            line.hasByte(UInt8(ascii: " "), at: longer.end)
                || line.hasByte(UInt8(ascii: ":"), at: longer.end)
        else { return }
        self = longer
    }

    /// Reads ` 2026` behind the time of day, or behind its zone.
    mutating func readTrailingYear(_ line: RawSpan) {
        guard civil.year == 0, line.hasByte(UInt8(ascii: " "), at: end),
            let year = line.trailingYear(at: end &+ 1)
        else { return }
        civil.year = year
        end &+= 5
    }

    /// Whether what stands behind `Oct 11 22:14:15 ` may belong to the timestamp: a year, an
    /// offset, or a word in capitals, which may be a zone's name.
    static func mayContinue(_ line: RawSpan, at start: Int) -> Bool {
        guard start < line.byteCount else { return false }
        let byte = line.byte(at: start)
        if byte.isDigit { return line.trailingYear(at: start) != nil }
        return byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte &- 0x41 < 26
    }
}

extension RawSpan {
    /// Whether `wanted` stands at `offset`; `false` behind the end.
    @inline(__always)
    func hasByte(_ wanted: UInt8, at offset: Int) -> Bool {
        offset < byteCount && byte(at: offset) == wanted
    }

    /// A year from 1900 to 2099: clocks that were never set say 1970 or 1993.
    fileprivate func year(at offset: Int) -> Int? {
        guard let century = twoDigits(at: offset), century == 20 || century == 19,
            let rest = twoDigits(at: offset &+ 2)
        else { return nil }
        return century &* 100 &+ rest
    }

    /// A year from 2000 to 2099 with a space behind it: other numbers may be hostnames.
    @inline(__always)
    fileprivate func trailingYear(at offset: Int) -> Int? {
        guard twoDigits(at: offset) == 20, let rest = twoDigits(at: offset &+ 2),
            hasByte(UInt8(ascii: " "), at: offset &+ 4)
        else { return nil }
        return 2000 &+ rest
    }

    /// The number of two decimal digits; `nil` when there are none or the line ends.
    @inline(__always)
    func twoDigits(at offset: Int) -> Int? {
        guard offset &+ 2 <= byteCount else { return nil }
        let tens = byte(at: offset) &- 0x30
        let ones = byte(at: offset &+ 1) &- 0x30
        guard tens <= 9, ones <= 9 else { return nil }
        return Int(tens) &* 10 &+ Int(ones)
    }

    /// One or two decimal digits; moves `offset` behind them.
    @inline(__always)
    func shortNumber(_ offset: inout Int) -> Int? {
        guard offset < byteCount, byte(at: offset).isDigit else { return nil }
        var number = Int(byte(at: offset) &- 0x30)
        offset &+= 1
        if offset < byteCount, byte(at: offset).isDigit {
            number = number &* 10 &+ Int(byte(at: offset) &- 0x30)
            offset &+= 1
        }
        return number
    }

    /// The month of an English three-letter name in any case.
    func monthName(at offset: Int) -> Int? {
        guard offset &+ 3 <= byteCount else { return nil }
        let letters =
            UInt32(byte(at: offset) | 0x20) << 16 | UInt32(byte(at: offset &+ 1) | 0x20) << 8
            | UInt32(byte(at: offset &+ 2) | 0x20)
        return switch letters {
        case 0x6a616e: 1
        case 0x666562: 2
        case 0x6d6172: 3
        case 0x617072: 4
        case 0x6d6179: 5
        case 0x6a756e: 6
        case 0x6a756c: 7
        case 0x617567: 8
        case 0x736570: 9
        case 0x6f6374: 10
        case 0x6e6f76: 11
        case 0x646563: 12
        default: nil
        }
    }
}

extension UInt8 {
    @inline(__always)
    var isDigit: Bool { self &- 0x30 <= 9 }
}
