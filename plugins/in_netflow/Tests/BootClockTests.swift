import Core
import Testing

@testable import InNetflow

@Suite struct BootClockTests {
    /// 2023-11-14T22:13:20Z, when the exporter started, in milliseconds.
    private static let boot: Int64 = 1_700_000_000_000

    /// What a clock makes of headers sent so many milliseconds after the start, their times cut to
    /// seconds.
    private static func errors(_ ages: [Int64], boot: Int64 = boot + 400) -> [Int64] {
        var clock = BootClock()
        return ages.map { age in
            let exported = Timestamp(seconds: (boot + age) / 1000)
            let made = clock.follow(exported, uptime: UInt32(truncatingIfNeeded: age))
            return (made.nanoseconds - (boot + age) * 1_000_000) / 1_000_000
        }
    }

    @Test func theFirstHeaderIsTakenAsItIs() {
        #expect(Self.errors([0]) == [-400])
        #expect(Self.errors([599]) == [-999])
    }

    @Test func headersMakeItExactInTime() {
        // The third header is sent right after a second began.
        #expect(Self.errors([599, 1300, 1601, 2500, 900_000]) == [-999, -700, -1, -1, -91])
    }

    @Test func followsAnUptimeThatRunsFast() {
        var clock = BootClock()
        var worst: Int64 = 0
        // 50 ppm over two days, a header every 10 seconds.
        for step in Int64(0)..<17_280 {
            let truth = Self.boot + step * 10_000
            let age = step * 10_000 + step / 2
            let made = clock.follow(
                Timestamp(seconds: truth / 1000), uptime: UInt32(truncatingIfNeeded: age))
            worst = Swift.max(worst, abs(made.nanoseconds / 1_000_000 - truth))
        }
        #expect(worst < 1000)
    }

    @Test func beginsAnewAfterARestartAWrapAndAClockThatWasSet() {
        var clock = BootClock()
        let start = Timestamp(milliseconds: Self.boot)
        _ = clock.follow(start, uptime: 4_000_000_000)
        #expect(clock.follow(start, uptime: 1000) == start)
        let later = Timestamp(milliseconds: Self.boot + 5000)
        #expect(clock.follow(later, uptime: 3000) == later)
        #expect(clock.follow(start, uptime: .max) == start)
        let afterWrap = Timestamp(milliseconds: Self.boot + 1000)
        #expect(clock.follow(afterWrap, uptime: 999) == afterWrap)
    }

    @Test func datesFlowsOfNetflowV9AlikeInEveryMessage() {
        let bench = FlowBench()
        let sets: [TestSet] = [
            .v9Template(256, [TestField(22, 4), TestField(21, 4)]),
            .data(256, [0, 0x0f, 0x42, 0x40, 0, 0x0f, 0x42, 0x40]),
        ]
        // Both sent 0.9 s after a second began, by the uptime.
        bench.feed(TestMessage.v9(sets, uptime: 1_000_100, seconds: 1_700_000_000))
        bench.feed(TestMessage.v9(sets, uptime: 1_001_000, seconds: 1_700_000_000, sequence: 8))
        #expect(
            bench.records.map { $0["time_flow_start"] } == [
                "2023-11-14T22:13:19.900Z", "2023-11-14T22:13:19.900Z",
            ])
        #expect(bench.records[1]["time_exported"] == "2023-11-14T22:13:20.000Z")
    }
}
