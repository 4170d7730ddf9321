import Core
import Testing

@testable import catchment

@Suite struct ParseSummaryTests {
    private final class Stages: PayloadRouter {
        let stages: [ParseStage]

        init(_ stages: [ParseStage]) { self.stages = stages }

        func route(_ payload: RawSpan, _ origin: PayloadOrigin) -> PayloadRoute {
            .nobody("a test")
        }
    }

    private final class Decoder: PayloadDecoder {
        func decode(
            _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
        ) {}
    }

    @Test func showsWhatWasRecognised() {
        let ledger = SourceLedger()
        let kinds = KindCounts([
            .init(name: "other"), .init(name: "link_down", detail: "%{interface} link down"),
        ])
        ledger.add(kinds)
        for kind in [0, 1, 1] { kinds.count(kind) }
        let stage = ParseStage(
            name: "routeros", tag: "routeros", ledger: ledger, decoder: Decoder())
        let text = ParseSummary().text(of: Stages([stage]))
        #expect(
            text.hasSuffix(
                """
                EVENT      COUNT  KNOWN BY
                link_down      2  %{interface} link down
                other          1

                """))
    }
}
