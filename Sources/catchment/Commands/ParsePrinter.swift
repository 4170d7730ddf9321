import Codec
import Core

/// Prints records in one format.
protocol RecordPrinter: AnyObject {
    /// Prints the first `limit` records as they are.
    func print(_ batch: borrowing RecordBatch, atMost limit: Int)

    /// Prints the first `limit` records and where an output would put them.
    func print(
        _ batch: borrowing RecordBatch, of destination: ParseStage.Destination, atMost limit: Int)

    /// Called after each batch.
    ///
    /// - Returns: `false` when nobody reads any more.
    func flush() -> Bool

    /// Prints what was held back.
    func finish() -> Bool
}

/// One JSON object per line.
final class JSONPrinter: RecordPrinter {
    private let output: any ParseOutput
    private var writer = JSONLinesWriter()
    private var buffer = ByteBuffer()
    private var line = ByteBuffer()

    init(_ output: any ParseOutput) { self.output = output }

    func print(_ batch: borrowing RecordBatch, atMost limit: Int) {
        if limit >= batch.count {
            writer.append(batch, to: &buffer)
            return
        }
        var rest = limit
        let received = batch.received
        batch.forEachRow { row in
            guard rest > 0 else { return }
            rest -= 1
            writer.append(row, received: received, to: &buffer)
        }
    }

    func print(
        _ batch: borrowing RecordBatch, of destination: ParseStage.Destination, atMost limit: Int
    ) {
        var rest = limit
        let received = batch.received
        let tag = batch.tag
        let head = "{\"output\":\(JSONText.quoted(destination.name)),\"destination\":"
        batch.forEachRow { row in
            guard rest > 0 else { return }
            rest -= 1
            let place = destination.output.destination(of: row, tag: tag, received: received)
            line.removeAll()
            writer.append(row, received: received, to: &line)
            line.truncate(to: line.count - 1)
            buffer.append(head)
            buffer.append(JSONText.quoted(place))
            buffer.append(",\"record\":")
            buffer.append(contentsOf: line)
            buffer.append("}\n")
        }
    }

    func flush() -> Bool {
        if buffer.isEmpty { return true }
        defer { buffer.removeAll(keepingAtMost: 4 << 20) }
        return write(buffer)
    }

    private func write(_ text: borrowing ByteBuffer) -> Bool { output.write(text.bytes) }

    func finish() -> Bool { flush() }
}
