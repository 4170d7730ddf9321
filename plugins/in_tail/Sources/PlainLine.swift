import Core

/// Turns every line into a record with one field: the line.
final class PlainLine: LineParser {
    private let shape: Shape

    init(key: String) {
        shape = .known(
            columns: [Column(key, .text, .slot(offset: 0))], rowLength: Slot.byteCount,
            hasVariablePart: true, constantsLength: 0)
    }

    func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        batch.continueRun(shape)
        batch.beginRow(rowLength: Slot.byteCount, isVariable: true)
        let start = batch.appendVariable(line, rowLength: Slot.byteCount)
        batch.storeSlot(at: 0, start: start, count: line.byteCount)
        batch.endRow(isVariable: true)
        return nil
    }
}
