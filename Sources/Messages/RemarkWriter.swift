import Core

/// Appends records together with what is remarked about their messages.
struct RemarkWriter: ~Copyable {
    private var record = RecordBuilder()
    /// One row: the remarks of the last message.
    private var remarked = RecordBatch()
    /// What stands in `remarked`.
    private var written = MessageRemarks()
    private var joins = RowJoinCache()

    mutating func append(
        _ parsed: borrowing RecordBatch, with remarks: MessageRemarks,
        to batch: inout RecordBatch
    ) {
        guard !remarks.isEmpty else {
            parsed.forEachRow { batch.append($0) }
            return
        }
        // Most senders have the same remarks on all their messages.
        if remarks != written {
            remarked.removeAll()
            remarks.write(to: &record)
            record.finish(into: &remarked)
            written = remarks
        }
        let comesFirst = remarks.replacesFields
        parsed.forEachRow { row in
            Self.append(row, remarked, comesFirst, &joins, to: &batch)
        }
    }

    private static func append(
        _ row: Row, _ remarked: borrowing RecordBatch, _ comesFirst: Bool,
        _ joins: inout RowJoinCache, to batch: inout RecordBatch
    ) {
        remarked.forEachRow { remark in
            if comesFirst {
                batch.append(remark, row, joined: joins.join(remark.shape, row.shape))
            } else {
                batch.append(row, remark, joined: joins.join(row.shape, remark.shape))
            }
        }
    }
}
