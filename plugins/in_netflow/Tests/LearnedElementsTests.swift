import Core
import TestKit
import Testing

@testable import InNetflow

/// Elements that exporters describe themselves (RFC 5610).
@Suite struct LearnedElementsTests {
    private static let vendor: UInt32 = 99_999

    /// Type information: enterprise, number, data type, name.
    private static let options = TestSet.ipfixOptions(
        300, scopeCount: 2,
        [TestField(346, 4), TestField(303, 2), TestField(339, 1), TestField(341, 65_535)])

    private static func description(
        _ number: UInt16, _ type: UInt8, _ name: String, enterprise: UInt32 = vendor
    ) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(enterprise)
        bytes.append(number)
        bytes.append(type)
        return bytes.bytes + [UInt8(name.utf8.count)] + Array(name.utf8)
    }

    private static func message(_ descriptions: [[UInt8]], domain: UInt32 = 5) -> [UInt8] {
        TestMessage.ipfix([options, .data(300, descriptions.flatMap { $0 })], domain: domain)
    }

    private static func data(_ field: TestField, _ value: [UInt8], domain: UInt32 = 5) -> [UInt8] {
        TestMessage.ipfix(
            [.ipfixTemplate(256, [TestField(4, 1), field]), .data(256, [6] + value)],
            domain: domain)
    }

    private static func elements(of record: [String: String]?) -> [String: String] {
        (record ?? [:]).filter { $0.key.hasPrefix("ie.") }
    }

    private static let unknown = TestField(7, 2, enterprise: vendor)

    @Test func namesWhatTheExporterDescribed() {
        let bench = FlowBench()
        bench.feed(Self.data(Self.unknown, [1, 0]))
        bench.feed(Self.message([Self.description(7, 2, "queueDepth")]))
        bench.feed(Self.data(Self.unknown, [1, 0]))
        #expect(
            bench.records.map(Self.elements) == [
                ["ie.e99999id7": "0100"], ["ie.e99999.queueDepth": "256"],
            ])
        // Another name, another type: at once.
        bench.feed(Self.message([Self.description(7, 0, "depth_2\u{0}")]))
        bench.feed(Self.data(Self.unknown, [1, 0]))
        #expect(Self.elements(of: bench.records.last) == ["ie.e99999.depth_2": "0100"])
        #expect(bench.problems.isEmpty)
        #expect(bench.records.map { $0["proto"] } == ["6", "6", "6"])
    }

    @Test func believesAnExporterForItselfOnly() {
        let bench = FlowBench()
        bench.feed(Self.message([Self.description(7, 2, "queueDepth")]))
        bench.feed(Self.data(Self.unknown, [1, 0], domain: 6))
        bench.feed(Self.data(Self.unknown, [1, 0]), from: IPAddress(v4: 9))
        let plain = ["ie.e99999id7": "0100"]
        #expect(bench.records.map(Self.elements) == [plain, plain])
    }

    @Test(
        arguments: [
            (0, [1, 2], "0102"), (1, [9], "9"), (4, [0, 0, 0, 0, 0, 0, 1, 0], "256"),
            (5, [0xff], "-1"), (8, [0xff, 0xfe], "-2"), (9, [0x3f, 0x80, 0, 0], "1.0"),
            (11, [2], "false"), (12, [0, 1, 2, 3, 4, 5], "00:01:02:03:04:05"),
            (13, [65, 66, 0], "AB"), (14, [0, 0, 0, 1], "1970-01-01T00:00:01.000Z"),
            (15, [0, 0, 0, 0, 0, 0, 0, 1], "1970-01-01T00:00:00.001Z"),
            (16, [0x83, 0xaa, 0x7e, 0x80, 0x80, 0, 0, 0], "1970-01-01T00:00:00.500Z"),
            (17, [0x83, 0xaa, 0x7e, 0x80, 0x80, 0, 0, 0], "1970-01-01T00:00:00.500Z"),
            (18, [192, 0, 2, 1], "192.0.2.1"), (20, [3, 0, 4, 0], "03000400"), (99, [1], "01"),
        ] as [(UInt8, [UInt8], String)])
    func readsValuesAsDescribed(_ type: UInt8, _ value: [UInt8], _ shown: String) {
        let bench = FlowBench()
        bench.feed(Self.message([Self.description(7, type, "x")]))
        bench.feed(Self.data(TestField(7, UInt16(value.count), enterprise: Self.vendor), value))
        #expect(Self.elements(of: bench.records.first)["ie.e99999.x"] == shown)
    }

    @Test func keepsTheNamesOfTheRegistry() {
        let bench = FlowBench()
        bench.feed(
            Self.message([
                Self.description(4, 13, "mine", enterprise: 0),
                Self.description(4315, 13, "mine", enterprise: 9),
                Self.description(1, 13, "mine", enterprise: 29_305),
                Self.description(32_000, 1, "novel", enterprise: 9),
            ]))
        bench.feed(Self.data(TestField(4315, 2, enterprise: 9), [0, 5]))
        bench.feed(Self.data(TestField(32_000, 1, enterprise: 9), [5]))
        #expect(
            bench.records.map(Self.elements) == [
                ["ie.cisco.tcpWindowSizeMin": "5"], ["ie.cisco.novel": "5"],
            ])
    }

    @Test(arguments: ["", "a b", "a.b", "\"", "\u{0}", "naïve", String(repeating: "x", count: 65)])
    func refusesNamesThatAreNoneOfFields(_ name: String) {
        let bench = FlowBench()
        bench.feed(Self.message([Self.description(7, 2, name)]))
        bench.feed(Self.data(Self.unknown, [1, 0]))
        #expect(Self.elements(of: bench.records.first) == ["ie.e99999id7": "0100"])
    }

    @Test func boundsWhatIsLearned() {
        let bench = FlowBench()
        for number in 0..<2000 as Range<UInt16> {
            bench.feed(Self.message([Self.description(number, 1, "n\(number)")]))
        }
        bench.feed(Self.data(TestField(1023, 1, enterprise: Self.vendor), [1]))
        bench.feed(Self.data(TestField(1024, 1, enterprise: Self.vendor), [1]))
        #expect(
            bench.records.map(Self.elements) == [
                ["ie.e99999.n1023": "1"], ["ie.e99999id1024": "01"],
            ])
    }

    /// Plans are made anew for each change, and none is forgotten in the books.
    @Test func balancesItsBooksWhenDescriptionsChange() {
        let bench = FlowBench()
        for round in 0..<50 {
            bench.feed(Self.message([Self.description(7, 2, "name\(round)")]))
            bench.feed(Self.data(Self.unknown, [1, 0]))
        }
        #expect(bench.decoder.storedBytes < 20_000)
        #expect(Self.elements(of: bench.records.last) == ["ie.e99999.name49": "256"])
    }

    @Test func survivesDamagedDescriptions() {
        let whole = Self.message([
            Self.description(7, 2, "queueDepth"), Self.description(8, 13, "policy"),
        ])
        let bench = FlowBench()
        for damaged in Damage.truncations(of: whole) + Damage.flips(of: whole, count: 300, seed: 6)
        {
            bench.feed(damaged)
            bench.feed(Self.data(Self.unknown, [1, 0]))
        }
        bench.feed(whole)
        bench.feed(Self.data(Self.unknown, [1, 0]))
        #expect(Self.elements(of: bench.records.last) == ["ie.e99999.queueDepth": "256"])
    }
}
