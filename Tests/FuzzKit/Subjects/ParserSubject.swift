import Core
import Parsers

/// The stock parsers, chosen by the first byte: one record, or a reason and none.
final class ParserSubject: FuzzSubject {
    private let parsers = ParserLibrary.stock.parserNames.compactMap {
        ParserLibrary.stock.makeParser(named: $0)
    }
    private var records = RecordCheck()
    private var batch = RecordBatch(tag: "logs")

    private static let source = PayloadSource(
        peer: Endpoint(address: .any, port: 0), transport: .file,
        received: Timestamp(seconds: 1_700_000_000))

    func execute(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let parser = parsers[Int(input.byte(at: 0)) % parsers.count]
        batch.removeAll()
        let problem = parser.parse(
            input.extracting(1..<input.byteCount), from: Self.source, into: &batch)
        precondition(batch.count == (problem == nil ? 1 : 0), "\(batch.count) records")
        records.check(batch)
    }
}
