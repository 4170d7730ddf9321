import Core

/// A field of a template whose number the exporter may tell a name for.
struct NamedField {
    let kind: NameKinds
    /// The column of the number.
    let number: String
    /// The column of the name.
    let column: String
    /// Which field of the template.
    let field: Int
    /// Where the number lies in records of fixed length.
    let place: Range<Int>

    private static let candidates: [(rule: ColumnRule, column: String, kind: NameKinds)] = [
        (.ingress, "in_if_name", .interfaces), (.egress, "out_if_name", .interfaces),
        (.ingressVRF, "in_vrf_name", .vrfs), (.egressVRF, "out_vrf_name", .vrfs),
        (.application, "app_name", .applications),
    ]

    /// In the order of the slots that rows have for the names.
    static func all(of layout: TemplateLayout) -> [NamedField] {
        if layout.isOptions { return [] }
        return candidates.compactMap { candidate in
            // Records may have the name themselves.
            if candidate.kind == .applications,
                layout.fields.contains(where: { $0.element == ColumnRule.applicationName })
            {
                return nil
            }
            guard let field = layout.first(candidate.rule.sources) else { return nil }
            return NamedField(
                kind: candidate.kind, number: candidate.rule.column, column: candidate.column,
                field: field, place: layout.place(of: field))
        }
    }
}

/// Rows of records of fixed length with the names of their numbers: the record, a slot per name,
/// the names.
struct NamedRows: ~Copyable {
    private var row = ByteBuffer()
    private var texts = ByteBuffer()

    /// Adds a record to the run that was begun.
    mutating func append(
        _ record: RawSpan, _ fields: [NamedField], _ kinds: NameKinds, _ names: LearnedNames,
        to batch: inout RecordBatch
    ) {
        row.removeAll()
        texts.removeAll()
        row.append(record)
        for field in fields where kinds.contains(field.kind) {
            guard let name = names.name(of: field.kind, record.extracting(field.place)) else {
                row.append(bigEndian: Slot.null)
                continue
            }
            row.append(bigEndian: Slot.pack(offset: texts.count, length: name.count))
            name.withBytes { texts.append($0) }
        }
        batch.beginRow(row.bytes, isVariable: true)
        _ = batch.appendVariable(texts.bytes, rowLength: row.count)
        batch.endRow(isVariable: true)
    }
}
