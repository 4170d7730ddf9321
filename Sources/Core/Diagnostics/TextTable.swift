/// Rows of text in aligned columns, titles first; columns without any text are left out.
public struct TextTable: Sendable {
    public enum Alignment: Sendable {
        case left, right
    }

    public struct Column: Sendable {
        public var title: String
        public var alignment: Alignment

        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// What becomes of lines that are longer than the terminal.
    public enum Overflow: Sendable {
        /// The line ends with `…`.
        case cut
        /// The last column goes on in lines of its own.
        case wrapLastColumn
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    public init(_ columns: [Column]) { self.columns = columns }

    public var isEmpty: Bool { rows.isEmpty }

    /// - Parameter cells: one per column, without line breaks.
    public mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count)
        rows.append(cells)
    }

    /// Whether the last column has room to be read beside the others.
    ///
    /// - Parameter width: the terminal's columns.
    public func fits(_ width: Int) -> Bool {
        let (_, widths) = layout
        return widths.dropLast().reduce(0) { $0 + $1 + 2 } + Self.leastRoom <= width
    }

    /// Columns of a last column below which there is no reading.
    private static let leastRoom = 24

    /// The columns that have text, and how wide they are.
    private var layout: (shown: [Int], widths: [Int]) {
        let shown = columns.indices.filter { index in rows.contains { !$0[index].isEmpty } }
        return (
            shown,
            shown.map { index in
                rows.reduce(columns[index].title.count) { max($0, $1[index].count) }
            }
        )
    }

    /// The titles and all rows, each line ended.
    ///
    /// - Parameter width: the terminal's columns; `nil` leaves lines as long as they are.
    public func text(width: Int? = nil, _ overflow: Overflow = .cut) -> String {
        let (shown, widths) = layout
        if shown.isEmpty { return "" }
        var text = ""
        for row in [columns.map(\.title)] + rows {
            let cells = shown.map { row[$0] }
            switch (overflow, width) {
            case (.wrapLastColumn, let width?):
                for line in wrapped(cells, widths, shown, to: width) { text += line + "\n" }
            case (.cut, let width?):
                text += Self.cut(line(cells, widths, shown), to: width) + "\n"
            case (_, nil):
                text += line(cells, widths, shown) + "\n"
            }
        }
        return text
    }

    private func line(_ cells: [String], _ widths: [Int], _ shown: [Int]) -> String {
        var line = ""
        for (place, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[place] - cell.count)
            if place > 0 { line += "  " }
            line += columns[shown[place]].alignment == .left ? cell + padding : padding + cell
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func cut(_ line: String, to width: Int) -> String {
        line.count > width ? String(line.prefix(max(width - 1, 0))) + "…" : line
    }

    private func wrapped(
        _ cells: [String], _ widths: [Int], _ shown: [Int], to width: Int
    ) -> [String] {
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        let room = max(width - indent, Self.leastRoom)
        let parts = Self.wrapped(cells.last ?? "", to: room)
        return parts.enumerated().map { index, part in
            let before = index == 0 ? Array(cells.dropLast()) : cells.dropLast().map { _ in "" }
            return line(before + [part], widths.dropLast() + [max(room, part.count)], shown)
        }
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

extension TextTable.Column: ExpressibleByStringLiteral {
    public init(stringLiteral title: String) { self.init(title) }
}

extension BinaryInteger {
    /// The number in decimal with commas between groups of three digits: `1,234,567`.
    public var grouped: String {
        let digits = String(magnitude)
        var text = self < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
