import Core
import Synchronization
import Testing

@testable import InNetflow

/// Keeps what was logged.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var log: Log {
        Log(component: "netflow", level: .info) { [self] _, _, message in
            lines.withLock { $0.append(message) }
        }
    }
}

/// Exporters that went silent, and clocks that are off.
@Suite struct ExporterWatchTests {
    private let lines = LoggedLines()

    private func bench(_ change: (inout ExporterWatch.Limits) -> Void = { _ in }) -> FlowBench {
        var options = NetflowDecoder.Options()
        change(&options.watch)
        return FlowBench(options, log: lines.log)
    }

    private static func message(ahead seconds: Int64 = 0, after: Int64 = 0) -> [UInt8] {
        TestMessage.v9(
            [.v9Template(256, [TestField(8, 4)])], seconds: UInt32(1_700_000_001 + after + seconds))
    }

    private static func presences(_ bench: FlowBench) -> [SenderPresence.Snapshot] {
        bench.ledger.snapshot.map(\.presence)
    }

    @Test func saysWhenAnExporterGoesSilentAndComesBack() {
        let bench = bench()
        bench.feed(Self.message())
        for after in stride(from: 0, through: 3_600, by: 1) { bench.tend(after: Int64(after)) }
        #expect(
            lines.all == [
                "exporter 192.0.2.1 has been silent for 30 min, since 2023-11-14T22:13:21.000Z"
            ])
        #expect(Self.presences(bench).map(\.isSilent) == [true])
        bench.feed(Self.message(after: 3_600), after: 3_600)
        bench.tend(after: 3_611)
        #expect(lines.all.last == "exporter 192.0.2.1 is back")
        #expect(Self.presences(bench).map(\.isSilent) == [false])
        #expect(
            Self.presences(bench).map(\.lastHeard) == [Timestamp(seconds: 1_700_003_601)])
    }

    @Test func staysQuietWhenToldTo() {
        let bench = bench {
            $0.silence = 0
            $0.skew = 0
        }
        bench.feed(Self.message(ahead: 500))
        for after in stride(from: 0, through: 100_000, by: 1_000) {
            bench.tend(after: Int64(after))
        }
        #expect(lines.all.isEmpty)
    }

    @Test(arguments: [
        (Int64(-29), nil), (29, nil),
        (
            45,
            "exporter 192.0.2.1 domain 5: its clock is 45 s ahead; the times in its records are off by as much"
        ),
        (
            -7_200,
            "exporter 192.0.2.1 domain 5: its clock is 2 h behind; the times in its records are off by as much"
        ),
    ])
    func saysWhenAClockIsOff(ahead: Int64, line: String?) {
        let bench = bench()
        bench.feed(Self.message(ahead: ahead))
        bench.tend(after: 1)
        bench.feed(Self.message(ahead: ahead, after: 5), after: 5)
        bench.tend(after: 20)
        #expect(lines.all == [line].compactMap { $0 })
        #expect(Self.presences(bench).map(\.isSkewed) == [line != nil])
        #expect(Self.presences(bench).map(\.skew) == [ahead * 1_000_000_000])
        if line == nil { return }
        bench.feed(Self.message(after: 25), after: 25)
        bench.tend(after: 40)
        #expect(lines.all.last == "exporter 192.0.2.1 domain 5: its clock is right again")
    }

    /// A message that waited on its way says nothing about the clock.
    @Test func goesByTheMessageThatWasFastest() {
        let bench = bench()
        bench.feed(Self.message(ahead: -300))
        bench.feed(Self.message(ahead: -1, after: 1), after: 1)
        bench.feed(Self.message(ahead: -100, after: 2), after: 2)
        bench.tend(after: 3)
        #expect(lines.all.isEmpty)
        #expect(Self.presences(bench).map(\.skew) == [-1_000_000_000])
    }

    /// Addresses can be forged.
    @Test func saysLittleAboutMany() {
        let bench = bench()
        for address in 1...100 as ClosedRange<UInt32> {
            bench.feed(Self.message(ahead: 100), from: IPAddress(v4: address))
        }
        bench.tend(after: 1)
        #expect(lines.all.count == 21)
        #expect(lines.all.last == "and 80 more exporters, see the ledger")
    }
}
