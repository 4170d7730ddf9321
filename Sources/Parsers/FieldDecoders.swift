import Codec
import Core

/// Runs the decoders of one parser over its records.
struct FieldDecoders: ~Copyable {
    private let groups: [(field: String, decoders: [FieldDecoder])]
    private var reader = JSONReader()
    private var nested = NestedWriter()
    private var text = ByteBuffer()
    private var plain = ByteBuffer()

    init(_ decoders: [FieldDecoder]) {
        var groups: [(field: String, decoders: [FieldDecoder])] = []
        for decoder in decoders {
            if let index = groups.firstIndex(where: { $0.field == decoder.field }) {
                groups[index].decoders.append(decoder)
            } else {
                groups.append((TimeRule.keptName(of: decoder.field), [decoder]))
            }
        }
        self.groups = groups
    }

    var isEmpty: Bool { groups.isEmpty }

    /// Decodes the fields that are texts; what cannot be decoded stays as it is.
    mutating func run(over record: inout RecordBuilder) {
        for index in groups.indices { run(groups[index].field, groups[index].decoders, &record) }
    }

    private mutating func run(
        _ field: String, _ decoders: [FieldDecoder], _ record: inout RecordBuilder
    ) {
        guard let index = record.index(of: field, from: 1) else { return }
        guard Self.copyText(of: record, at: index, to: &text) else { return }
        var hasMembers = false
        for decoder in decoders {
            if hasMembers, !decoder.replacesValue, decoder.action == .doNext { continue }
            let isDecoded: Bool
            if decoder.coding == .json {
                isDecoded =
                    decoder.replacesValue
                    ? replaceWithJSON(at: index, &record) : addMembers(&record)
                if isDecoded {
                    if decoder.replacesValue { return }
                    hasMembers = true
                }
            } else {
                // Members come of objects only.
                isDecoded = decoder.replacesValue
                if isDecoded { replaceWithText(decoder.coding, at: index, &record) }
            }
            if decoder.action == .doNext || decoder.action == .tryNext && !isDecoded { continue }
            return
        }
    }

    private static func copyText(
        of record: borrowing RecordBuilder, at index: Int, to text: inout ByteBuffer
    ) -> Bool {
        text.removeAll()
        guard case .text(let value) = record.value(at: index) else { return false }
        text.append(value)
        return true
    }

    // MARK: Texts

    private mutating func replaceWithText(
        _ coding: FieldDecoder.Coding, at index: Int, _ record: inout RecordBuilder
    ) {
        plain.removeAll()
        Self.unescape(text, coding, into: &plain)
        swap(&text, &plain)
        Self.add(text, to: &record)
        record.moveLast(to: index)
    }

    private static func unescape(
        _ text: borrowing ByteBuffer, _ coding: FieldDecoder.Coding, into plain: inout ByteBuffer
    ) {
        let bytes = text.bytes
        switch coding {
        case .json, .escaped: TextEscape.letters.append(bytes, to: &plain)
        case .escapedUTF8: TextEscape.codes.append(bytes, to: &plain)
        case .mysqlQuoted:
            let count = bytes.byteCount
            guard count >= 2, bytes.byte(at: 0) == bytes.byte(at: count - 1),
                bytes.hasBytes(of: "'") || bytes.hasBytes(of: "\"")
            else { return plain.append(bytes) }
            TextEscape.mysql.append(bytes.extracting(1..<count - 1), to: &plain)
        }
    }

    private static func add(_ text: borrowing ByteBuffer, to record: inout RecordBuilder) {
        record.add("", text: text.bytes)
    }

    // MARK: JSON

    private mutating func replaceWithJSON(at index: Int, _ record: inout RecordBuilder) -> Bool {
        guard readNested(escaped: false) || readNested(escaped: true) else { return false }
        Self.add(nested, to: &record)
        record.moveLast(to: index)
        return true
    }

    /// - Parameter escaped: whether the text is one that was escaped as a whole.
    private mutating func readNested(escaped: Bool) -> Bool {
        nested.removeAll()
        if escaped {
            plain.removeAll()
            Self.unescape(text, .json, into: &plain)
            return Self.read(plain, &reader, into: &nested)
        }
        return Self.read(text, &reader, into: &nested)
    }

    private static func read(
        _ text: borrowing ByteBuffer, _ reader: inout JSONReader, into nested: inout NestedWriter
    ) -> Bool {
        (try? reader.readContainer(text.bytes, into: &nested)) != nil
    }

    private static func add(_ nested: borrowing NestedWriter, to record: inout RecordBuilder) {
        record.add("", nested: Nested(nested.bytes))
    }

    /// Adds the members of the object in the text; those that the record has are left out.
    private mutating func addMembers(_ record: inout RecordBuilder) -> Bool {
        let start = record.count
        if !Self.read(text, &reader, into: &record) {
            Self.forget(from: start, &record)
            plain.removeAll()
            Self.unescape(text, .json, into: &plain)
            guard Self.read(plain, &reader, into: &record) else {
                Self.forget(from: start, &record)
                return false
            }
        }
        guard record.count < JSONReader.fieldLimit else {
            Self.forget(from: start, &record)
            return false
        }
        if let time = record.index(of: TimeRule.timeName, from: start) {
            record.rename(at: time, to: TimeRule.keptName(of: TimeRule.timeName))
        }
        record.removeRepeated(from: start)
        return true
    }

    private static func read(
        _ text: borrowing ByteBuffer, _ reader: inout JSONReader, into record: inout RecordBuilder
    ) -> Bool {
        (try? reader.readObject(text.bytes, into: &record)) != nil
    }

    private static func forget(from start: Int, _ record: inout RecordBuilder) {
        while record.count > start { record.remove(at: record.count - 1) }
    }
}
