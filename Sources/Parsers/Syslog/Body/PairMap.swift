import Core

/// The pairs of one text, to be looked up and written as a map.
///
/// A key that comes several times becomes an array, so that no map has two members of one name.
struct PairMap: ~Copyable {
    /// Pairs beyond this many are left out; the text has them all.
    static let limit = 256

    private struct Pair {
        var key: PairText
        /// The key where it is a name of ours.
        var name: StaticString?
        /// `nil` stands for `true`.
        var value: PairText?
        /// The same for equal keys, and seldom for others.
        var mark: UInt32
        /// The next pair with this key.
        var next = -1
        var isRepeated = false
    }

    private var pairs: [Pair] = []
    /// A bit for each mark seen.
    private var seen: InlineArray<4, UInt64> = .init(repeating: 0)

    var count: Int { pairs.count }

    mutating func removeAll() {
        pairs.removeAll(keepingCapacity: true)
        seen = .init(repeating: 0)
    }

    /// Adds a pair; without a value, `true`.
    mutating func add(_ line: RawSpan, _ key: PairText, _ value: PairText?) {
        guard pairs.count < Self.limit, !key.range.isEmpty else { return }
        var pair = Pair(
            key: key, value: value,
            mark: Self.mark(
                count: key.range.count, first: line.byte(at: key.range.lowerBound),
                middle: line.byte(at: key.range.lowerBound &+ key.range.count / 2),
                last: line.byte(at: key.range.upperBound &- 1)))
        let hash = (pair.mark &* 0x9e37_79b1) >> 24
        let bit: UInt64 = 1 << UInt64(hash & 63)
        let word = Int(hash >> 6)
        if seen[word] & bit != 0, let last = last(line, like: pair) {
            pairs[last].next = pairs.count
            pair.isRepeated = true
        }
        seen[word] |= bit
        pairs.append(pair)
    }

    /// Adds a text under a name of ours.
    mutating func add(named name: StaticString, _ value: PairText) {
        guard pairs.count < Self.limit else { return }
        pairs.append(Pair(key: PairText(range: 0..<0), name: name, value: value, mark: 0))
    }

    private static func mark(count: Int, first: UInt8, middle: UInt8, last: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: count) << 24 | UInt32(first) << 16 | UInt32(middle) << 8
            | UInt32(last)
    }

    private func last(_ line: RawSpan, like pair: Pair) -> Int? {
        pairs.lastIndex {
            $0.mark == pair.mark
                && line.extracting($0.key.range).hasSameBytes(as: line.extracting(pair.key.range))
        }
    }

    /// The first value of a key; `nil` for an empty one.
    func value(_ line: RawSpan, of key: StaticString) -> PairText? {
        let count = key.utf8CodeUnitCount
        guard count > 0 else { return nil }
        // The offsets are below the count.
        let mark = unsafe Self.mark(
            count: count, first: key.utf8Start[0], middle: key.utf8Start[count / 2],
            last: key.utf8Start[count - 1])
        for pair in pairs
        where pair.mark == mark && line.hasBytes(of: key, at: pair.key.range.lowerBound) {
            return pair.value.flatMap { $0.range.isEmpty ? nil : $0 }
        }
        return nil
    }

    // MARK: Writing

    func write(_ line: RawSpan, to writer: inout NestedWriter) {
        writer.beginMap()
        for pair in pairs where !pair.isRepeated {
            writeKey(line, pair, to: &writer)
            guard pair.next >= 0 else {
                Self.write(line, pair.value, to: &writer)
                continue
            }
            writer.beginArray()
            Self.write(line, pair.value, to: &writer)
            var next = pair.next
            while next >= 0 {
                Self.write(line, pairs[next].value, to: &writer)
                next = pairs[next].next
            }
            writer.end()
        }
        writer.end()
    }

    private func writeKey(_ line: RawSpan, _ pair: Pair, to writer: inout NestedWriter) {
        guard pair.name != nil || pair.key.escape != .none else {
            return writer.key(line.extracting(pair.key.range))
        }
        let lengthAt = writer.buffer.count
        writer.buffer.append(bigEndian: UInt32(0))
        if let name = pair.name {
            writer.buffer.append(name)
        } else {
            pair.key.append(from: line, to: &writer.buffer)
        }
        Self.setLength(at: lengthAt, of: &writer)
    }

    private static func write(
        _ line: RawSpan, _ value: PairText?, to writer: inout NestedWriter
    ) {
        guard let value else { return writer.boolean(true) }
        guard value.escape != .none else { return writer.text(line.extracting(value.range)) }
        writer.buffer.append(Nested.Tag.text.rawValue)
        let lengthAt = writer.buffer.count
        writer.buffer.append(bigEndian: UInt32(0))
        value.append(from: line, to: &writer.buffer)
        setLength(at: lengthAt, of: &writer)
    }

    private static func setLength(at offset: Int, of writer: inout NestedWriter) {
        writer.buffer.store(
            bigEndian: UInt32(truncatingIfNeeded: writer.buffer.count &- offset &- 4), at: offset)
    }
}
