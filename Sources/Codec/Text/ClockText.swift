import Core

/// Writes times as RFC 3339 in UTC and remembers the text of the second written last.
@safe
struct ClockText: ~Copyable {
    // Owned by this value; see `TimeWriter.Place`.
    private let memory: UnsafeMutableRawPointer

    init() {
        unsafe memory = UnsafeMutableRawPointer.allocate(
            byteCount: TimeWriter.Place.end, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: TimeWriter.Place.end)
        unsafe memory.storeBytes(
            of: Int64.min, toByteOffset: TimeWriter.Place.second, as: Int64.self)
        unsafe memory.storeBytes(of: Int64.min, toByteOffset: TimeWriter.Place.day, as: Int64.self)
    }

    deinit { unsafe memory.deallocate() }

    /// Lends the memory to an encoder that must not outlive this value.
    var writer: TimeWriter { unsafe TimeWriter(memory: memory) }
}

/// See `ClockText`.
@safe
struct TimeWriter {
    /// What lies where in the memory; all offsets used below are these.
    fileprivate enum Place {
        /// The second and the day remembered, since 1970.
        static let second = 0
        static let day = 8
        /// `2026-01-31T`, which is copied as a block of 16.
        static let date = 16
        /// `12:00:00` as the eight bytes of a word.
        static let time = 32
        static let end = 40
    }

    // Owned by the `ClockText` it came from.
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
        if unsafe memory.load(fromByteOffset: Place.second, as: Int64.self) != second {
            remember(second: second)
        }
        cursor.put(UInt8(ascii: "\""))
        unsafe cursor.putBlocks(memory + Place.date, count: 11)
        let time = unsafe memory.load(fromByteOffset: Place.time, as: UInt64.self)
        cursor.put(littleEndian: time, count: 8)
        if fraction == 0 {
            cursor.put(".000Z\"")
        } else {
            cursor.put(fraction: UInt32(truncatingIfNeeded: fraction))
        }
        return cursor
    }

    @inline(__always)
    private func remember(second: Int64) {
        var day = second / 86_400
        var inDay = second % 86_400
        if inDay < 0 {
            inDay &+= 86_400
            day &-= 1
        }
        if unsafe memory.load(fromByteOffset: Place.day, as: Int64.self) != day {
            remember(day: day)
        }
        let time = UInt32(truncatingIfNeeded: inDay)
        // One store of eight bytes, so that the load that follows need not wait for several.
        var word: UInt64 = 0x0000_3a00_003a_0000
        word |= UInt64(TextCursor.pair(time / 3600))
        word |= UInt64(TextCursor.pair(time / 60 % 60)) << 24
        word |= UInt64(TextCursor.pair(time % 60)) << 48
        unsafe memory.storeBytes(of: word, toByteOffset: Place.time, as: UInt64.self)
        unsafe memory.storeBytes(of: second, toByteOffset: Place.second, as: Int64.self)
    }

    /// Years that 64 bits of nanoseconds reach, 1677 to 2262, have four digits.
    @inline(never)
    private func remember(day: Int64) {
        let date = CivilTime(secondsSince1970: day * 86_400)
        unsafe memory.storeBytes(of: day, toByteOffset: Place.day, as: Int64.self)
        var cursor = unsafe TextCursor(memory + Place.date)
        cursor.putPair(UInt32(date.year / 100))
        cursor.putPair(UInt32(date.year % 100))
        cursor.put(UInt8(ascii: "-"))
        cursor.putPair(UInt32(date.month))
        cursor.put(UInt8(ascii: "-"))
        cursor.putPair(UInt32(date.day))
        cursor.put(UInt8(ascii: "T"))
    }
}

extension TextCursor {
    /// Writes a dot, the digits of a second's nanoseconds, and what ends the time.
    @inline(__always)
    fileprivate mutating func put(fraction digits: UInt32) {
        put(UInt8(ascii: "."))
        putThree(digits / 1_000_000)
        let rest = digits % 1_000_000
        if rest != 0 {
            putThree(rest / 1000)
            if rest % 1000 != 0 { putThree(rest % 1000) }
        }
        put("Z\"")
    }

    @inline(__always)
    private mutating func putThree(_ number: UInt32) {
        put(0x30 &+ UInt8(truncatingIfNeeded: number / 100))
        putPair(number % 100)
    }
}
