import Codec
import Core

/// What holds for every batch: each of its records can be read, as JSON that is JSON.
struct RecordCheck: ~Copyable {
    private var writer = JSONLinesWriter()
    private var output = ByteBuffer()
    private var reader = JSONReader()
    private var builder = RecordBuilder()

    /// Writes all records, which reads every column, and reads the texts again.
    mutating func check(_ batch: borrowing RecordBatch) {
        output.removeAll(keepingAtMost: 4 << 20)
        writer.append(batch, to: &output)
        var rows = 0
        batch.forEachRow { _ in rows += 1 }
        precondition(rows == batch.count, "\(rows) rows, \(batch.count) counted")
        precondition(Self.isUTF8(output.bytes), "the JSON is not UTF-8")
        let lines = Self.readLines(output, &reader, &builder)
        precondition(lines == rows, "\(lines) lines for \(rows) rows")
    }

    private static func readLines(
        _ output: borrowing ByteBuffer, _ reader: inout JSONReader, _ builder: inout RecordBuilder
    ) -> Int {
        let text = output.bytes
        var start = 0
        var lines = 0
        while let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) {
            let line = text.extracting(start..<end)
            builder.begin()
            do {
                try reader.readObject(line, into: &builder)
            } catch {
                preconditionFailure("\(error) in \(line.makeString())")
            }
            lines += 1
            start = end + 1
        }
        precondition(start == text.byteCount, "the last line has no end")
        return lines
    }

    static func isUTF8(_ bytes: RawSpan) -> Bool {
        // Any bytes are a valid UInt8.
        let span = unsafe bytes._unsafeView(as: UInt8.self)
        return (try? UTF8Span(validating: span)) != nil
    }
}

extension SourceLedger {
    /// Records counted over all senders.
    var recordCount: Int { snapshot.reduce(0) { $0 + Int($1.records) } }
}
