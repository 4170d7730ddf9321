import Core
import Testing

@Suite struct ErrorListTests {
    @Test func listsEveryCodeOnceWithItsName() throws {
        let rows = try House.text("docs/90-errors.md").split(separator: "\n")
            .filter { $0.hasPrefix("| E") }
            .map { line in
                line.split(separator: "|").map { $0.trimmingWhitespace() }
            }
        #expect(rows.allSatisfy { $0.count == 4 && $0.allSatisfy { !$0.isEmpty } })
        let listed = rows.map { $0.prefix(2).joined(separator: " ") }
        let known = ErrorCode.allCases.map { "\($0.text) \($0)" }
        #expect(Set(known).subtracting(listed).sorted() == [], "not in the list")
        #expect(Set(listed).subtracting(known).sorted() == [], "not in ErrorCode")
        #expect(listed == listed.sorted(), "out of order")
        #expect(Set(listed).count == listed.count, "listed twice")
    }

    @Test func listsNoCodeThatNothingProduces() throws {
        let sources = try
            (House.files(below: "Sources", ".swift")
            + House.files(below: "plugins", ".swift"))
            .filter { !$0.hasSuffix("/ErrorCode.swift") && !$0.contains("/Tests/") }
            .map { try House.text($0) }
        for code in ErrorCode.allCases {
            #expect(sources.contains { $0.contains(".\(code)") }, "\(code.text) \(code)")
        }
    }
}

extension Substring {
    fileprivate func trimmingWhitespace() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
