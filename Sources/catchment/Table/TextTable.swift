/// Rows of text in aligned columns; columns without any text are left out.
struct TextTable {
    enum Alignment {
        case left, right
    }

    struct Column {
        var title: String
        var alignment: Alignment

        init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty }

    /// Rows added.
    var count: Int { rows.count }

    /// - Parameter cells: one per column, without line breaks.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count)
        rows.append(cells)
    }

    mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

    /// The table as lines, the titles first.
    ///
    /// - Parameter width: longest line; longer ones are cut. `nil` cuts none.
    func text(width: Int? = nil) -> String {
        let shown = columns.indices.filter { index in
            rows.contains { !$0[index].isEmpty }
        }
        let widths = shown.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].count) }
        }
        var text = ""
        let titles = columns.map(\.title)
        for row in [titles] + rows {
            var line = ""
            for (place, index) in shown.enumerated() {
                let padding = String(repeating: " ", count: widths[place] - row[index].count)
                if place > 0 { line += "  " }
                line +=
                    columns[index].alignment == .left ? row[index] + padding : padding + row[index]
            }
            while line.last == " " { line.removeLast() }
            if let width, line.count > width {
                line = String(line.prefix(max(width - 1, 0))) + "…"
            }
            text += line + "\n"
        }
        return text
    }
}
