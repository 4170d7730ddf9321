import Core

/// A random UUID of version 4 as text (RFC 9562 §5.4).
struct UUIDText {
    static let byteCount = 36

    private let high: UInt64
    private let low: UInt64

    /// Makes the UUID from 128 random bits, six of which say version and variant.
    init(high: UInt64, low: UInt64) {
        self.high = high & ~0xf000 | 0x4000
        self.low = low & ~0xc000_0000_0000_0000 | 0x8000_0000_0000_0000
    }

    /// Appends 36 bytes.
    func append(to buffer: inout ByteBuffer) {
        for index in 0..<32 {
            if [8, 12, 16, 20].contains(index) { buffer.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4) & 15)
            buffer.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
