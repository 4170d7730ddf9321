import Core
import TestKit
import Testing

@testable import InNetflow

/// Sequence numbers of whole messages, as each protocol counts.
@Suite struct StreamSequenceTests {
    private static let address = [TestField(8, 4)]

    private static func rows(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { _ in [10, 0, 0, 1] as [UInt8] }
    }

    private static func v5(
        _ sequence: UInt32, _ count: Int, uptime: UInt32 = 1_000_000, engine: UInt16 = 1
    ) -> [UInt8] {
        TestMessage.v5(
            Array(repeating: TestMessage.v5Record(), count: count), uptime: uptime,
            sequence: sequence, engine: engine)
    }

    private static func v9(
        _ sequence: UInt32, _ count: Int, uptime: UInt32 = 1_000_000, source: UInt32 = 5
    ) -> [UInt8] {
        TestMessage.v9(
            [.v9Template(256, address), .data(256, rows(count))], uptime: uptime,
            sequence: sequence, source: source)
    }

    private static func ipfix(_ sequence: UInt32, _ count: Int, domain: UInt32 = 5) -> [UInt8] {
        TestMessage.ipfix(
            [.ipfixTemplate(256, address), .data(256, rows(count))], sequence: sequence,
            domain: domain)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var datagrams: [[UInt8]]
        var loss: SequenceLoss.Snapshot
        var testDescription: String { name }

        init(
            _ name: String, _ datagrams: [[UInt8]], lost: UInt64 = 0, late: UInt64 = 0,
            duplicates: UInt64 = 0, resets: UInt64 = 0
        ) {
            self.name = name
            self.datagrams = datagrams
            loss = .init(lost: lost, late: late, duplicates: duplicates, resets: resets)
        }
    }

    private static let options = TestSet.ipfixOptions(
        300, scopeCount: 1, [TestField(149, 4), TestField(34, 1)])

    static let cases = [
        Case("v5 counts flows", [v5(100, 3), v5(103, 2), v5(105, 1), v5(110, 4)], lost: 4),
        Case("v5 over the end", [v5(.max - 1, 3), v5(1, 2), v5(3, 1)]),
        Case("v5 late", [v5(0, 10), v5(20, 10), v5(10, 10), v5(30, 1)], late: 1),
        Case("v5 twice", [v5(0, 10), v5(0, 10), v5(10, 10)], duplicates: 1),
        Case(
            "v5 restarted", [v5(500, 10, uptime: 90_000_000), v5(0, 10, uptime: 5000), v5(10, 1)],
            resets: 1),
        Case(
            "v5 engines count for themselves",
            [v5(0, 10, engine: 1), v5(700, 10, engine: 2), v5(10, 1, engine: 1)]),
        Case(
            "v5 of the wrapped uptime",
            [v5(0, 10, uptime: .max - 900), v5(10, 10, uptime: 100), v5(20, 10)]),
        Case(
            "v5 with a lying count",
            [TestMessage.v5([TestMessage.v5Record()], count: 30, sequence: 0), v5(30, 1)]),
        Case("v9 counts packets", [v9(7, 3), v9(8, 30), v9(9, 1), v9(12, 9)], lost: 2),
        Case("v9 over the end", [v9(.max, 3), v9(0, 2), v9(1, 5)]),
        Case("v9 late", [v9(1, 3), v9(3, 2), v9(2, 5), v9(4, 1)], late: 1),
        Case("v9 twice", [v9(1, 3), v9(2, 2), v9(2, 2), v9(3, 1)], duplicates: 1),
        Case(
            "v9 restarted while late is possible",
            [v9(9, 3, uptime: 90_000_000), v9(0, 3, uptime: 20_000), v9(1, 1)], resets: 1),
        Case(
            "v9 sources count for themselves",
            [v9(1, 3, source: 1), v9(500, 1, source: 2), v9(2, 3, source: 1)]),
        Case(
            "v9 half a minute late is no restart",
            [v9(1, 3, uptime: 90_000), v9(3, 2, uptime: 120_000), v9(2, 5, uptime: 91_000)],
            late: 1),
        Case(
            "v9 a little late keeps its uptime",
            [v9(1, 3, uptime: 50_000), v9(3, 2, uptime: 51_000), v9(2, 5, uptime: 50_500)],
            late: 1),
        Case(
            "IPFIX counts records", [ipfix(5, 3), ipfix(8, 30), ipfix(38, 1), ipfix(42, 9)], lost: 3
        ),
        Case("IPFIX over the end", [ipfix(.max - 4, 10), ipfix(5, 3), ipfix(8, 1)]),
        Case("IPFIX late", [ipfix(0, 3), ipfix(5, 2), ipfix(3, 2), ipfix(7, 1)], late: 1),
        Case("IPFIX twice", [ipfix(0, 3), ipfix(0, 3), ipfix(3, 2)], duplicates: 1),
        Case("IPFIX restarted", [ipfix(900_000, 3), ipfix(900_003, 3), ipfix(0, 3)], resets: 1),
        Case(
            "IPFIX domains count for themselves",
            [ipfix(0, 3, domain: 1), ipfix(77, 3, domain: 2), ipfix(3, 3, domain: 1)]),
        Case(
            "IPFIX templates count for nothing",
            [
                ipfix(0, 3), TestMessage.ipfix([.ipfixTemplate(257, address)], sequence: 3),
                ipfix(3, 1),
            ]),
        Case(
            "IPFIX options records count",
            [
                TestMessage.ipfix(
                    [options, .data(300, [0, 0, 0, 5, 1, 0, 0, 0, 5, 2])], sequence: 0),
                ipfix(2, 3), ipfix(5, 1),
            ]),
        Case(
            "IPFIX data without template cannot be counted",
            [
                ipfix(0, 3), TestMessage.ipfix([.data(999, rows(4))], sequence: 3),
                ipfix(50, 3), ipfix(60, 1),
            ], lost: 7),
        Case(
            "IPFIX messages back to back", [ipfix(0, 3) + ipfix(3, 2), ipfix(5, 1) + ipfix(8, 1)],
            lost: 2),
        Case(
            "IPFIX message that ends in its header",
            [ipfix(0, 3), TestMessage.ipfix([], sequence: 50, claimedLength: 3), ipfix(50, 1)],
            lost: 47),
    ]

