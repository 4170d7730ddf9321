import Core

/// The shown, non-null fields of a batch's records as text, for comparison.
func records(_ batch: borrowing RecordBatch) -> [[String: String]] {
    var all: [[String: String]] = []
    batch.forEachRow { row in
        var record: [String: String] = [:]
        for (index, column) in row.shape.columns.enumerated() where !column.isHidden {
            if let text = text(row.value(at: index)) { record[column.name] = text }
        }
        all.append(record)
    }
    return all
}

/// A value as text; maps and arrays as compact JSON without escapes.
func text(_ value: borrowing FieldValue) -> String? {
    switch value {
    case .null: return nil
    case .boolean(let value): return "\(value)"
    case .integer(let value): return "\(value)"
    case .unsigned(let value): return "\(value)"
    case .double(let value): return "\(value)"
    case .text(let text): return text.makeString()
    case .bytes(let bytes): return "bytes:\(bytes.byteCount)"
    case .timestamp(let time): return clockText(time)
    case .address(let address): return "\(address)"
    case .mac(let address): return macText(address)
    case .nested(let nested): return nestedText(nested)
    case .list(let row, let columns):
        var parts: [String] = []
        for column in columns { parts.append(text(row.value(at: column)) ?? "null") }
        return "[" + parts.joined(separator: ",") + "]"
    }
}

private func nestedText(_ nested: borrowing Nested) -> String {
    var parts: [String] = []
    let isMap = nested.isMap
    nested.forEach { key, value in
        let content = text(value.value) ?? "null"
        parts.append(isMap ? "\(key.makeString()):\(content)" : content)
        return true
    }
    return (isMap ? "{" : "[") + parts.joined(separator: ",") + (isMap ? "}" : "]")
}

private func macText(_ address: UInt64) -> String {
    stride(from: 40, through: 0, by: -8).map { shift in
        let byte = UInt8(truncatingIfNeeded: address >> UInt64(shift))
        return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined(separator: ":")
}

/// `2026-10-11T22:14:15`, with nanoseconds when there are any.
func clockText(_ time: Timestamp) -> String {
    let civil = CivilTime(secondsSince1970: time.seconds)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    let text =
        "\(civil.year)-\(two(civil.month))-\(two(civil.day))T"
        + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second))"
    return time.subsecond == 0 ? text : text + ".\(time.subsecond)"
}

extension Timestamp {
    init(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0
    ) {
        let civil = CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        self.init(seconds: civil.secondsSince1970)
    }
}
