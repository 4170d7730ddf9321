import Core

/// What a parser does with the fields it finds, whatever the format of its lines.
struct FieldRules: Sendable {
    var time = TimeRule()
    var types: [String: FieldType] = [:]
    var skipsEmptyValues = true
    /// Whether a time that does not follow the format is reported in the record.
    var reportsBadTime = false
    var decoders: [FieldDecoder] = []
}
