import Core
import TestKit
import Testing

import Parsers

struct LineSplitterTests {
    /// Lines of a stream that arrives in parts of `size` bytes; pieces are marked with `+`.
    private func lines(_ text: String, limit: Int = 1000, partsOf size: Int) -> [String] {
        var splitter = LineSplitter(limit: limit)
        var found: [String] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            Array(bytes[start..<min(start + size, bytes.count)]).withBytes { splitter.append($0) }
            splitter.takeLines(isAtEnd: false) { found.append(($1 ? "+" : "") + $0.makeString()) }
        }
        splitter.takeLines(isAtEnd: true) { found.append(($1 ? "+" : "") + $0.makeString()) }
        return found
    }

    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]), ("\n\n\r\na\n\n", ["a"]), ("a\rb\n", ["a\rb"]),
    ])
    func cutsLines(text: String, expected: [String]) {
        for size in 1...8 { #expect(lines(text, partsOf: size) == expected) }
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func handsLongLinesOutInPieces(size: Int) {
        let text = "short\n0123456789abcdef\nnext\n01234567\n"
        #expect(
            lines(text, limit: 8, partsOf: size) == [
                "short", "+01234567", "+89abcdef", "next", "01234567",
            ])
    }

    @Test(arguments: [1, 5, 100])
    func losesNoByteOfAnEndlessLine(size: Int) {
        let text = String(repeating: "0123456789", count: 20)
        let pieces = lines(text, limit: 16, partsOf: size)
        #expect(pieces.allSatisfy { $0.hasPrefix("+") && $0.utf8.count <= 17 })
        #expect(pieces.map { $0.dropFirst() }.joined() == text)
    }
}
