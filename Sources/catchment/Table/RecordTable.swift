import Core

/// A table of records as wide as the terminal: columns that have no room are left out, those that
/// say least first, and named below.
struct RecordTable {
    struct Column {
        var title: String
        var alignment = TextTable.Alignment.left
        /// Columns of the highest rank are left out first; those of rank 0 stay.
        var rank = 0

        init(_ title: String, _ alignment: TextTable.Alignment = .left, rank: Int = 0) {
            self.title = title
            self.alignment = alignment
            self.rank = rank
        }
    }

    private let columns: [Column]
    /// Where the time stands, which loses its date when all rows have the same.
    private let timeColumn: Int
    private var rows: [[String]] = []

    init(_ columns: [Column], timeColumn: Int) {
        self.columns = columns
        self.timeColumn = timeColumn
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// - Parameter width: the terminal's columns; `nil` shows everything, dates in every row.
    func text(width: Int?) -> String {
        guard let width else { return table(rows, Array(columns.indices)).text() }
        var rows = rows
        let date = takeDate(from: &rows)
        let shown = columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
        let kept = fitting(shown, rows, to: width)
        var text = date.map { "\($0) UTC\n" } ?? ""
        text += table(rows, kept).text(width: width)
        let titles = shown.filter { !kept.contains($0) }.map { columns[$0].title }
        if !titles.isEmpty {
            text += "Not shown: \(titles.joined(separator: ", ")); --format json has all.\n"
        }
        return text
    }

    private func table(_ rows: [[String]], _ shown: [Int]) -> TextTable {
        var table = TextTable(shown.map { .init(columns[$0].title, columns[$0].alignment) })
        for row in rows { table.add(shown.map { row[$0] }) }
        return table
    }

    /// Shortens `2026-11-23 18:04:05.678` when the date is that of all rows.
    private func takeDate(from rows: inout [[String]]) -> String? {
        let dateLength = "2026-11-23 ".count
        guard let first = rows.first?[timeColumn].prefix(dateLength),
            rows.allSatisfy({ $0[timeColumn].hasPrefix(first) })
        else { return nil }
        for index in rows.indices { rows[index][timeColumn].removeFirst(dateLength) }
        return String(first.dropLast())
    }

    private func fitting(_ shown: [Int], _ rows: [[String]], to width: Int) -> [Int] {
        var kept = shown
        func length() -> Int {
            kept.reduce(-2) { sum, index in
                sum + 2
                    + rows.reduce(columns[index].title.count) { max($0, $1[index].count) }
            }
        }
        while length() > width, let last = kept.max(by: { columns[$0].rank < columns[$1].rank }),
            columns[last].rank > 0
        {
            kept.removeAll { $0 == last }
        }
        return kept
    }
}
