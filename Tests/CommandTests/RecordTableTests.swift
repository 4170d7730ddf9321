import Core
import Testing

@testable import catchment

@Suite struct RecordTableTests {
    private static func table(_ times: [String]) -> RecordTable {
        var table = RecordTable(
            [
                .init("START"), .init("EXPORTER", rank: 1), .init("BYTES", .right),
                .init("NAT", rank: 2),
            ], timeColumn: 0)
        for time in times { table.add([time, "192.0.2.1", "1500", "198.51.100.1"]) }
        return table
    }

    private static let oneDay = table(["2026-11-23 18:27:58.016", "2026-11-23 18:28:00.000"])
    private static let date = "2026-11-23 UTC\n"

    @Test func showsAllWithoutATerminal() {
        #expect(
            Self.oneDay.text(width: nil) == """
                START                    EXPORTER   BYTES  NAT
                2026-11-23 18:27:58.016  192.0.2.1   1500  198.51.100.1
                2026-11-23 18:28:00.000  192.0.2.1   1500  198.51.100.1

                """)
    }

    @Test func saysTheDateOnceWhenItIsTheSame() {
        #expect(
            Self.oneDay.text(width: 80) == Self.date + """
                START         EXPORTER   BYTES  NAT
                18:27:58.016  192.0.2.1   1500  198.51.100.1
                18:28:00.000  192.0.2.1   1500  198.51.100.1

                """)
        let twoDays = Self.table(["2026-11-23 23:59:59.999", "2026-11-24 00:00:00.000"])
        #expect(twoDays.text(width: 80).hasPrefix("START                    EXPORTER"))
    }

    @Test func leavesOutWhatSaysLeastAndNamesIt() {
        #expect(
            Self.oneDay.text(width: 40) == Self.date + """
                START         EXPORTER   BYTES
                18:27:58.016  192.0.2.1   1500
                18:28:00.000  192.0.2.1   1500
                Not shown: NAT; --format json has all.

                """)
        #expect(Self.oneDay.text(width: 20).contains("START         BYTES\n"))
        #expect(Self.oneDay.text(width: 20).contains("Not shown: EXPORTER, NAT;"))
    }

    @Test func cutsWhatStaysTooLong() {
        #expect(Self.oneDay.text(width: 16).contains("\n18:27:58.016   …\n"))
    }
}
