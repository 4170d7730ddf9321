import Core
import TestKit
import Testing

@testable import InNetflow

/// Data that comes before its template.
@Suite struct HeldSetsTests {
    private static let fields = [TestField(8, 4)]

    private static func data(
        _ last: UInt8, template: UInt16 = 256, source: UInt32 = 5, sequence: UInt32 = 1,
        uptime: UInt32 = 1_000_000
    ) -> [UInt8] {
        TestMessage.v9(
            [.data(template, [10, 0, 0, last])], uptime: uptime,
            seconds: 1_700_000_000 + UInt32(last), sequence: sequence, source: source)
    }

    private static func template(
        _ id: UInt16 = 256, source: UInt32 = 5, sequence: UInt32 = 1, uptime: UInt32 = 1_000_000
    ) -> [UInt8] {
        TestMessage.v9(
            [.v9Template(id, fields)], uptime: uptime, sequence: sequence, source: source)
    }

    private static func bench(_ change: (inout HeldSets.Limits) -> Void = { _ in }) -> FlowBench {
        var options = NetflowDecoder.Options()
        change(&options.held)
        return FlowBench(options)
    }

    @Test func decodesDataWhenItsTemplateComes() {
        let bench = Self.bench()
        bench.feed(Self.data(1), port: 1111)
        bench.feed(Self.data(2), port: 2222, after: 3)
        #expect(bench.records.isEmpty)
        #expect(bench.held == .init(waiting: 2))
        let message = TestMessage.v9([
            .data(256, [10, 0, 0, 9]), .v9Template(256, Self.fields),
        ])
        bench.feed(message, port: 3333, after: 5)
        bench.feed(Self.data(3), port: 4444, after: 6)
        #expect(bench.held == .init(decodedLate: 2))
        #expect(bench.problems.isEmpty)
        #expect(bench.decoder.heldBytes == 0)
        let shown = bench.records.map { record in
            ["src_addr", "time_received", "time_exported", "peer_port"].map { record[$0] ?? "" }
        }
        #expect(
            shown == [
                ["10.0.0.9", "2023-11-14T22:13:26.000Z", "2023-11-14T22:13:20.000Z", "3333"],
                ["10.0.0.1", "2023-11-14T22:13:21.000Z", "2023-11-14T22:13:21.000Z", "1111"],
                ["10.0.0.2", "2023-11-14T22:13:24.000Z", "2023-11-14T22:13:22.000Z", "2222"],
                ["10.0.0.3", "2023-11-14T22:13:27.000Z", "2023-11-14T22:13:23.000Z", "4444"],
            ])
        let counted = bench.ledger.snapshot.reduce(0) { $0 + $1.records }
        #expect(counted == 4)
    }

    @Test func decodesLateDataOfIPFIXOnlyWithItsOwnTemplate() {
        let bench = Self.bench()
        let row: [UInt8] = [10, 0, 0, 1]
        bench.feed(TestMessage.ipfix([.data(256, row), .data(300, row)]))
        bench.feed(TestMessage.ipfix([.data(256, row)], domain: 6))
        bench.feed(TestMessage.v9([.v9Template(256, Self.fields)]))
        bench.feed(TestMessage.ipfix([.ipfixTemplate(256, Self.fields)]), from: IPAddress(v4: 9))
        #expect(bench.records.isEmpty)
        bench.feed(TestMessage.ipfix([.ipfixTemplate(256, Self.fields)]))
        #expect(bench.records.map { $0["template_id"] } == ["256"])
        #expect(bench.held == .init(waiting: 2, decodedLate: 1))
        bench.finish()
        #expect(bench.held == .init(decodedLate: 1, dropped: 2))
        #expect(bench.problems == [.flowUnknownTemplate: 2])
    }

    @Test func learnsFromOptionsThatCameBeforeTheirTemplate() {
        let bench = Self.bench()
        bench.feed(TestMessage.v9([.data(300, [0, 0, 0, 0, 1, 0, 0, 0, 64])]))
        bench.feed(
            TestMessage.v9([
                .v9Options(
                    300, scopes: [TestField(1, 4)], [TestField(48, 1), TestField(50, 4)]),
                .v9Template(256, Self.fields),
            ]))
        bench.feed(Self.data(1))
        #expect(bench.records.map { $0["sampling_rate"] } == ["64"])
    }

    @Test func goesOnWithTheSourceOfTheDatagram() {
        let bench = Self.bench()
        let row: [UInt8] = [10, 0, 0, 1]
        bench.feed(TestMessage.ipfix([.data(256, row)]), port: 1111)
        bench.feed(
            TestMessage.ipfix([.ipfixTemplate(256, Self.fields)])
                + TestMessage.ipfix([.data(256, row)]), port: 2222, after: 1)
        #expect(bench.records.map { $0["peer_port"] } == ["1111", "2222"])
    }

    @Test func dropsTheOldestOfAnExporterWithTooManySets() {
        let bench = Self.bench { $0.setsPerExporter = 3 }
        for last in 1...5 as ClosedRange<UInt8> { bench.feed(Self.data(last)) }
        #expect(bench.held == .init(waiting: 3, dropped: 2))
        #expect(bench.problems == [.flowUnknownTemplate: 2])
        bench.feed(Self.template())
        #expect(bench.records.map { $0["src_addr"] } == ["10.0.0.3", "10.0.0.4", "10.0.0.5"])
    }

    @Test func boundsTheMemoryOfAnExporter() {
        let bench = Self.bench { $0.bytesPerExporter = 2000 }
        for source in 0..<100 as Range<UInt32> { bench.feed(Self.data(1, source: source)) }
        #expect(bench.decoder.heldBytes <= 2000)
        #expect(bench.decoder.heldCount == 10)
        #expect(bench.count(.flowUnknownTemplate) == 90)
        // Too large to be held at all.
        bench.feed(TestMessage.v9([.data(256, Array(repeating: 1, count: 3000))]))
        #expect(bench.decoder.heldCount == 10)
        #expect(bench.count(.flowUnknownTemplate) == 91)
    }

    @Test func boundsTheMemoryOfAllExporters() {
        let limit = 50_000
        let bench = Self.bench { $0.bytes = limit }
        for address in 0..<3000 as Range<UInt32> {
            bench.feed(Self.data(1), from: IPAddress(v4: address), after: Int64(address / 100))
            #expect(bench.decoder.heldBytes <= limit)
        }
        let held = bench.held
        #expect(held.waiting == UInt64(bench.decoder.heldCount))
        #expect(held.waiting + held.dropped == 3000)
        #expect(bench.count(.flowUnknownTemplate) == held.dropped)
        bench.feed(Self.template(), from: IPAddress(v4: 2999))
        #expect(bench.records.count == 1)
    }

    @Test func dropsWhatWaitsForTooLong() {
        let bench = Self.bench { $0.age = 10_000_000_000 }
        bench.feed(Self.data(1), after: 0)
        bench.feed(Self.data(2), after: 6)
        // Any datagram of any exporter tells the time.
        bench.feed(Self.data(9), from: IPAddress(v4: 1), after: 11)
        #expect(bench.held == .init(waiting: 2, dropped: 1))
        bench.feed(Self.template(), after: 12)
        #expect(bench.records.map { $0["src_addr"] } == ["10.0.0.2"])
        bench.feed(Self.data(3), after: 100)
        #expect(bench.decoder.heldCount == 0)
        #expect(bench.held == .init(decodedLate: 1, dropped: 2))
    }

    @Test func dropsWhatWasSentBeforeARestart() {
        let bench = Self.bench()
        bench.feed(Self.data(1, sequence: 5000, uptime: 900_000))
        bench.feed(Self.data(2, source: 6, sequence: 5000, uptime: 900_000))
        bench.feed(Self.template(sequence: 0, uptime: 1000))
        #expect(bench.records.isEmpty)
        #expect(bench.held == .init(waiting: 1, dropped: 1))
        #expect(bench.loss == .init(resets: 1))
    }

    @Test(arguments: [0, 1, 2])
    func holdsNothingWhenTurnedOff(_ limit: Int) {
        let bench = Self.bench {
            if limit == 0 { $0.age = 0 }
            if limit == 1 { $0.setsPerExporter = 0 }
            if limit == 2 { $0.bytes = 0 }
        }
        bench.feed(Self.data(1))
        #expect(bench.decoder.heldCount == 0)
        #expect(bench.problems == [.flowUnknownTemplate: 1])
        bench.feed(Self.template())
        #expect(bench.records.isEmpty)
        #expect(bench.held.isZero)
    }

    @Test func forgetsHeldDataWithItsExporter() {
        var options = NetflowDecoder.Options()
        options.limits.exporters = 1
        let bench = FlowBench(options)
        bench.feed(Self.data(1), from: IPAddress(v4: 1))
        bench.feed(Self.data(2), from: IPAddress(v4: 2))
        bench.feed(Self.template(), from: IPAddress(v4: 1))
        #expect(bench.records.isEmpty)
        bench.finish()
        #expect(bench.held == .init(dropped: 2))
    }

    @Test func balancesUnderRandomTraffic() {
        var random = SeededRandom(seed: 5)
        let bench = Self.bench {
            $0.bytes = 20_000
            $0.bytesPerExporter = 3000
            $0.age = 30_000_000_000
        }
        var sets: UInt64 = 0
        for round in 0..<5000 {
            let exporter = IPAddress(v4: UInt32.random(in: 0..<40, using: &random))
            let id = UInt16.random(in: 256..<266, using: &random)
            let isTemplate = Int.random(in: 0..<50, using: &random) == 0
            if !isTemplate { sets += 1 }
            bench.feed(
                isTemplate ? Self.template(id) : Self.data(1, template: id), from: exporter,
                after: Int64(round / 20))
            #expect(bench.decoder.heldBytes <= 20_000)
        }
        #expect(bench.held.waiting == UInt64(bench.decoder.heldCount))
        bench.finish()
        #expect(bench.decoder.heldBytes == 0)
        #expect(UInt64(bench.records.count) + bench.held.dropped == sets)
        #expect(bench.count(.flowUnknownTemplate) == bench.held.dropped)
        #expect(bench.held.decodedLate > 0)
    }
}
