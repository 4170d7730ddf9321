import Codec
import Core
import Journals
import Parsers

/// Things a case works with again and again.
final class Workbench {
    var batch = RecordBatch(tag: "bench")
    var writer = JSONLinesWriter()
    var text = ByteBuffer()
    let source = PayloadSource(
        peer: Endpoint(address: .loopback, port: 514), transport: .udp,
        received: Timestamp(seconds: 1_790_000_000))

    /// Decodes `payload` `times` times into the emptied batch.
    func fill(_ decoder: any PayloadDecoder, _ payload: [UInt8], times: Int) {
        batch.removeAll()
        batch.received = source.received
        for _ in 0..<times {
            payload.withBytes { decoder.decode($0, from: source, into: &batch) }
        }
    }

    /// Decodes `times` data messages, one after the other, into the emptied batch.
    func fill(_ decoder: any PayloadDecoder, _ flows: inout Flows, times: Int) {
        batch.removeAll()
        batch.received = source.received
        for _ in 0..<times {
            flows.number()
            flows.data.withBytes { decoder.decode($0, from: source, into: &batch) }
        }
    }

    /// Decodes `times` datagrams of samples, one after the other, into the emptied batch.
    func fill(_ decoder: any PayloadDecoder, _ samples: inout Samples, times: Int) {
        batch.removeAll()
        batch.received = source.received
        for _ in 0..<times {
            samples.number()
            samples.data.withBytes { decoder.decode($0, from: source, into: &batch) }
        }
    }

    /// Parses `line` `times` times into the emptied batch.
    func fill(_ parser: any LineParser, _ line: [UInt8], times: Int) {
        batch.removeAll()
        batch.received = source.received
        for _ in 0..<times {
            line.withBytes { _ = parser.parse($0, from: source, into: &batch) }
        }
    }

    func encode() {
        text.removeAll()
        writer.append(batch, to: &text)
    }
}
