import CShims

/// Where an encoder writes next, in memory that was reserved for the longest text possible.
///
/// Nothing is checked per byte: an encoder reserves a row's upper bound once and
/// `ByteBuffer.appendUnsafely` checks the sum. Writes may run at most 32 bytes over what they
/// count, into the buffer's slack. Encoders take a cursor and return the moved one, which keeps it
/// in a register across calls.
@safe
struct TextCursor {
    // Points into reserved memory that outlives the cursor; see above.
    private(set) var pointer: UnsafeMutableRawPointer

    @inline(__always)
    init(_ pointer: UnsafeMutableRawPointer) { unsafe self.pointer = pointer }

    /// Bytes written since `earlier`.
    @inline(__always)
    func distance(from earlier: TextCursor) -> Int { unsafe pointer - earlier.pointer }

    @inline(__always)
    func isAt(_ other: TextCursor) -> Bool { unsafe pointer == other.pointer }

    @inline(__always)
    mutating func put(_ byte: UInt8) {
        // Inside the reserved row; so are all stores below.
        unsafe pointer.storeBytes(of: byte, as: UInt8.self)
        unsafe pointer += 1
    }

    /// Overwrites the byte under the cursor without moving on.
    @inline(__always)
    func overwrite(_ byte: UInt8) { unsafe pointer.storeBytes(of: byte, as: UInt8.self) }

    /// Moves over bytes that a block copy has written already.
    @inline(__always)
    mutating func advance(_ count: Int) { unsafe pointer += count }

    /// Writes `count` (at most 8) bytes given in memory order from the lowest byte on.
    @inline(__always)
    mutating func put(littleEndian word: UInt64, count: Int) {
        unsafe pointer.storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe pointer += count
    }

    @inline(__always)
    mutating func put(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        unsafe pointer.copyMemory(from: text.utf8Start, byteCount: count)
        unsafe pointer += count
    }

    /// Copies 16 bytes at a time; `source` must have 16 readable bytes behind its last one.
    @inline(__always)
    mutating func putBlocks(_ source: UnsafeRawPointer, count: Int) {
        typealias Block = SIMD16<UInt8>
        var done = 0
        repeat {
            let block = unsafe source.loadUnaligned(fromByteOffset: done, as: Block.self)
            unsafe pointer.storeBytes(of: block, toByteOffset: done, as: Block.self)
            done &+= 16
        } while done < count
        unsafe pointer += count
    }

    /// Like `putBlocks`, for texts that are seldom longer than 32 bytes; that much must be readable.
    @inline(__always)
    mutating func putShort(_ source: UnsafeRawPointer, count: Int) {
        typealias Block = SIMD16<UInt8>
        let first = unsafe source.loadUnaligned(as: Block.self)
        let second = unsafe source.loadUnaligned(fromByteOffset: 16, as: Block.self)
        unsafe pointer.storeBytes(of: first, as: Block.self)
        unsafe pointer.storeBytes(of: second, toByteOffset: 16, as: Block.self)
        if count > 32 { return unsafe putBlocks(source, count: count) }
        unsafe pointer += count
    }

    /// Copies 16 bytes without moving on; see `catchment_copy16_mask`.
    @inline(__always)
    func copyBlock(_ source: UnsafeRawPointer) -> UInt32 {
        unsafe catchment_copy16_mask(pointer, source)
    }

    /// Copies 32 bytes without moving on.
    @inline(__always)
    func copyTwoBlocks(_ source: UnsafeRawPointer) -> UInt32 {
        unsafe catchment_copy32_mask(pointer, source)
    }
}

// MARK: Numbers

extension TextCursor {
    /// Two digits.
    @inline(__always)
    mutating func putPair(_ number: UInt32) {
        unsafe pointer.storeBytes(of: Self.pair(number), as: UInt16.self)
        unsafe pointer += 2
    }

    /// Two digits as the bytes of a number, in memory order.
    @inline(__always)
    static func pair(_ number: UInt32) -> UInt16 {
        let digits: StaticString = """
            00010203040506070809101112131415161718192021222324252627282930313233343536373839\
            40414243444546474849505152535455565758596061626364656667686970717273747576777879\
            8081828384858687888990919293949596979899
            """
        assert(number < 100)
        // The table has 100 entries of two bytes.
        return unsafe UnsafeRawPointer(digits.utf8Start).loadUnaligned(
            fromByteOffset: Int(number) &* 2, as: UInt16.self)
    }