    @Test(arguments: cases)
    func countsAsItsProtocolDoes(_ example: Case) {
        let bench = FlowBench()
        for datagram in example.datagrams { bench.feed(datagram) }
        #expect(bench.loss == example.loss)
    }

    struct Deviation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var isIPFIX: Bool
        var rule: SequenceRule
        var step: @Sendable (Int) -> Int
        var lost: UInt64
    }

    /// Message 40 of 60 is lost in each case; message `n` has `n % 7` records.
    static let deviations = [
        Deviation(
            testDescription: "v9 counts packets", isIPFIX: false, rule: .messages, step: { _ in 1 },
            lost: 1),
        Deviation(
            testDescription: "v9 counts flows", isIPFIX: false, rule: .records, step: { $0 % 7 },
            lost: 5),
        Deviation(
            testDescription: "IPFIX counts records", isIPFIX: true, rule: .records,
            step: { $0 % 7 }, lost: 5),
        Deviation(
            testDescription: "IPFIX counts messages", isIPFIX: true, rule: .messages,
            step: { _ in 1 }, lost: 1),
    ]

    @Test(arguments: deviations)
    func learnsWhatAnExporterCounts(_ deviation: Deviation) {
        let bench = FlowBench()
        var sequence: UInt32 = 1_000_000
        for number in 0..<60 {
            if number != 40 {
                bench.feed(
                    deviation.isIPFIX
                        ? Self.ipfix(sequence, number % 7) : Self.v9(sequence, number % 7))
            }
            sequence &+= UInt32(deviation.step(number))
        }
        #expect(bench.loss == .init(lost: deviation.lost))
        let key = DomainKey(
            exporter: FlowBench.exporter, domain: 5,
            flowProtocol: deviation.isIPFIX ? .ipfix : .netflowV9)
        #expect(bench.decoder.domain(key).sequence?.rule == deviation.rule)
    }

    /// softflowd's numbers are those of the message's end.
    @Test func learnsThatAMessagesOwnRecordsAreCounted() {
        let bench = FlowBench()
        var sequence: UInt32 = 0
        for number in 0..<60 {
            sequence &+= UInt32(number % 7)
            if number != 40 { bench.feed(Self.ipfix(sequence, number % 7)) }
        }
        #expect(bench.loss == .init(lost: 5))
        let key = DomainKey(exporter: FlowBench.exporter, domain: 5, flowProtocol: .ipfix)
        #expect(bench.decoder.domain(key).sequence?.rule == .recordsIncluded)
    }

    @Test func keepsNumbersOfExportersInOneEntryApart() {
        let bench = FlowBench()
        bench.feed(Self.v9(1, 1))
        bench.feed(Self.ipfix(70_000, 1))
        bench.feed(Self.v9(2, 1))
        bench.feed(Self.ipfix(70_003, 1))
        #expect(bench.ledger.snapshot.map(\.name) == ["192.0.2.1 domain 5"])
        #expect(bench.loss == .init(lost: 2))
    }
}
