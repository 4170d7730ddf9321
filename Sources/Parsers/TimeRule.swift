import Core

/// How a parser finds the event time among the fields of a line.
struct TimeRule: Sendable {
    /// The field that holds the time.
    var key = "time"
    /// `nil` takes RFC 3339 texts and leaves others alone.
    var format: TimeFormat?
    /// Whether the text stays in the record.
    var keepsText = false

    /// The field that every record has its event time under.
    static let timeName = "time"

    /// The field that a time's text is kept under; `time` is taken by the event time itself.
    var keptName: String { TimeRule.keptName(of: key) }

    static func keptName(of field: String) -> String {
        field == timeName ? "time_text" : field
    }

    func parse(_ text: RawSpan, received: Timestamp) -> Timestamp? {
        if let format { return format.parse(text, received: received) }
        for format in TimeFormat.rfc3339 {
            if let time = format.parse(text, received: received) { return time }
        }
        return nil
    }
}
