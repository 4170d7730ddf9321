import Core
import Foundation
import Testing

@testable import InNetflow

/// `docs/35-flow-fields.md` has every field there is, and says what the code does.
///
/// `UPDATE_DOCS=1` writes it anew.
@Suite struct FlowFieldsPageTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/35-flow-fields.md")

    private static let meanings =
        (ColumnMeaning.flows + ColumnMeaning.counters).flatMap(\.columns).map(\.column)

    @Test func everyColumnHasAMeaning() {
        let missing = FlowColumns.all.names.subtracting(Self.meanings)
        #expect(missing.sorted() == [], "to be added to ColumnMeaning")
    }

    @Test func everyMeaningHasAColumn() {
        #expect(Set(Self.meanings).subtracting(FlowColumns.all.names).sorted() == [])
        #expect(Set(Self.meanings).count == Self.meanings.count, "a column stands there twice")
    }

    /// What compiling may have missed shows in records of exporters.
    @Test(arguments: FlowCorpusTests.cases)
    func everyFieldOfTheCorpusHasAMeaning(_ example: FlowCorpusTests.Case) {
        let bench = FlowBench(FlowCorpusTests.options)
        for datagram in example.datagrams { bench.feed(datagram) }
        let names = bench.records.flatMap(\.keys).filter { !$0.hasPrefix("ie.") }
        #expect(Set(names).subtracting(Self.meanings).sorted() == [])
    }

    @Test func pageEqualsTheCode() throws {
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            try FlowFieldsPage.text.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let page = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(page == FlowFieldsPage.text, "UPDATE_DOCS=1 writes the page anew")
    }
}
