import Core

/// What a file's first bytes are, to notice that it was written anew.
struct Fingerprint: Equatable {
    /// Bytes that are looked at, at most.
    static let limit = 256

    /// Bytes that went into `hash`.
    let length: Int
    /// FNV-1a, 64 bits.
    let hash: UInt64

    init(length: Int, hash: UInt64) {
        self.length = length
        self.hash = hash
    }

    /// - Parameter head: the file's first bytes; those behind `limit` are ignored.
    init(of head: RawSpan) {
        length = min(head.byteCount, Fingerprint.limit)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for offset in 0..<length {
            hash = (hash ^ UInt64(head.byte(at: offset))) &* 0x100_0000_01b3
        }
        self.hash = hash
    }

    static let empty = Fingerprint(of: RawSpan())

    /// Whether a file that begins with `head` may be the same one, perhaps longer by now.
    func fits(_ head: RawSpan) -> Bool {
        head.byteCount >= length && Fingerprint(of: head.extracting(0..<length)) == self
    }
}