    @inline(__always)
    private mutating func putFour(_ number: UInt32) {
        putPair(number / 100)
        putPair(number % 100)
    }

    @inline(__always)
    private mutating func putEight(_ number: UInt32) {
        putFour(number / 10_000)
        putFour(number % 10_000)
    }

    /// One to four digits.
    @inline(__always)
    private mutating func putSmall(_ number: UInt32) {
        if number < 10 { return put(0x30 &+ UInt8(truncatingIfNeeded: number)) }
        if number < 100 { return putPair(number) }
        let high = number / 100
        if high < 10 {
            put(0x30 &+ UInt8(truncatingIfNeeded: high))
        } else {
            putPair(high)
        }
        putPair(number % 100)
    }

    /// Writes at most 20 digits.
    @inline(__always)
    mutating func put(decimal number: UInt64) {
        if number < 10_000 { return putSmall(UInt32(truncatingIfNeeded: number)) }
        if number < 100_000_000 {
            let short = UInt32(truncatingIfNeeded: number)
            putSmall(short / 10_000)
            return putFour(short % 10_000)
        }
        self = putLong(number)
    }

    @inline(never)
    private func putLong(_ number: UInt64) -> TextCursor {
        var cursor = self
        let high = number / 100_000_000
        let low = UInt32(truncatingIfNeeded: number % 100_000_000)
        if high < 100_000_000 {
            let short = UInt32(truncatingIfNeeded: high)
            if short >= 10_000 {
                cursor.putSmall(short / 10_000)
                cursor.putFour(short % 10_000)
            } else {
                cursor.putSmall(short)
            }
        } else {
            cursor.putSmall(UInt32(truncatingIfNeeded: high / 100_000_000))
            cursor.putEight(UInt32(truncatingIfNeeded: high % 100_000_000))
        }
        cursor.putEight(low)
        return cursor
    }

    @inline(__always)
    mutating func put(decimal number: Int64) {
        if number < 0 { put(UInt8(ascii: "-")) }
        put(decimal: number.magnitude)
    }

    /// The shortest text that reads back as the same number; `null` for NaN and infinities.
    @inline(never)
    func putting(_ number: Double) -> TextCursor {
        var cursor = self
        guard number.isFinite else {
            cursor.put("null")
            return cursor
        }
        // At most 24 bytes.
        for byte in number.description.utf8 { cursor.put(byte) }
        return cursor
    }
}

// MARK: Addresses and octets

extension TextCursor {
    @inline(__always)
    mutating func putHexPair(_ byte: UInt8) {
        let digits: StaticString = "0123456789abcdef"
        // The table has 16 bytes; a nibble is below 16.
        put(unsafe digits.utf8Start[Int(byte >> 4)])
        put(unsafe digits.utf8Start[Int(byte & 15)])
    }

    /// One to four lower-case hexadecimal digits.
    @inline(__always)
    private mutating func putHexGroup(_ group: UInt16) {
        let digits: StaticString = "0123456789abcdef"
        var shift = UInt16(Swift.max(3 &- group.leadingZeroBitCount / 4, 0) &* 4)
        while true {
            // The table has 16 bytes; a nibble is below 16.
            put(unsafe digits.utf8Start[Int(group >> shift & 15)])
            if shift == 0 { return }
            shift &-= 4
        }
    }

