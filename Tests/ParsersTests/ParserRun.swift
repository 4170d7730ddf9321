import Core
import Parsers
import TestKit
import Testing

/// One parser on one line.
enum ParserRun {
    static let source = PayloadSource(
        peer: Endpoint(address: .any, port: 0), transport: .file,
        received: Timestamp(seconds: 1_710_072_000))
    /// How a record starts whose line has no time.
    static let received = #"{"time":"2024-03-10T12:00:00.000Z""#

    static func parser(_ options: [(String, String)]) throws -> any LineParser {
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(
            from: [ParserSetting.make([("name", "p")] + options)], problems: &problems)
        try #require(problems == [])
        return try #require(library.makeParser(named: "p"))
    }

    /// The record as JSON, or why there is none.
    static func parse(_ parser: any LineParser, _ line: [UInt8]) -> (String?, ErrorCode?) {
        var batch = RecordBatch()
        let code = line.withBytes { parser.parse($0, from: source, into: &batch) }
        return (batch.jsonLines().first, code)
    }

    static func parse(_ parser: any LineParser, _ line: String) -> (String?, ErrorCode?) {
        parse(parser, Array(line.utf8))
    }

    /// Cuts and damages a line: one record or a reason, and valid text.
    static func survives(_ parser: any LineParser, damaged line: String, flips: Int = 300) {
        for damaged in Array(Damage.truncations(of: Array(line.utf8)))
            + Damage.flips(of: Array(line.utf8), count: flips)
        {
            var batch = RecordBatch()
            let code = damaged.withBytes { parser.parse($0, from: source, into: &batch) }
            #expect(batch.count == (code == nil ? 1 : 0))
            #expect(batch.jsonLines().count == batch.count)
        }
    }
}
