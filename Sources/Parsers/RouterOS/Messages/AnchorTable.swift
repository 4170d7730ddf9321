/// Which patterns may fit a message, by four bytes at the start of one of its words.
struct AnchorTable {
    private static let slotCount = 1024
    /// Index of a bucket plus one by hash; 0 for none.
    private var slots = [UInt16](repeating: 0, count: slotCount)
    private var buckets: [(key: UInt32, patterns: [Int])] = []
    private var masks: [PatternMask] = []

    mutating func add(_ key: UInt32, pattern: Int) {
        if let known = buckets.firstIndex(where: { $0.key == key }) {
            buckets[known].patterns.append(pattern)
        } else {
            buckets.append((key, [pattern]))
        }
    }

    /// Builds the hash table; open addressing, at most a quarter full.
    mutating func finish() {
        precondition(buckets.count <= Self.slotCount / 4)
        for (index, bucket) in buckets.enumerated() {
            var slot = Self.hash(bucket.key)
            while slots[slot] != 0 { slot = (slot &+ 1) & (Self.slotCount &- 1) }
            slots[slot] = UInt16(index + 1)
            masks.append(PatternMask(bucket.patterns))
        }
    }

    private static func hash(_ key: UInt32) -> Int { Int((key &* 0x9e37_79b1) >> 22) }

    /// Adds the patterns of `key` to `mask`.
    @inline(__always)
    func collect(_ key: UInt32, into mask: inout PatternMask) {
        var slot = Self.hash(key)
        while slots[slot] != 0 {
            let bucket = Int(slots[slot]) &- 1
            if buckets[bucket].key == key {
                mask.formUnion(masks[bucket])
                return
            }
            slot = (slot &+ 1) & (Self.slotCount &- 1)
        }
    }
}

/// A set of patterns, as bits.
struct PatternMask {
    private var words: InlineArray<4, UInt64> = .init(repeating: 0)

    init() {}

    init(_ patterns: [Int]) {
        for pattern in patterns { insert(pattern) }
    }

    mutating func formUnion(_ other: PatternMask) {
        for index in 0..<4 { words[index] |= other.words[index] }
    }

    mutating func insert(_ pattern: Int) {
        words[pattern / 64] |= 1 << UInt64(pattern % 64)
    }

    /// Takes out those that are in `other`, too.
    mutating func split(by other: PatternMask) -> PatternMask {
        var common = PatternMask()
        for index in 0..<4 {
            common.words[index] = words[index] & other.words[index]
            words[index] &= ~other.words[index]
        }
        return common
    }

    /// Takes out the first pattern.
    mutating func popFirst() -> Int? {
        for index in 0..<4 where words[index] != 0 {
            let bit = words[index].trailingZeroBitCount
            words[index] &= words[index] &- 1
            return index &* 64 &+ bit
        }
        return nil
    }
}
