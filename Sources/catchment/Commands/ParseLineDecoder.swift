import Core
import Parsers

/// Reads the lines of any number of senders with one parser; what it refuses is kept raw.
final class ParseLineDecoder: PayloadDecoder {
    private let parser: any LineParser
    private let ledger: SourceLedger
    private var last: (address: IPAddress, decoder: LineDecoder)?

    init(_ parser: any LineParser, ledger: SourceLedger) {
        self.parser = parser
        self.ledger = ledger
    }

    func decode(_ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch) {
        var end = payload.byteCount
        while end > 0, payload.byte(at: end - 1) == 0x0a || payload.byte(at: end - 1) == 0x0d {
            end -= 1
        }
        decoder(for: source.peer.address).decode(
            payload.extracting(0..<end), from: source, into: &batch)
    }

    private func decoder(for address: IPAddress) -> LineDecoder {
        if let last, last.address == address { return last.decoder }
        let decoder = LineDecoder(
            parser: parser, counters: ledger.counters(for: address.description))
        last = (address, decoder)
        return decoder
    }
}
