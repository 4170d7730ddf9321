import Core
import Testing

@testable import Parsers

/// What readers hand over is bounded by the line: each byte is part of one text at most.
struct PairGrowthTests {
    private static let pieces = [
        "a=1 ", "a ", "=", "a==", "\\", "a=\\ ", "a=\"", "\"", "a=\"b\"", "CEF:0|", "LEEF:1|",
        "a=b\t",
        ",", "\"\",", "\"\"", "a:b\t", "#011", "#011a=", "cs1=a cs1Label=b ", " =", "a=b c", "|",
    ]

    @Test(arguments: pieces)
    func handsOverNoByteTwice(piece: String) {
        let line = Array(String(repeating: piece, count: 2000).utf8)
        line.withBytes { line in
            var bytes = 0
            func count(_ key: PairText, _ value: PairText?) {
                bytes += key.range.count + (value?.range.count ?? 0)
            }
            LogfmtPairs.forEach(line, count)
            check(&bytes, line)
            LTSVPairs.forEach(line, count)
            check(&bytes, line)
            KeyValuePairs().forEach(line, count)
            check(&bytes, line)
            KeyValuePairs(allowsSpaces: true).forEach(line, count)
            check(&bytes, line)
            KeyValuePairs(pairSeparator: [0x2c], keySeparator: [0x3a]).forEach(line, count)
            check(&bytes, line)
            CEFExtension.forEach(line, from: 0, count)
            check(&bytes, line)
            CSVFields().forEach(line) { bytes += $1.range.count }
            check(&bytes, line)
            if let start = LEEFEvent.start(in: line) {
                LEEFEvent.read(line, at: start)?.forEach(line, count)
                check(&bytes, line)
            }
        }
    }

    private func check(_ bytes: inout Int, _ line: RawSpan) {
        #expect(bytes <= line.byteCount)
        bytes = 0
    }
}
