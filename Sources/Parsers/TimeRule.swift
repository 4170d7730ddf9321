import Core

/// How a parser finds the event time among the fields of a line.
struct TimeRule: Sendable {
    /// The field that holds the time; or several names, separated by blanks, whose values are
    /// joined by one blank each: `date time`.
    let key: String
    /// The names in `key` when there are several, as the record has them.
    let joinedKeys: [String]
    /// `nil` takes RFC 3339 texts and leaves others alone.
    var format: TimeFormat?
    /// Reads the times of CEF and LEEF where there is no `format`.
    var eventTime: EventTimeText?
    /// Whether the text stays in the record.
    var keepsText = false

    init(key: String = "time", format: TimeFormat? = nil) {
        self.key = key
        self.format = format
        let names = key.split(separator: " ").map { TimeRule.keptName(of: String($0)) }
        joinedKeys = names.count > 1 ? names : []
    }

    /// The field that every record has its event time under.
    static let timeName = "time"

    /// The field that a time's text is kept under; `time` is taken by the event time itself.
    var keptName: String { TimeRule.keptName(of: key) }

    static func keptName(of field: String) -> String {
        field == timeName ? "time_text" : field
    }

    func parse(_ text: RawSpan, received: Timestamp) -> Timestamp? {
        if let format { return format.parse(text, received: received) }
        if let eventTime { return eventTime.parse(text, received: received) }
        for format in TimeFormat.rfc3339 {
            if let time = format.parse(text, received: received) { return time }
        }
        return nil
    }

    /// Sets the event time of a record whose time is in several fields.
    ///
    /// - Returns: `false` when the fields are not all there or do not follow the format.
    func readJoined(
        in record: inout RecordBuilder, received: Timestamp, scratch: inout ByteBuffer
    ) -> Bool {
        var text = ByteBuffer()
        var places: [Int] = []
        for name in joinedKeys {
            guard let index = record.index(of: name, from: 1) else { return false }
            if !places.isEmpty { text.append(UInt8(ascii: " ")) }
            guard
                record.value(at: index).withText(scratch: &scratch, { text.append($0) }) != nil
            else { return false }
            places.append(index)
        }
        guard let time = parse(text.bytes, received: received) else { return false }
        record.replace(at: 0, timestamp: time)
        if !keepsText {
            for index in Set(places).sorted(by: >) { record.remove(at: index) }
        }
        return true
    }
}
