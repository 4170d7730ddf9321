import Core

/// Batches to put into journals.
enum Samples {
    static let fixed = Shape.known(
        columns: [
            Column.literal("kind", text: "fixed"),
            Column("exporter", .address, .constant(offset: 0, length: 4)),
            Column("number", .unsigned, .row(offset: 0, length: 4)),
        ], rowLength: 4, hasVariablePart: false, constantsLength: 4)

    /// Records `first..<first + count`, half of them fixed rows and half built ones.
    static func batch(first: Int, count: Int, tag: String = "t", progress: [SourceProgress] = [])
        -> RecordBatch
    {
        var batch = RecordBatch(tag: tag)
        batch.received = Timestamp(seconds: 1_700_000_000)
        batch.progress = progress
        let half = count / 2
        var rows: [UInt8] = []
        for number in first..<first + half { rows += bytes(UInt32(number)) }
        rows.withBytes { rows in
            bytes(0x7f00_0001).withBytes { constants in
                batch.append(rows: rows, count: half, shape: fixed, constants: constants)
            }
        }
        var builder = RecordBuilder()
        for number in first + half..<first + count {
            builder.begin()
            builder.add("number", unsigned: UInt64(number))
            builder.add("text", text: "record \(number)")
            builder.finish(into: &batch)
        }
        return batch
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// The `number` field of every record.
    static func numbers(in batch: borrowing RecordBatch) -> [Int] {
        var numbers: [Int] = []
        batch.forEachRow { row in
            guard let column = row.shape.column(named: "number") else { return }
            numbers.append(row.unsigned(at: column).map(Int.init) ?? -1)
        }
        return numbers
    }
}
