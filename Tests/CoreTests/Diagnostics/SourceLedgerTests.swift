import Core
import Dispatch
import Testing

@Suite struct SourceLedgerTests {
    @Test func addsWhatAStreamTellsAnew() {
        let counters = SourceCounters(name: "s")
        let first = SequenceLoss.Snapshot(lost: 10, late: 1)
        counters.loss.update(from: .init(), to: first)
        // Another stream of the sender.
        counters.loss.update(from: .init(), to: .init(lost: 5, resets: 1))
        counters.loss.update(from: first, to: .init(lost: 4, late: 2, duplicates: 1))
        #expect(
            counters.snapshot.loss == .init(lost: 9, late: 2, duplicates: 1, resets: 1))
    }

    @Test func keepsCountOfWhatIsHeld() {
        let counters = SourceCounters(name: "s")
        #expect(counters.snapshot.held.isZero)
        for _ in 0..<5 { counters.held.countHeld() }
        counters.held.countDecodedLate()
        counters.held.countDropped()
        #expect(counters.snapshot.held == .init(waiting: 3, decodedLate: 1, dropped: 1))
    }

    @Test func sumsUpSenders() {
        var loss = SequenceLoss.Snapshot(lost: 1, late: 2, duplicates: 3, resets: 4)
        loss += loss
        #expect(loss == .init(lost: 2, late: 4, duplicates: 6, resets: 8))
        var held = HeldCounters.Snapshot(waiting: 1, decodedLate: 2, dropped: 3)
        held += held
        #expect(held == .init(waiting: 2, decodedLate: 4, dropped: 6))
    }

    @Test func givesSendersBeyondTheLimitOneEntry() {
        let ledger = SourceLedger(limit: 2)
        for name in ["a", "b", "c", "d"] {
            ledger.counters(for: name).count(payloadBytes: 1, records: 1)
        }
        #expect(ledger.snapshot.map(\.name) == ["a", "b", "others"])
        #expect(ledger.snapshot.map(\.records) == [1, 1, 2])
    }

    @Test func losesNothingThatSeveralThreadsCountInTheSharedEntry() {
        let ledger = SourceLedger(limit: 0)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            let counters = ledger.counters(for: "sender \(thread)")
            for _ in 0..<20_000 { counters.count(payloadBytes: 3, records: 1) }
        }
        let others = ledger.snapshot.first
        #expect(others?.payloads == 80_000 && others?.bytes == 240_000)
        #expect(others?.records == 80_000)
    }
}
