public import Core

/// Records and values as text, one `FieldValue` at a time: for tables, messages and tests.
///
/// Slow and plain; `JSONLinesWriter` writes the same JSON fast.
public enum RecordText {
    /// The record as one JSON object, without a line feed.
    ///
    /// - Parameter dateKey: when set, the object begins with the event time, or `received`, under
    ///   this key.
    public static func json(
        _ row: Row, received: Timestamp = Timestamp(nanoseconds: 0), dateKey: String? = nil
    ) -> String {
        var fields: [String] = []
        if let dateKey {
            let time = row.eventTime ?? received
            fields.append("\(JSONText.quoted(dateKey)):\"\(time)\"")
        }
        let columns = row.shape.columns
        var shown = columns.indices.filter { !columns[$0].isHidden }[...]
        while let first = shown.first {
            let name = columns[first].name
            guard columns[first].member != nil else {
                shown = shown.dropFirst()
                if let value = json(row, first) {
                    fields.append("\(JSONText.quoted(name)):\(value)")
                }
                continue
            }
            let group = shown.prefix { columns[$0].name == name && columns[$0].member != nil }
            shown = shown.dropFirst(group.count)
            let members = group.compactMap { index in
                json(row, index).map { "\(JSONText.quoted(columns[index].member ?? "")):\($0)" }
            }
            if !members.isEmpty {
                fields.append(
                    "\(JSONText.quoted(name)):{\(members.joined(separator: ","))}")
            }
        }
        return "{\(fields.joined(separator: ","))}"
    }

    /// The value of one column as JSON; `nil` for null.
    public static func json(_ row: Row, _ column: Int) -> String? {
        row.isNull(at: column) ? nil : json(row.value(at: column))
    }

    /// A value as JSON.
    public static func json(_ value: FieldValue, depth: Int = 1) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        case .double(let number): number.isFinite ? number.description : "null"
        case .text(let text): JSONText.quoted(text.makeString())
        case .bytes, .timestamp, .address, .mac: "\"\(text(of: value))\""
        case .nested(let tree): json(tree, depth: depth)
        case .list(let row, let columns):
            "[\(columns.compactMap { json(row, $0) }.joined(separator: ","))]"
        }
    }

    private static func json(_ tree: Nested, depth: Int) -> String {
        guard tree.isMap || tree.tag == .array else {
            // A tree that is a scalar; one that is corrupt is null.
            return json(tree.value, depth: depth)
        }
        guard depth <= Nested.depthLimit else { return "null" }
        var parts: [String] = []
        tree.forEach { key, value in
            let text = json(value.value, depth: depth + 1)
            parts.append(
                tree.isMap ? "\(JSONText.quoted(key.makeString())):\(text)" : text)
            return true
        }
        let inside = parts.joined(separator: ",")
        return tree.isMap ? "{\(inside)}" : "[\(inside)]"
    }

    /// A value as a person reads it: text without quotes, nested values as JSON, nothing for null.
    public static func text(of value: FieldValue) -> String {
        switch value {
        case .nested, .list: return json(value)
        default:
            var scratch = ByteBuffer()
            return value.withText(scratch: &scratch) { $0.makeString() } ?? ""
        }
    }
}

/// JSON strings one character at a time, for keys and slow paths.
public enum JSONText {
    /// The text in quotes with what RFC 8259 §7 wants escaped.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{08}": result += "\\b"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            case "\u{0c}": result += "\\f"
            case "\r": result += "\\r"
            case "\0"..<" ":
                result += "\\u00" + (scalar.value < 16 ? "0" : "")
                result += String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
