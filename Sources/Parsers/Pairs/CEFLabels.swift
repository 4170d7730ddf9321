import Core

/// The labels that a CEF extension gives to its custom fields, such as `cs1Label` to `cs1`.
struct CEFLabels {
    /// For each family and number: the label's place, 0 while there is none.
    private var labels: InlineArray<72, UInt64> = .init(repeating: 0)
    /// For each: whether the label is escaped, and whether there is a field to be renamed.
    private var isEscaped: (UInt64, UInt64) = (0, 0)
    private var hasField: (UInt64, UInt64) = (0, 0)
    /// Whether any label was read.
    private(set) var isUsed = false

    /// Takes note of a pair.
    mutating func read(_ line: RawSpan, _ key: PairText, _ value: PairText) {
        guard let (slot, isLabel) = Self.slot(line, key.range) else { return }
        guard isLabel else { return Self.set(slot, in: &hasField) }
        if value.range.isEmpty || labels[slot] != 0 { return }
        labels[slot] = SyslogFields.slot(value.range.lowerBound, value.range.upperBound)
        if value.escape != .none { Self.set(slot, in: &isEscaped) }
        isUsed = true
    }

    /// The label of a custom field.
    func name(_ line: RawSpan, of key: PairText) -> PairText? {
        guard let (slot, isLabel) = Self.slot(line, key.range), !isLabel, labels[slot] != 0 else {
            return nil
        }
        let start = Int(labels[slot] >> 32)
        return PairText(
            range: start..<start &+ Int(labels[slot] & 0xffff_ffff),
            escape: Self.has(slot, isEscaped) ? .cef : .none)
    }

    /// Whether the key holds the label of a field that is there.
    func isLabel(_ line: RawSpan, _ key: PairText) -> Bool {
        guard let (slot, isLabel) = Self.slot(line, key.range) else { return false }
        return isLabel && labels[slot] != 0 && Self.has(slot, hasField)
    }

    private static func set(_ slot: Int, in bits: inout (UInt64, UInt64)) {
        if slot < 64 { bits.0 |= 1 << UInt64(slot) } else { bits.1 |= 1 << UInt64(slot & 63) }
    }

    private static func has(_ slot: Int, _ bits: (UInt64, UInt64)) -> Bool {
        (slot < 64 ? bits.0 >> UInt64(slot) : bits.1 >> UInt64(slot & 63)) & 1 == 1
    }

    /// The number of a custom field, and whether the key is that of its label.
    private static func slot(_ line: RawSpan, _ key: Range<Int>) -> (Int, isLabel: Bool)? {
        let start = key.lowerBound
        var digit = key.upperBound &- 1
        let isLabel = key.count > 6 && line.hasBytes(of: "Label", at: digit &- 4)
        if isLabel { digit &-= 5 }
        guard digit > start, (0x31...0x39).contains(line.byte(at: digit)),
            let family = family(line.extracting(start..<digit))
        else { return nil }
        return (family &* 9 &+ Int(line.byte(at: digit) &- 0x31), isLabel)
    }

    private static func family(_ name: RawSpan) -> Int? {
        switch name.byteCount {
        case 2 where name.hasBytes(of: "cs"): 0
        case 2 where name.hasBytes(of: "cn"): 1
        case 3 where name.hasBytes(of: "cfp"): 2
        case 3 where name.hasBytes(of: "c6a"): 3
        case 8 where name.hasBytes(of: "flexDate"): 4
        case 10 where name.hasBytes(of: "flexString"): 5
        case 10 where name.hasBytes(of: "flexNumber"): 6
        case 16 where name.hasBytes(of: "deviceCustomDate"): 7
        default: nil
        }
    }
}
