/// One `decode_field` or `decode_field_as`: how the text of a field is decoded once more.
struct FieldDecoder: Sendable, Equatable {
    enum Coding: String, Sendable, CaseIterable {
        case json, escaped
        case escapedUTF8 = "escaped_utf8"
        case mysqlQuoted = "mysql_quoted"
    }

    /// Whether the next decoder of the same field has its turn.
    enum Action: String, Sendable, CaseIterable {
        /// Never.
        case stop
        /// When this one failed.
        case tryNext = "try_next"
        /// In any case.
        case doNext = "do_next"
    }

    var coding: Coding
    var field: String
    var action = Action.stop
    /// Whether the value is replaced (`decode_field_as`), or the members of an object become fields
    /// of the record.
    var replacesValue: Bool
}
