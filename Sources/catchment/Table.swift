/// Rows of text in columns that align.
struct Table {
    private var rows: [[String]] = []

    init(_ heading: [String]) { rows = [heading.map { $0.uppercased() }] }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The rows as lines, each ended.
    ///
    /// - Parameter columns: the width of the terminal; the last column is wrapped to fit when it
    ///   is known.
    func text(columns: Int? = nil) -> String {
        var widths: [Int] = []
        for row in rows {
            for (index, cell) in row.dropLast().enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], cell.count)
            }
        }
        let indent = widths.reduce(0) { $0 + $1 + 2 }
        let room = columns.map { max($0 - indent, 24) } ?? .max
        var text = ""
        for row in rows {
            var line = ""
            for (cell, width) in zip(row, widths) { line += Self.padded(cell, to: width) + "  " }
            for (index, part) in Self.wrapped(row.last ?? "", to: room).enumerated() {
                text += index == 0 ? line : String(repeating: " ", count: indent)
                text += part
                while text.hasSuffix(" ") { text.removeLast() }
                text += "\n"
            }
        }
        return text
    }

    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
