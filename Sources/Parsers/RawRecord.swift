public import Core

/// The record of a line that nobody could read: the line itself, when it came and what was wrong.
///
/// Fields: `time` (received), `message` (the line), `parse_error` (`E2501`).
public enum RawRecord {
    static let errorName = "parse_error"

    /// One shape for each code, whose text is a literal.
    private static let shapes: [ErrorCode: Shape] = Dictionary(
        uniqueKeysWithValues: ErrorCode.allCases.map { ($0, shape(for: $0)) })

    private static func shape(for code: ErrorCode) -> Shape {
        .known(
            columns: [
                Column("time", .nanoseconds, .row(offset: 0, length: 8)),
                Column("message", .text, .slot(offset: 8)),
                .literal(errorName, text: code.text),
            ], rowLength: 8 + Slot.byteCount, hasVariablePart: true, constantsLength: 0,
            timeColumn: 0)
    }

    /// Appends `line` as it is.
    public static func append(
        _ line: RawSpan, code: ErrorCode, from source: PayloadSource,
        to batch: inout RecordBatch
    ) {
        guard let shape = shapes[code] else { preconditionFailure("allCases holds every code") }
        batch.continueRun(shape)
        batch.beginRow(rowLength: shape.rowLength, isVariable: true)
        batch.store(source.received.nanoseconds, at: 0)
        let start = batch.appendVariable(line, rowLength: shape.rowLength)
        batch.storeSlot(at: 8, start: start, count: line.byteCount)
        batch.endRow(isVariable: true)
    }
}
