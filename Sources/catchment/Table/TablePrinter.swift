import Core

/// Prints records as aligned tables, one for each kind of record.
///
/// Rows are held back until there are enough to align; kinds that take turns stand in tables of
/// their own then, not in the order of the capture.
final class TablePrinter: RecordPrinter {
    private let output: any ParseOutput
    private var cells = ShapeCache<RecordCells>()
    private var tables: [Key: RecordTable] = [:]
    private var heldBack = 0
    private var hasPrinted = false

    /// Rows that are aligned together.
    private static let blockSize = 500

    private struct Key: Hashable {
        var layout: RecordLayout
        var hasDestination: Bool
    }

    init(_ output: any ParseOutput) { self.output = output }

    func print(_ batch: borrowing RecordBatch, atMost limit: Int) {
        print(batch, atMost: limit) { _ in [] }
    }

    func print(
        _ batch: borrowing RecordBatch, of destination: ParseStage.Destination, atMost limit: Int
    ) {
        let tag = batch.tag
        let received = batch.received
        print(batch, atMost: limit) { row in
            let place = destination.output.destination(of: row, tag: tag, received: received)
            return [destination.name, place.printable]
        }
    }

    private func print(
        _ batch: borrowing RecordBatch, atMost limit: Int, before: (Row) -> [String]
    ) {
        var rest = limit
        let received = batch.received
        batch.forEachRow { row in
            guard rest > 0 else { return }
            rest -= 1
            let cells = cells.value(for: row.shape) { RecordCells($0) }
            let first = before(row)
            let key = Key(layout: cells.layout, hasDestination: !first.isEmpty)
            let row = first + cells.cells(of: row, received: received)
            tables[key, default: Self.makeTable(key)].add(row)
            heldBack += 1
        }
    }

    private static func makeTable(_ key: Key) -> RecordTable {
        let before: [RecordTable.Column] =
            key.hasDestination ? [.init("OUTPUT"), .init("TO", rank: 7)] : []
        return RecordTable(before + key.layout.columns, timeColumn: before.count)
    }

    func flush() -> Bool { heldBack < Self.blockSize || finish() }

    func finish() -> Bool {
        var text = ""
        for (_, table) in tables.sorted(by: { $0.key.layout.rawValue < $1.key.layout.rawValue }) {
            if hasPrinted { text += "\n" }
            hasPrinted = true
            text += table.text(width: output.columns)
        }
        tables.removeAll()
        heldBack = 0
        return text.isEmpty || output.write(text)
    }
}