    /// An octet and a dot; four bytes are written, two to four count.
    @inline(__always)
    private mutating func putOctet(_ octet: UInt8) {
        let octets: StaticString = """
            0.  1.  2.  3.  4.  5.  6.  7.  8.  9.  10. 11. 12. 13. 14. 15. 16. 17. 18. 19. \
            20. 21. 22. 23. 24. 25. 26. 27. 28. 29. 30. 31. 32. 33. 34. 35. 36. 37. 38. 39. \
            40. 41. 42. 43. 44. 45. 46. 47. 48. 49. 50. 51. 52. 53. 54. 55. 56. 57. 58. 59. \
            60. 61. 62. 63. 64. 65. 66. 67. 68. 69. 70. 71. 72. 73. 74. 75. 76. 77. 78. 79. \
            80. 81. 82. 83. 84. 85. 86. 87. 88. 89. 90. 91. 92. 93. 94. 95. 96. 97. 98. 99. \
            100.101.102.103.104.105.106.107.108.109.110.111.112.113.114.115.116.117.118.119.\
            120.121.122.123.124.125.126.127.128.129.130.131.132.133.134.135.136.137.138.139.\
            140.141.142.143.144.145.146.147.148.149.150.151.152.153.154.155.156.157.158.159.\
            160.161.162.163.164.165.166.167.168.169.170.171.172.173.174.175.176.177.178.179.\
            180.181.182.183.184.185.186.187.188.189.190.191.192.193.194.195.196.197.198.199.\
            200.201.202.203.204.205.206.207.208.209.210.211.212.213.214.215.216.217.218.219.\
            220.221.222.223.224.225.226.227.228.229.230.231.232.233.234.235.236.237.238.239.\
            240.241.242.243.244.245.246.247.248.249.250.251.252.253.254.255.
            """
        // The table has 256 entries of four bytes.
        let text = unsafe UnsafeRawPointer(octets.utf8Start).loadUnaligned(
            fromByteOffset: Int(octet) &* 4, as: UInt32.self)
        unsafe pointer.storeBytes(of: text, as: UInt32.self)
        unsafe pointer += 2 &+ (octet > 9 ? 1 : 0) &+ (octet > 99 ? 1 : 0)
    }

    /// Dotted decimal, at most 15 bytes.
    @inline(__always)
    mutating func put(v4 address: UInt32) {
        putOctet(UInt8(truncatingIfNeeded: address >> 24))
        putOctet(UInt8(truncatingIfNeeded: address >> 16))
        putOctet(UInt8(truncatingIfNeeded: address >> 8))
        putOctet(UInt8(truncatingIfNeeded: address))
        unsafe pointer -= 1
    }

    /// An address of 16 bytes: IPv4-mapped ones as IPv4, others as RFC 5952 text of at most 39.
    @inline(__always)
    mutating func put(high: UInt64, low: UInt64) {
        if high == 0, low >> 32 == 0xffff {
            put(v4: UInt32(truncatingIfNeeded: low))
        } else {
            self = puttingV6(high: high, low: low)
        }
    }

    @inline(never)
    private func puttingV6(high: UInt64, low: UInt64) -> TextCursor {
        var cursor = self
        let zeros = Self.longestZeros(high: high, low: low)
        var index = 0
        while index < 8 {
            if index == zeros.start {
                cursor.put("::")
                index &+= zeros.count
                continue
            }
            let word = index < 4 ? high : low
            cursor.putHexGroup(
                UInt16(truncatingIfNeeded: word >> UInt64(48 &- (index & 3) &* 16)))
            index &+= 1
            if index < 8, index != zeros.start { cursor.put(UInt8(ascii: ":")) }
        }
        return cursor
    }

    /// The longest run of two or more zero groups, the first of equals (RFC 5952 §4.2).
    @inline(__always)
    private static func longestZeros(high: UInt64, low: UInt64) -> (start: Int, count: Int) {
        var best = (start: -1, count: 1)
        var run = 0
        for index in 0..<8 {
            let word = index < 4 ? high : low
            let group = UInt16(truncatingIfNeeded: word >> UInt64(48 &- (index & 3) &* 16))
            run = group == 0 ? run &+ 1 : 0
            if run > best.count { best = (index &- run &+ 1, run) }
        }
        return best
    }

    /// Six octets in lower-case hex with colons, 17 bytes.
    @inline(__always)
    mutating func put(mac address: UInt64) {
        // Eight digits and two colons at a time, the first digit lowest.
        put(littleEndian: Self.threeOctets(address >> 24), count: 8)
        put(UInt8(ascii: ":"))
        put(littleEndian: Self.threeOctets(address), count: 8)
    }

    /// Three octets of the low 24 bits as `aa:bb:cc`.
    @inline(__always)
    private static func threeOctets(_ octets: UInt64) -> UInt64 {
        // A digit in each byte, zero for the colons.
        let digits =
            octets >> 20 & 0xf | (octets >> 16 & 0xf) << 8 | (octets >> 12 & 0xf) << 24
            | (octets >> 8 & 0xf) << 32 | (octets >> 4 & 0xf) << 48 | (octets & 0xf) << 56
        // Bit 4 of `digit + 6` is set from ten on; letters begin 39 behind the digits' end.
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return digits &+ 0x3030_3030_3030_3030 &+ letters &* 39 &+ 0x0000_0a00_000a_0000
    }
}
