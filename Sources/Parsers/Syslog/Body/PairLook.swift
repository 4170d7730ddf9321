import Core

/// A first look at a text that begins with `key=`: whether it is made of pairs.
///
/// Texts such as `seq=5 link down` begin with a pair, too.
struct PairLook {
    /// Pairs one after the other from the beginning.
    private var pairs = 0
    /// Whether nothing but pairs follows up to the end.
    private var isAllPairs = false
    /// Whether the first key is one that firewalls begin with.
    private var isFirewall = false
    /// Whether commas separate the pairs.
    private(set) var hasCommas = false

    /// The keys that FortiGate, Sophos and SonicWall begin with, and netfilter's `IN=`.
    private static let firstKeys: [StaticString] = [
        "date", "time", "timestamp", "logver", "itime", "eventtime", "devname", "devid",
        "device", "device_name", "id", "sn", "logid", "type", "IN", "DESCR",
    ]

    /// Pairs that are looked at; more would cost time.
    private static let enough = 8

    var isConvincing: Bool {
        isFirewall && pairs >= 3 || isAllPairs && pairs >= 3
    }

    /// - Returns: `nil` when no pair stands at `start`.
    init?(_ line: RawSpan, at start: Int) {
        var offset = start
        while pairs < Self.enough {
            guard let keyEnd = Self.keyEnd(line, from: offset) else { break }
            if pairs == 0 { isFirewall = Self.isFirstKey(line, offset..<keyEnd) }
            guard let end = valueEnd(line, from: keyEnd &+ 1) else { break }
            pairs += 1
            offset = end
            while offset < line.byteCount, Self.isSeparator(line.byte(at: offset)) {
                offset &+= 1
            }
            if offset == line.byteCount { break }
        }
        if pairs == 0 { return nil }
        isAllPairs = offset == line.byteCount || pairs == Self.enough
    }

    @inline(__always)
    private static func isSeparator(_ byte: UInt8) -> Bool {
        PairText.isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
    }

    /// The place of the `=` behind a key of letters, digits, `_`, `-` and `.`.
    private static func keyEnd(_ line: RawSpan, from start: Int) -> Int? {
        var offset = start
        let limit = Swift.min(line.byteCount, start &+ 64)
        while offset < limit, line.byte(at: offset).isNameByte { offset &+= 1 }
        return offset > start && line.hasByte(UInt8(ascii: "="), at: offset) ? offset : nil
    }

    private static func isFirstKey(_ line: RawSpan, _ range: Range<Int>) -> Bool {
        for key in firstKeys
        where key.utf8CodeUnitCount == range.count
            && line.hasBytes(of: key, at: range.lowerBound)
        {
            return true
        }
        return false
    }

    /// The end of a value, in quotes or without blanks; finds commas that separate pairs.
    private mutating func valueEnd(_ line: RawSpan, from start: Int) -> Int? {
        if line.hasByte(UInt8(ascii: "\""), at: start) {
            var offset = start &+ 1
            while offset < line.byteCount {
                let byte = line.byte(at: offset)
                if byte == UInt8(ascii: "\\") {
                    offset &+= 2
                    continue
                }
                if byte == UInt8(ascii: "\"") {
                    let end = offset &+ 1
                    if pairs == 0, line.hasByte(UInt8(ascii: ","), at: end) { hasCommas = true }
                    guard end == line.byteCount || Self.isSeparator(line.byte(at: end)) else {
                        offset = end
                        continue
                    }
                    return end
                }
                offset &+= 1
            }
            return nil
        }
        var offset = start
        while offset < line.byteCount, !PairText.isBlank(line.byte(at: offset)) {
            if line.byte(at: offset) == UInt8(ascii: ",") {
                if pairs == 0, Self.keyEnd(line, from: offset &+ 1) != nil { hasCommas = true }
                if hasCommas { return offset }
            }
            offset &+= 1
        }
        return offset
    }
}
