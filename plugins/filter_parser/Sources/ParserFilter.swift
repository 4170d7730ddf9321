package import Core

/// Reads a field of each record with a parser, as Fluent Bit's `parser` does.
///
/// Records whose field is missing, or refused by all parsers, stay as they are.
package final class ParserFilter: Filter {
    package static let info = PluginInfo(
        kind: .filter, name: "parser", summary: "Read a field with a parser",
        options: [
            OptionSpec("key_name", .text, required: true, help: "The field that is read"),
            OptionSpec(
                "parser", .parser, required: true, repeatable: true,
                help: "How the field is read; several are tried in order"),
            OptionSpec(
                "preserve_key", .boolean, default: "off", help: "Keep the field that was read"),
            OptionSpec(
                "reserve_data", .boolean, default: "off", help: "Keep all other fields"),
        ],
        inert: ["unescape_key": "texts are parsed as they are"])

    private let parsers: [any LineParser]
    private let key: FieldPath
    private let keepsKey: Bool
    private let keepsOthers: Bool

    private var rests = ShapeCache<RecordRest>()
    private var results = ShapeCache<ParsedShape>()
    private var joins = RowJoinCache()
    private var scratch = ByteBuffer()
    /// The record that a parser made last.
    private var parsed = RecordBatch()
    private var output = RecordBatch()

    package init(settings: PluginSettings) throws(SettingsError) {
        let name = settings.text("key_name") ?? ""
        // The `$` of an accessor may be left out.
        guard let key = FieldPath(name.hasPrefix("$") ? name : "$" + name) else {
            throw SettingsError(
                .invalidValue, at: settings.location(of: "key_name"),
                "'\(name)' is no record accessor", hint: "write $key['sub'] or $key[0]")
        }
        self.key = key
        parsers = settings.texts("parser").compactMap { settings.parsers.makeParser(named: $0) }
        keepsKey = settings.boolean("preserve_key")
        keepsOthers = settings.boolean("reserve_data")
    }

    package func apply(to batch: inout RecordBatch) {
        output.removeAll()
        var hasChanged = false
        let received = batch.received
        batch.forEachRow { row in
            let rest = rests.value(for: row.shape) { shape in
                RecordRest(of: shape, key: key, keepsKey: keepsKey, keepsOthers: keepsOthers)
            }
            let time = row.eventTime ?? received
            if let field = rest.field, parse(field.value(in: row), at: time) {
                append(row, rest, at: time)
                hasChanged = true
            } else {
                output.append(row)
            }
        }
        if hasChanged { batch.exchangeRecords(with: &output) }
    }

    /// Asks the parsers in turn.
    ///
    /// - Parameter time: of the record, which is its time still when the text has none.
    /// - Returns: whether `parsed` holds a record.
    private func parse(_ value: FieldValue, at time: Timestamp) -> Bool {
        let source = PayloadSource(
            peer: Endpoint(address: .any, port: 0), transport: .file, received: time)
        if case .bytes(let bytes) = value { return parse(bytes, from: source) }
        return value.withText(scratch: &scratch) { parse($0, from: source) } ?? false
    }

    private func parse(_ text: RawSpan, from source: PayloadSource) -> Bool {
        for parser in parsers {
            parsed.removeAll()
            if parser.parse(text, from: source, into: &parsed) != nil { continue }
            guard let shape = parsed.runs.first?.shape else { continue }
            if !result(of: shape).isRaw { return true }
        }
        return false
    }

    private func result(of shape: Shape) -> ParsedShape {
        results.value(for: shape) { ParsedShape($0) }
    }

    /// Appends the record in `parsed` and what stays of the one it was read from.
    ///
    /// - Parameter time: of the latter.
    private func append(_ row: Row, _ rest: RecordRest, at time: Timestamp) {
        parsed.forEachRow { fields in
            let first = Row(
                shape: result(of: fields.shape).shape, bytes: fields.bytes,
                constants: fields.constants)
            let isRetimed = fields.eventTime.map { $0 != time } ?? false
            let second = Row(
                shape: isRetimed ? rest.retimedShape : rest.shape, bytes: row.bytes,
                constants: row.constants)
            output.append(first, second, joined: joins.join(first.shape, second.shape))
        }
    }
}
