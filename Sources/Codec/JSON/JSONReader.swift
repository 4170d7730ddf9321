public import Core

/// Reads one JSON object as the fields of a record (RFC 8259).
///
/// Strict: whole text, no comments, no trailing commas, no control characters in strings. Whole
/// numbers become signed, those above `Int64.max` unsigned, all other numbers doubles. Objects and
/// arrays become nested values. Decisions where the RFC leaves a choice: of equal names in the
/// object the first counts (in nested objects all are kept); a surrogate without its partner is
/// U+FFFD; bytes that are not UTF-8 are kept as they are; a number beyond the range of a double is
/// an error.
///
/// Keep one reader per stream: it remembers the field names of the record before, so that alike
/// records cost no allocation for names.
public struct JSONReader: ~Copyable {
    /// More fields than this in one object are an error.
    public static let fieldLimit = 4096

    /// Names of the record before, and of the one being read.
    private var previousNames: [String] = []
    private var names: [String] = []
    private var namesSeen: Set<String> = []
    private var scratch = ByteBuffer()
    private var nested = NestedWriter()

    public init() {}

    /// Adds the members of the object in `text` to `builder`, which the caller has begun.
    ///
    /// - Throws: `parserBadJSON` with the offset in `text` where reading stopped; the builder then
    ///   holds part of the fields.
    public mutating func readObject(
        _ text: RawSpan, into builder: inout RecordBuilder
    ) throws(DecodeError) {
        var cursor = 0
        swap(&previousNames, &names)
        names.removeAll(keepingCapacity: true)
        namesSeen.removeAll(keepingCapacity: true)
        JSONGrammar.skipSpace(text, &cursor)
        try JSONGrammar.expect(UInt8(ascii: "{"), text, &cursor)
        JSONGrammar.skipSpace(text, &cursor)
        if !JSONGrammar.skip(UInt8(ascii: "}"), text, &cursor) {
            repeat {
                try readMember(text, &cursor, into: &builder)
            } while try JSONGrammar.hasNext(before: UInt8(ascii: "}"), text, &cursor)
        }
        JSONGrammar.skipSpace(text, &cursor)
        if cursor < text.byteCount { throw DecodeError(.parserBadJSON, at: cursor) }
    }

    /// Appends the value in `text`, an object or an array, to `writer`.
    ///
    /// - Throws: `parserBadJSON` with the offset in `text` where reading stopped; the writer then
    ///   holds part of the value.
    public mutating func readContainer(
        _ text: RawSpan, into writer: inout NestedWriter
    ) throws(DecodeError) {
        var cursor = 0
        JSONGrammar.skipSpace(text, &cursor)
        guard text.hasBytes(of: "{", at: cursor) || text.hasBytes(of: "[", at: cursor) else {
            throw DecodeError(.parserBadJSON, at: cursor)
        }
        try JSONGrammar.readValue(text, &cursor, into: &writer, &scratch, depth: 0)
        JSONGrammar.skipSpace(text, &cursor)
        if cursor < text.byteCount { throw DecodeError(.parserBadJSON, at: cursor) }
    }

    /// Reads one object with a reader of its own; see the method of the same name.
    public static func readObject(
        _ text: RawSpan, into builder: inout RecordBuilder
    ) throws(DecodeError) {
        var reader = JSONReader()
        try reader.readObject(text, into: &builder)
    }

    private mutating func readMember(
        _ text: RawSpan, _ cursor: inout Int, into builder: inout RecordBuilder
    ) throws(DecodeError) {
        JSONGrammar.skipSpace(text, &cursor)
        let start = cursor
        let place = try JSONGrammar.readString(text, &cursor, &scratch)
        let known = name(place, text)
        JSONGrammar.skipSpace(text, &cursor)
        try JSONGrammar.expect(UInt8(ascii: ":"), text, &cursor)
        JSONGrammar.skipSpace(text, &cursor)
        guard let name = known else {
            // Not the first of its name: checked and forgotten.
            nested.removeAll()
            return try JSONGrammar.readValue(text, &cursor, into: &nested, &scratch, depth: 0)
        }
        if names.count > Self.fieldLimit { throw DecodeError(.parserBadJSON, at: start) }
        guard cursor < text.byteCount else { throw DecodeError(.parserBadJSON, at: cursor) }
        switch text.byte(at: cursor) {
        case UInt8(ascii: "\""):
            switch try JSONGrammar.readString(text, &cursor, &scratch) {
            case .text(let range): builder.add(name, text: text.extracting(range))
            case .scratch: Self.add(name, scratch, to: &builder)
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            nested.removeAll()
            try JSONGrammar.readValue(text, &cursor, into: &nested, &scratch, depth: 0)
            Self.add(name, nested, to: &builder)
        case UInt8(ascii: "t"):
            try JSONGrammar.expect("true", text, &cursor)
            builder.add(name, boolean: true)
        case UInt8(ascii: "f"):
            try JSONGrammar.expect("false", text, &cursor)
            builder.add(name, boolean: false)
        case UInt8(ascii: "n"):
            try JSONGrammar.expect("null", text, &cursor)
            builder.addNull(name)
        default:
            switch try JSONGrammar.readNumber(text, &cursor) {
            case .signed(let number): builder.add(name, integer: number)
            case .unsigned(let number): builder.add(name, unsigned: number)
            case .double(let number): builder.add(name, double: number)
            }
        }
    }

    private static func add(
        _ name: String, _ scratch: borrowing ByteBuffer, to builder: inout RecordBuilder
    ) {
        builder.add(name, text: scratch.bytes)
    }

    private static func add(
        _ name: String, _ nested: borrowing NestedWriter, to builder: inout RecordBuilder
    ) {
        builder.add(name, nested: Nested(nested.bytes))
    }

    /// The field name that was read; `nil` when the object had it before.
    private mutating func name(_ place: JSONGrammar.Place, _ text: RawSpan) -> String? {
        let name: String
        switch place {
        case .text(let range):
            let bytes = text.extracting(range)
            let index = names.count
            // Same name at the same place as last time: nothing to allocate, nothing to look up.
            if namesSeen.isEmpty, index < previousNames.count,
                bytes.isText(previousNames[index])
            {
                names.append(previousNames[index])
                return previousNames[index]
            }
            name = bytes.makeString()
        case .scratch:
            name = scratch.bytes.makeString()
        }
        if namesSeen.isEmpty { namesSeen = Set(names) }
        guard namesSeen.insert(name).inserted else { return nil }
        names.append(name)
        return name
    }
}
