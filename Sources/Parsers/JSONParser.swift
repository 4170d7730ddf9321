import Codec
public import Core

/// Turns lines that are one JSON object each into records.
///
/// Every record starts with its event time in `time`: the value under the time key, else the time
/// received. A field of the object that is called `time` and is not the event time becomes
/// `time_text`.
public final class JSONParser: LineParser {
    private let time: TimeRule
    private let reportsBadTime: Bool
    private var reader = JSONReader()
    private var record = RecordBuilder()
    private var scratch = ByteBuffer()

    /// The stock parser `json`: takes RFC 3339 texts under `time` for the event time.
    public convenience init() { self.init(time: TimeRule(), reportsBadTime: false) }

    init(time: TimeRule, reportsBadTime: Bool) {
        self.time = time
        self.reportsBadTime = reportsBadTime
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
        if let index = record.index(of: time.key, from: 1) {
            readTime(at: index, received: source.received)
        }
        if let index = record.index(of: TimeRule.timeName, from: 1) {
            record.rename(at: index, to: TimeRule.keptName(of: TimeRule.timeName))
        }
        record.finish(into: &batch)
        return nil
    }

    private func readTime(at index: Int, received: Timestamp) {
        let moment = record.value(at: index).withText(scratch: &scratch) {
            time.parse($0, received: received)
        }
        guard let moment = moment ?? nil else {
            record.rename(at: index, to: time.keptName)
            if reportsBadTime {
                record.add(RawRecord.errorName, text: ErrorCode.parserBadTime.text)
            }
            return
        }
        record.replace(at: 0, timestamp: moment)
        if time.keepsText {
            record.rename(at: index, to: time.keptName)
        } else {
            record.remove(at: index)
        }
    }
}
