import Core

/// Writes times as RFC 3339 in UTC and remembers the text of the day written last.
@safe
struct DayText: ~Copyable {
    // 32 bytes owned by this value: the day since 1970, and from byte 16 on `2026-01-31T`.
    private let memory: UnsafeMutableRawPointer

    init() {
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 16)
        unsafe memory.storeBytes(of: Int64.min, as: Int64.self)
    }

    deinit { unsafe memory.deallocate() }

    /// Lends the memory to an encoder that must not outlive this value.
    var writer: TimeWriter { unsafe TimeWriter(memory: memory) }
}

/// See `DayText`.
@safe
struct TimeWriter {
    // Owned by the `DayText` it came from.
    fileprivate let memory: UnsafeMutableRawPointer

    fileprivate init(memory: UnsafeMutableRawPointer) { unsafe self.memory = memory }

    /// Writes `2026-01-31T12:00:00.000Z` in quotes: 3 digits when they say it all, else 6 or 9.
    @inline(never)
    func put(_ nanoseconds: Int64, _ start: TextCursor) -> TextCursor {
        var cursor = start
        var second = nanoseconds / 1_000_000_000
        var fraction = nanoseconds % 1_000_000_000
        if fraction < 0 {
            fraction &+= 1_000_000_000
            second &-= 1
        }
        var day = second / 86_400
        var inDay = second % 86_400
        if inDay < 0 {
            inDay &+= 86_400
            day &-= 1
        }
        // The memory holds a day and 16 bytes of text.
        if unsafe memory.load(as: Int64.self) != day { remember(day) }
        cursor.put(UInt8(ascii: "\""))
        unsafe cursor.putBlocks(memory + 16, count: 11)
        let time = UInt32(truncatingIfNeeded: inDay)
        cursor.putPair(time / 3600)
        cursor.put(UInt8(ascii: ":"))
        cursor.putPair(time / 60 % 60)
        cursor.put(UInt8(ascii: ":"))
        cursor.putPair(time % 60)
        cursor.put(UInt8(ascii: "."))
        let digits = UInt32(truncatingIfNeeded: fraction)
        let milliseconds = digits / 1_000_000
        let rest = digits % 1_000_000
        cursor.put(0x30 &+ UInt8(truncatingIfNeeded: milliseconds / 100))
        cursor.putPair(milliseconds % 100)
        if rest != 0 {
            let microseconds = rest / 1000
            cursor.put(0x30 &+ UInt8(truncatingIfNeeded: microseconds / 100))
            cursor.putPair(microseconds % 100)
            let last = rest % 1000
            if last != 0 {
                cursor.put(0x30 &+ UInt8(truncatingIfNeeded: last / 100))
                cursor.putPair(last % 100)
            }
        }
        cursor.put("Z\"")
        return cursor
    }

    /// Years that 64 bits of nanoseconds reach, 1677 to 2262, have four digits.
    @inline(never)
    private func remember(_ day: Int64) {
        let date = CivilTime(secondsSince1970: day * 86_400)
        unsafe memory.storeBytes(of: day, as: Int64.self)
        var cursor = unsafe TextCursor(memory + 16)
        cursor.putPair(UInt32(date.year / 100))
        cursor.putPair(UInt32(date.year % 100))
        cursor.put(UInt8(ascii: "-"))
        cursor.putPair(UInt32(date.month))
        cursor.put(UInt8(ascii: "-"))
        cursor.putPair(UInt32(date.day))
        cursor.put(UInt8(ascii: "T"))
    }
}
