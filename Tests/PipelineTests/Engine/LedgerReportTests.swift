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

    @Test func showsLossesOfTheSendersThatHaveSome() {
        let input = InputLedger(name: "flows.0", tag: "t", filters: [])
        let sender = input.sources.counters(for: "192.0.2.1 domain 5")
        _ = input.sources.counters(for: "192.0.2.2 domain 5")
        let before = SequenceLoss.Snapshot(lost: 1500, late: 1)
        sender.loss.update(from: .init(), to: before)
        sender.loss.update(
            from: before, to: .init(lost: 1200, late: 2, duplicates: 3, resets: 4))
        let lines = LedgerReport(Ledger(inputs: [input], deliveries: [])).text
            .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("sender lost late duplicate resets"))
        #expect(lines.contains("flows.0 192.0.2.1 domain 5 1,200 2 3 4"))
        #expect(!lines.contains { $0.contains("192.0.2.2") })
    }

    @Test func sumsUpTheLossesBehindTheFirstTwenty() {
        let input = InputLedger(name: "in.0", tag: "t", filters: [])
        for sender in 0..<25 as Range<UInt64> {
            input.sources.counters(for: "s\(sender)").loss.update(
                from: .init(), to: .init(lost: 100 - sender, resets: 1))
        }
        let lines = LedgerReport(Ledger(inputs: [input], deliveries: [])).text
            .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("in.0: 5 more senders 390 0 0 5"))
    }

    @Test func showsDataThatCameBeforeItsTemplate() {
        let input = InputLedger(name: "flows.0", tag: "t", filters: [])
        let held = input.sources.counters(for: "192.0.2.1 domain 5")
        for _ in 0..<6 { held.held.countHeld() }
        for _ in 0..<3 { held.held.countDecodedLate() }
        held.held.countDropped()
        let lines = LedgerReport(Ledger(inputs: [input], deliveries: [])).text
            .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("exporter waiting decoded late dropped"))
        #expect(lines.contains("flows.0 192.0.2.1 domain 5 2 3 1"))
    }

    @Test func leavesOutTablesThatWouldSayNothing() {
        let input = InputLedger(name: "in.0", tag: "t", filters: [])
        _ = input.sources.counters(for: "s")
        let text = LedgerReport(Ledger(inputs: [input], deliveries: [])).text
        #expect(!text.contains("exporter") && !text.contains("lost"))
    }

    @Test func showsWhatInputsRecognised() {
        let quiet = InputLedger(name: "syslog.0", tag: "logs", filters: [])
        let input = InputLedger(name: "routeros.0", tag: "logs", filters: [])
        let kinds = KindCounts([
            .init(name: "other"), .init(name: "link_up", detail: "a"),
            .init(name: "link_up", detail: "b"), .init(name: "never"),
        ])
        input.sources.add(kinds)
        for kind in [0, 1, 2, 2] { kinds.count(kind) }
        let text = LedgerReport(Ledger(inputs: [quiet, input], deliveries: [])).text
        #expect(
            text.contains(
                """
                event    at          count
                link_up  routeros.0      3
                other    routeros.0      1

                """))
        #expect(!text.contains("never"))
    }

    @Test func saysNothingOfInputsThatTellNothingApart() {
        let input = InputLedger(name: "syslog.0", tag: "logs", filters: [])
        #expect(!LedgerReport(Ledger(inputs: [input], deliveries: [])).text.contains("event"))
    }
}
