import Core
import Testing

/// A parser's options, a line and the fields behind `time`; `nil` when the line is refused.
struct ParserCase: Sendable, CustomTestStringConvertible {
    var options: [(String, String)]
    var line: String
    var record: String?

    init(_ options: [(String, String)], _ line: String, _ record: String?) {
        self.options = options
        self.line = line
        self.record = record
    }

    var testDescription: String { "\(line) with \(options.map(\.1))" }

    /// - Parameter format: for all cases of a table.
    func check(_ format: String) throws {
        let parser = try ParserRun.parser([("format", format)] + options)
        let result = ParserRun.parse(parser, line)
        let expected = record.map {
            $0.hasPrefix("{") ? $0 : ParserRun.received + ($0.isEmpty ? "" : "," + $0) + "}"
        }
        #expect(result.0 == expected)
        #expect(result.1 == (record == nil ? .parserNoMatch : nil))
        // Once more: names are remembered now.
        #expect(ParserRun.parse(parser, line).0 == expected)
        ParserRun.survives(parser, damaged: line, flips: 100)
    }
}
