import Codec
public import Core

/// Turns lines that are one JSON object each into records.
///
/// Every record starts with its event time in `time`: the value under the time key, else the time
/// received. A field of the object that is called `time` and is not the event time becomes
/// `time_text`. `types` converts texts and numbers; other values stay as they are.
public final class JSONParser: LineParser {
    private let rules: FieldRules
    private let types: [(field: String, type: FieldType)]
    private var reader = JSONReader()
    private var decoders: FieldDecoders
    private var record = RecordBuilder()
    private var scratch = ByteBuffer()

    /// The stock parser `json`: takes RFC 3339 texts under `time` for the event time.
    public convenience init() { self.init(rules: FieldRules()) }

    init(rules: FieldRules) {
        self.rules = rules
        types = rules.types.map { (TimeRule.keptName(of: $0.key), $0.value) }
        decoders = FieldDecoders(rules.decoders)
    }

    public func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        record.begin()
        record.add(TimeRule.timeName, eventTime: source.received)
        do {
            try reader.readObject(line, into: &record)
        } catch {
            record.abandon()
            return error.code
        }
        var problem: ErrorCode?
        if rules.time.joinedKeys.isEmpty, let index = record.index(of: rules.time.key, from: 1),
            !readTime(at: index, received: source.received)
        {
            problem = .parserBadTime
        }
        if let index = record.index(of: TimeRule.timeName, from: 1) {
            record.rename(at: index, to: TimeRule.keptName(of: TimeRule.timeName))
        }
        if !rules.time.joinedKeys.isEmpty,
            !rules.time.readJoined(in: &record, received: source.received, scratch: &scratch)
        {
            problem = .parserBadTime
        }
        if problem == .parserBadTime, !rules.reportsBadTime { problem = nil }
        for (field, type) in types where !convert(field, to: type) {
            problem = problem ?? .parserBadType
        }
        if !decoders.isEmpty { decoders.run(over: &record) }
        if let problem, record.index(of: RawRecord.errorName) == nil {
            record.add(RawRecord.errorName, text: problem.text)
        }
        record.finish(into: &batch)
        return nil
    }

    /// Takes a field for the event time; `false` when its text is none.
    private func readTime(at index: Int, received: Timestamp) -> Bool {
        let moment = record.value(at: index).withText(scratch: &scratch) {
            rules.time.parse($0, received: received)
        }
        guard let moment = moment ?? nil else {
            record.rename(at: index, to: rules.time.keptName)
            return false
        }
        record.replace(at: 0, timestamp: moment)
        if rules.time.keepsText {
            record.rename(at: index, to: rules.time.keptName)
        } else {
            record.remove(at: index)
        }
        return true
    }

    /// Gives a field another type; `false` when its value is not of that type.
    private func convert(_ field: String, to type: FieldType) -> Bool {
        guard let index = record.index(of: field, from: 1) else { return true }
        var text = ByteBuffer()
        guard record.value(at: index).withText(scratch: &scratch, { text.append($0) }) != nil,
            type.add(text.bytes, as: field, to: &record)
        else { return false }
        record.moveLast(to: index)
        return true
    }
}
