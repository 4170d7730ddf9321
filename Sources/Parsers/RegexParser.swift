public import Core
import Patterns

/// Turns lines into records by the named groups of a pattern.
///
/// Every record starts with its event time in `time`: the text under the time key, else the time
/// received. A value that is not of the type given, or a time that does not follow `time_format`,
/// stays as text and the record says so in `parse_error`.
public final class RegexParser: LineParser {
    private struct Field {
        var group: Pattern.Group
        var name: String
        var isTime: Bool
        var type: FieldType
    }

    private let matcher: Matcher
    private let fields: [Field]
    private let rules: FieldRules
    private var decoders: FieldDecoders
    private var record = RecordBuilder()
    private var scratch = ByteBuffer()

    init(pattern: Pattern, rules: FieldRules) {
        matcher = pattern.makeMatcher()
        self.rules = rules
        decoders = FieldDecoders(rules.decoders)
        fields = pattern.groups.map { group in
            let isTime = group.name == rules.time.key
            return Field(
                group: group, name: TimeRule.keptName(of: group.name), isTime: isTime,
                type: rules.types[group.name] ?? .string)
        }
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        guard matcher.matches(line) else { return .parserNoMatch }
        record.begin()
        record.add(TimeRule.timeName, eventTime: source.received)
        var problem: ErrorCode?
        for field in fields {
            guard let range = matcher.range(of: field.group) else { continue }
            if range.isEmpty && rules.skipsEmptyValues { continue }
            let value = line.extracting(range)
            if field.isTime {
                if let moment = rules.time.parse(value, received: source.received) {
                    record.replace(at: 0, timestamp: moment)
                    if !rules.time.keepsText { continue }
                } else if rules.reportsBadTime {
                    problem = .parserBadTime
                }
            }
            if !field.type.add(value, as: field.name, to: &record) {
                record.add(field.name, text: value)
                problem = problem ?? .parserBadType
            }
        }
        if !rules.time.joinedKeys.isEmpty,
            !rules.time.readJoined(in: &record, received: source.received, scratch: &scratch),
            rules.reportsBadTime
        {
            problem = .parserBadTime
        }
        if !decoders.isEmpty { decoders.run(over: &record) }
        if let problem { record.add(RawRecord.errorName, text: problem.text) }
        record.finish(into: &batch)
        return nil
    }
}
