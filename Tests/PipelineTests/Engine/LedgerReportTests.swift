import Core
import Testing

@testable import Pipeline

@Suite struct LedgerReportTests {
    @Test func sumsUpTheSendersBehindTheFirstTwenty() {
        let input = InputLedger(name: "in.0", tag: "t", filters: [])
        for sender in 0..<1000 {
            let times = sender < 20 ? 100 + sender : 1
            input.sources.counters(for: "s\(sender)").count(.syslogEmpty, times: times)
        }
        let text = LedgerReport(Ledger(inputs: [input], deliveries: [])).text
        #expect(text.contains("in.0 s19 "))
        #expect(!text.contains("in.0 s20 "))
        #expect(text.contains("in.0: 980 more senders"))
        #expect(text.split(separator: "\n").count < 30)
    }
}
