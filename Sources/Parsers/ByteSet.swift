/// A set of bytes, asked with two instructions: for the scans of every message.
struct ByteSet: Sendable {
    /// Bits of the bytes 0 to 63, and 64 to 127.
    private let low: UInt64
    private let high: UInt64
    /// Whether bytes that are not ASCII are in the set.
    private let hasOthers: Bool

    /// - Parameters:
    ///   - low: a bit for each of the bytes 0 to 63.
    ///   - high: a bit for each of the bytes 64 to 127.
    @inline(__always)
    init(low: UInt64, high: UInt64, others: Bool) {
        self.low = low
        self.high = high
        hasOthers = others
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        if byte >= 0x80 { return hasOthers }
        return (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }
}

extension ByteSet {
    /// What hostnames are made of in RFC 3164 headers: letters, digits, `. - _ / @`, not ASCII.
    ///
    /// Computed, because a stored one would be asked for with a check each time.
    @inline(__always)
    static var hostname: ByteSet {
        ByteSet(
            // - . / and digits.
            low: 0x1fff << 45,
            // @ A-Z _ a-z
            high: 1 | 0x03ff_ffff << 1 | 1 << 31 | 0x03ff_ffff << 33, others: true)
    }

    /// What lists of RouterOS topics are made of: small letters, digits, `-` and the comma.
    @inline(__always)
    static var topicList: ByteSet {
        ByteSet(low: 3 << 44 | 0x3ff << 48, high: 0x03ff_ffff << 33, others: false)
    }

    /// What ends an SD-NAME (RFC 5424 §6): controls, the space, and `" = ]`.
    @inline(__always)
    static var structuredNameEnd: ByteSet {
        ByteSet(low: 0x1_ffff_ffff | 1 << 34 | 1 << 61, high: 1 << 29 | 1 << 63, others: false)
    }

    /// What ends a tag: controls, the space, and `" ' ( : < = > [ { | }`.
    @inline(__always)
    static var tagEnd: ByteSet {
        ByteSet(
            low: 0x1_ffff_ffff | 1 << 34 | 1 << 39 | 1 << 40 | 1 << 58 | 7 << 60,
            high: 1 << 27 | 7 << 59 | 1 << 63, others: false)
    }
}
