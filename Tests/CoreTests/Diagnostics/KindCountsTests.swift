import Core
import Testing

@Suite struct KindCountsTests {
    @Test func countsByKind() {
        let counts = KindCounts([.init(name: "a"), .init(name: "b", detail: "x")])
        counts.count(1)
        counts.count(1)
        #expect(counts.snapshot.map(\.count) == [0, 2])
        #expect(counts.snapshot.map(\.kind.detail) == ["", "x"])
    }

    @Test func addsUpDecodersOfOneInput() {
        let ledger = SourceLedger()
        let first = KindCounts([.init(name: "a"), .init(name: "b")])
        let second = KindCounts([.init(name: "b"), .init(name: "c"), .init(name: "d")])
        ledger.add(first)
        ledger.add(first)
        ledger.add(second)
        first.count(1)
        second.count(0)
        second.count(1)
        #expect(ledger.kinds.map { "\($0.kind.name) \($0.count)" } == ["b 2", "c 1"])
    }
}
