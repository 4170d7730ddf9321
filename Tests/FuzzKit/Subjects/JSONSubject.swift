import Codec
import Core

/// JSON read and written: what was written reads as the same record.
final class JSONSubject: FuzzSubject {
    private var reader = JSONReader()
    private var writer = JSONLinesWriter()
    private var builder = RecordBuilder()
    private var records = RecordCheck()

    func execute(_ input: RawSpan) {
        var first = ByteBuffer()
        guard convert(input, to: &first) else { return }
        var second = ByteBuffer()
        let isRead = convert(first.bytes, to: &second)
        precondition(isRead, "our own JSON cannot be read")
        precondition(
            second.bytes.hasSameBytes(as: first.bytes),
            "\(first.bytes.makeString()) became \(second.bytes.makeString())")
    }

    private func convert(_ text: RawSpan, to output: inout ByteBuffer) -> Bool {
        builder.begin()
        guard (try? reader.readObject(text, into: &builder)) != nil else {
            builder.abandon()
            return false
        }
        var batch = RecordBatch()
        builder.finish(into: &batch)
        writer.append(batch, to: &output)
        records.check(batch)
        return true
    }
}
