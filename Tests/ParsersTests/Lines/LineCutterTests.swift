import Core
import Parsers
import TestKit
import Testing

@Suite struct LineCutterTests {
    /// What a cutter hands out of `text`: `start:line`, pieces with `+`; and what it leaves.
    private func cut(
        _ text: String, limit: Int = 100, searched: Int = 0, isAtEnd: Bool, isInside: Bool = false
    ) -> ([String], Int) {
        var cutter = LineCutter(limit: limit, isInsideLongLine: isInside)
        var found: [String] = []
        let used = Array(text.utf8).withBytes { bytes in
            cutter.cut(bytes, searched: searched, isAtEnd: isAtEnd) { line, start, isPiece in
                found.append("\(start):\(isPiece ? "+" : "")\(line.makeString())")
            }
        }
        return (found, used)
    }

    @Test(arguments: [
        ("", [], 0), ("a", [], 0), ("a\n", ["0:a"], 2), ("\n\n", ["0:", "1:"], 2),
        ("a\r\nbc\nd", ["0:a", "3:bc"], 6), ("\r\n", ["0:"], 2),
    ])
    func saysWhereLinesStart(text: String, expected: [String], used: Int) {
        let result = cut(text, isAtEnd: false)
        #expect(result.0 == expected)
        #expect(result.1 == used)
    }

    @Test func takesTheRestAtTheEnd() {
        #expect(cut("a\nb", isAtEnd: true) == (["0:a", "2:b"], 3))
        #expect(cut("a\n", isAtEnd: true) == (["0:a"], 2))
    }

    @Test func skipsWhatWasSearched() {
        #expect(cut("ab\n", searched: 2, isAtEnd: false) == (["0:ab"], 3))
    }

    @Test func leavesAtLeastOneByteOfALongLine() {
        #expect(cut("12345678", limit: 4, isAtEnd: false) == (["0:+1234"], 4))
        #expect(cut("12345678\n", limit: 4, isAtEnd: false) == (["0:+1234", "4:+5678"], 9))
    }

    @Test func goesOnInsideALongLine() {
        #expect(cut("rest\nb\n", isAtEnd: false, isInside: true) == (["0:+rest", "5:b"], 7))
    }
}
