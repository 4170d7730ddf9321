import Core
import Parsers
import TestKit
import Testing

struct LineDecoderTests {
    private let source = PayloadSource(
        peer: Endpoint(address: .any, port: 0), transport: .file,
        received: Timestamp(seconds: 1_710_072_000))

    @Test func keepsAndCountsLinesThatNobodyReads() {
        let ledger = SourceLedger()
        let decoder = LineDecoder(parser: JSONParser(), counters: ledger.counters(for: "x"))
        var batch = RecordBatch()
        for line in [#"{"a":1}"#, "oops \u{1}", #"{"a":2}"#] {
            Array(line.utf8).withBytes { decoder.decode($0, from: source, into: &batch) }
        }
        [0xff, 0x41].withBytes {
            decoder.keep($0, because: .parserLineTooLong, from: source, into: &batch)
        }
        let time = #"{"time":"2024-03-10T12:00:00.000Z""#
        #expect(
            batch.jsonLines() == [
                time + #","a":1}"#,
                time + #","message":"oops \u0001","parse_error":"E2502"}"#,
                time + #","a":2}"#,
                time + #","message":"\#u{fffd}A","parse_error":"E2505"}"#,
            ])
        let counts = ledger.snapshot.first
        #expect(counts?.records == 4)
        #expect(counts?.payloads == 4)
        #expect(counts?.problems == [.parserBadJSON: 1, .parserLineTooLong: 1])
        var times: [Int64?] = []
        batch.forEachRow { times.append($0.eventTime?.seconds) }
        #expect(times == Array(repeating: 1_710_072_000, count: 4))
    }
}
