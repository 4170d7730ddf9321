import Codec
import Core

/// Reads JSON lines as outputs write them: every field as it is, and none that is not there.
final class ReadBackParser: LineParser {
    private var reader = JSONReader()
    private var record = RecordBuilder()

    func parse(
        _ line: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
    ) -> ErrorCode? {
        record.begin()
        do throws(DecodeError) {
            try reader.readObject(line, into: &record)
        } catch {
            record.abandon()
            return error.code
        }
        record.finish(into: &batch)
        return nil
    }
}

extension RawSpan {
    /// Whether a line looks like a JSON object, as outputs write them.
    var isJSONObject: Bool {
        byteCount > 1 && byte(at: 0) == UInt8(ascii: "{")
            && byte(at: byteCount - 1) == UInt8(ascii: "}")
    }
}
