import Core

/// A shape with a column of every place and derivation, and rows for it.
enum SampleShapes {
    /// Row: u32 ticks end at 0, u32 start at 4, address at 8, protocol at 12, AS at 13..<17, slot
    /// at 17.
    ///
    /// Constants: time exported (ns) at 0, uptime u32 at 8.
    static let everything = Shape.known(
        columns: [
            .literal("flow_type", text: "test"),
            Column("time_exported", .nanoseconds, .constant(offset: 0, length: 8)),
            Column("uptime", .unsigned, .constant(offset: 8, length: 4), hidden: true),
            Column("end_ticks", .unsigned, .row(offset: 0, length: 4), hidden: true),
            Column("start_ticks", .unsigned, .row(offset: 4, length: 4), hidden: true),
            Column(
                "time_flow_start", .nanoseconds,
                .derived(.uptime(ticks: 4, uptime: 2, exported: 1))),
            Column(
                "time_flow_end", .nanoseconds, .derived(.uptime(ticks: 3, uptime: 2, exported: 1))),
            Column("duration_ms", .unsigned, .derived(.elapsedMilliseconds(from: 5, to: 6))),
            Column("src_addr", .address, .row(offset: 8, length: 4)),
            Column("proto", .unsigned, .row(offset: 12, length: 1)),
            Column("transport", .text, .derived(.name(of: 9, table: .transport))),
            Column("src_as", .unsigned, .row(offset: 13, length: 4), zeroIsNull: true),
            Column("message", .text, .slot(offset: 17)),
            Column("low", .unsigned, .derived(.bits(of: 9, shift: 1, mask: 3))),
            Column("either", .unsigned, .derived(.first([11, 9]))),
            Column("all", .unsigned, .derived(.list([11, 9]))),
            Column("product", .unsigned, .derived(.product(of: 9, by: 11))),
            Column("moved", .nanoseconds, .derived(.shifted(time: 6, nanoseconds: -5))),
            Column("duration_ns", .unsigned, .derived(.elapsedNanoseconds(from: 5, to: 6))),
            Column("ticks", .unsigned, .derived(.elapsedTicks(from: 4, to: 3))),
            Column("end_ns", .unsigned, .derived(.epochNanoseconds(of: 6))),
            Column("ie", member: "raw", .bytes, .row(offset: 0, length: 2)),
        ], rowLength: 25, hasVariablePart: true, constantsLength: 12, timeColumn: 6)

    static func batch() -> RecordBatch {
        var batch = RecordBatch(tag: "flows")
        var constants = ByteBuffer()
        constants.append(bigEndian: Timestamp(seconds: 1_700_000_000).nanoseconds)
        constants.append(bigEndian: UInt32(10_000))
        batch.beginRun(everything, constants: constants.bytes)
        add(to: &batch, end: 9_000, start: 7_500, protocol: 6, asNumber: 0, message: "hello")
        add(to: &batch, end: 9_999, start: 9_999, protocol: 255, asNumber: 64_500, message: nil)
        return batch
    }

    private static func add(
        to batch: inout RecordBatch, end: UInt32, start: UInt32, protocol number: UInt8,
        asNumber: UInt32, message: String?
    ) {
        batch.beginRow(rowLength: 25, isVariable: true)
        batch.store(end, at: 0)
        batch.store(start, at: 4)
        batch.store(UInt32(0xc000_0201), at: 8)
        batch.store(number, at: 12)
        batch.store(asNumber, at: 13)
        if let message {
            let bytes = Array(message.utf8)
            let offset = bytes.withBytes { batch.appendVariable($0, rowLength: 25) }
            batch.storeSlot(at: 17, start: offset, count: bytes.count)
        } else {
            batch.storeNullSlot(at: 17)
        }
        batch.endRow(isVariable: true)
    }

    /// Every shown value of every record, as text: `name=value`.
    static func text(_ batch: borrowing RecordBatch) -> [[String]] {
        var records: [[String]] = []
        batch.forEachRow { row in
            var fields: [String] = []
            for (index, column) in row.shape.columns.enumerated() where !column.isHidden {
                let name = column.member.map { "\(column.name).\($0)" } ?? column.name
                if let value = text(row.value(at: index)) { fields.append("\(name)=\(value)") }
            }
            records.append(fields)
        }
        return records
    }

    static func text(_ value: FieldValue) -> String? {
        switch value {
        case .null: nil
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .double(let value): "\(value)"
        case .text(let value): value.makeString()
        case .bytes(let value): "0x" + String(value.unsigned(), radix: 16)
        case .timestamp(let value): "\(value.nanoseconds)"
        case .address(let value): "\(value)"
        case .mac(let value): "mac \(value)"
        case .nested(let tree): "nested \(tree.bytes.byteCount)"
        case .list(let row, let columns):
            "[" + columns.compactMap { text(row.value(at: $0)) }.joined(separator: ",") + "]"
        }
    }
}
