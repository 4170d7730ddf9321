import Core
import Parsers
import Testing

@Suite struct MultilineJoinerTests {
    /// The groups of a text's lines; the last one is flushed.
    private func groups(_ text: String, _ name: String, limit: Int = 1000) throws -> [String] {
        let rules = try #require(StockMultiline.rules(named: name))
        let joiner = MultilineJoiner(MultilineMatcher(rules), limit: limit)
        var found: [String] = []
        var offset = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            Array(line.utf8).withBytes { bytes in
                joiner.add(bytes, at: offset) { group, start in
                    found.append("\(start): " + group.makeString())
                }
            }
            offset += line.utf8.count + 1
        }
        joiner.flush { found.append("\($1): " + $0.makeString()) }
        return found
    }

    @Test func hasAllLanguages() {
        #expect(StockMultiline.names.sorted() == ["go", "java", "python", "ruby"])
    }

    struct Report: CustomTestStringConvertible {
        var language: String
        var text: String
        var testDescription: String { language }
    }

    private static let reports = [
        Report(
            language: "java",
            text: """
                Exception in thread "main" java.lang.RuntimeException: x
                \tat com.example.Main.run(Main.java:5)
                \tat com.example.Main.main(Main.java:3)
                Caused by: java.lang.NullPointerException
                \tat com.example.Main.inner(Main.java:9)
                \t... 2 more
                """),
        Report(
            language: "python",
            text: """
                Traceback (most recent call last):
                  File "a.py", line 3, in <module>
                    run(1, 2)
                    ~~~^^^^^^
                  File "a.py", line 2, in run
                    raise KeyError("x")
                KeyError: 'x'
                """),
        Report(
            language: "go",
            text: """
                panic: runtime error: index out of range
                [signal SIGSEGV: segmentation violation]

                goroutine 1 [running]:
                main.f(0x1)
                \t/src/main.go:7 +0x1d
                main.main()
                \t/src/main.go:3 +0x20
                """),
        Report(
            language: "ruby",
            text: """
                a.rb:3:in `b': broken (RuntimeError)
                \tfrom a.rb:7:in `c'
                \tfrom a.rb:9:in `<main>'
                """),
    ]

    @Test(arguments: reports)
    func joinsAReport(report: Report) throws {
        let text = "before\n\(report.text)\nafter"
        let after = 7 + report.text.utf8.count + 1
        #expect(
            try groups(text, report.language) == [
                "0: before", "7: \(report.text)", "\(after): after",
            ])
        // Two in a row stay two.
        let second = report.text.utf8.count + 1
        #expect(
            try groups(report.text + "\n" + report.text, report.language)
                == ["0: \(report.text)", "\(second): \(report.text)"])
    }

    @Test func leavesOtherLinesAlone() throws {
        #expect(try groups("a\n  b\n\nc", "python") == ["0: a", "2:   b", "6: ", "7: c"])
    }

    @Test func endsAGroupAtTheLimit() throws {
        #expect(
            try groups("x.Error: y\n\tat a\n\tat b\n\tat c", "java", limit: 20)
                == ["0: x.Error: y\n\tat a", "17: \tat b", "23: \tat c"])
    }
}
