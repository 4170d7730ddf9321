import Core
import Foundation
import TestKit
import Testing

@testable import InNetflow

/// Templates that outlive the process.
@Suite struct TemplateStoreTests {
    private static let fields = [TestField(8, 4), TestField(7, 2)]
    private static let row: [UInt8] = [10, 0, 0, 1, 0, 53]
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var state: String { directory.file("state") }

    /// A decoder after a start; `finish` on it is an orderly end.
    private func start() -> FlowBench { FlowBench(stateDirectory: state) }

    private static func announcement(uptime: UInt32 = 1_000_000, sequence: UInt32 = 7) -> [UInt8] {
        TestMessage.v9([.v9Template(256, fields)], uptime: uptime, sequence: sequence)
    }

    private static func data(
        _ body: [UInt8] = row, uptime: UInt32 = 1_010_000, seconds: UInt32 = 1_700_000_010
    ) -> [UInt8] {
        TestMessage.v9([.data(256, body)], uptime: uptime, seconds: seconds, sequence: 8)
    }

    @Test func understandsTheFirstDatagramAfterAStart() {
        let before = start()
        before.feed(Self.announcement())
        before.feed(
            TestMessage.ipfix([
                .ipfixOptions(300, scopeCount: 1, [TestField(149, 4), TestField(34, 4)]),
                .ipfixTemplate(
                    257, [TestField(8, 4), TestField(371, 65_535), TestField(1, 4, enterprise: 9)]),
            ]))
        before.finish()
        let after = start()
        after.feed(Self.data())
        after.feed(
            TestMessage.ipfix([
                .data(300, [0, 0, 0, 5, 0, 0, 0, 100]),
                .data(257, [10, 0, 0, 2, 1, 0x61, 0, 0, 0, 1]),
            ]))
        #expect(after.records.map { $0["src_addr"] } == ["10.0.0.1", "10.0.0.2"])
        #expect(after.records.last?["user_name"] == "a")
        #expect(after.records.last?["sampling_rate"] == "100")
        #expect(after.problems.isEmpty)
    }

    @Test func doesNotMixExportersDomainsOrProtocols() {
        let before = start()
        before.feed(Self.announcement())
        before.finish()
        let after = start()
        after.feed(Self.data(), from: IPAddress(v4: 9))
        after.feed(TestMessage.v9([.data(256, Self.row)], source: 6))
        after.feed(TestMessage.ipfix([.data(256, Self.row)]))
        #expect(after.records.isEmpty)
        #expect(after.held.waiting == 3)
    }

    /// An id may mean something else after the exporter's restart.
    @Test(arguments: [
        // Uptime, seconds and whether the template is used.
        (UInt32(1_010_000), UInt32(1_700_000_010), true),
        (87_400_000, 1_700_086_400, true),
        (5_000, 1_700_000_010, false),
        (5_000, 1_700_086_400, false),
        // 2³² ms after the start the uptime begins anew.
        (UInt32(truncatingIfNeeded: 1_000_000 + 4_294_967_000), 1_704_294_967, true),
    ])
    func dropsThoseOfAnExporterThatRestarted(uptime: UInt32, seconds: UInt32, isUsed: Bool) {
        let before = start()
        before.feed(Self.announcement())
        before.finish()
        let after = start()
        after.feed(Self.data(uptime: uptime, seconds: seconds))
        #expect(after.records.count == (isUsed ? 1 : 0))
        #expect(after.held.waiting == (isUsed ? 0 : 1))
    }

    @Test(arguments: [(UInt32(8), true), (7, true), (500, true), (6, false), (0, false)])
    func dropsThoseOfIPFIXWhoseNumbersWentBack(sequence: UInt32, isUsed: Bool) {
        let before = start()
        before.feed(TestMessage.ipfix([.ipfixTemplate(256, Self.fields)]))
        before.finish()
        let after = start()
        after.feed(TestMessage.ipfix([.data(256, Self.row)], sequence: sequence))
        #expect(after.records.count == (isUsed ? 1 : 0))
    }

    @Test(arguments: [
        ([UInt8](row + row), 2), (row + [0, 0], 1), (row + [0, 0, 0], 1), (row + [1], 0),
        (row + [0, 0, 0, 0], 0), ([10, 0, 0, 1], 0),
    ])
    func dropsOneThatDataDoesNotFit(body: [UInt8], count: Int) {
        let before = start()
        before.feed(Self.announcement())
        before.finish()
        let after = start()
        after.feed(Self.data(body))
        #expect(after.records.count == count)
        #expect(after.held.waiting == (count == 0 ? 1 : 0))
        // What is announced now is not doubted.
        after.feed(Self.announcement(sequence: 9))
        after.feed(Self.data())
        #expect(after.records.last?["src_port"] == "53")
    }

    @Test func dropsThoseNotRepeatedForADay() {
        let before = start()
        before.feed(Self.announcement(), from: IPAddress(v4: 1), after: -86_300)
        before.feed(Self.announcement(), from: IPAddress(v4: 2), after: -86_500)
        before.finish()
        let after = start()
        for address in 1...2 as ClosedRange<UInt32> {
            after.feed(Self.data(), from: IPAddress(v4: address))
        }
        #expect(after.records.map { $0["sampler_address"] } == ["0.0.0.1"])
    }

    @Test func keepsThoseOfExportersNotHeardSince() {
        let first = start()
        first.feed(Self.announcement())
        first.finish()
        let second = start()
        second.feed(Self.announcement(), from: IPAddress(v4: 9))
        second.finish()
        let third = start()
        third.feed(Self.data())
        #expect(third.records.count == 1)
    }

    /// A crash is a process that never came to `finish`.
    @Test func writesWhatIsNewWithinSeconds() {
        let before = start()
        before.tend(after: 0)
        before.feed(Self.announcement())
        before.tend(after: 1)
        let early = start()
        early.feed(Self.data())
        #expect(early.records.isEmpty)
        before.tend(after: 11)
        let after = start()
        after.feed(Self.data())
        #expect(after.records.count == 1)
    }

    /// Sockets may be more or fewer after the next start.
    @Test func readsWhatEverySocketKept() {
        for part in 0..<3 {
            var store = TemplateStore(directory: state, part: part)
            let stream = StoredStream(
                key: DomainKey(
                    exporter: IPAddress(v4: UInt32(part / 2)), domain: 5, flowProtocol: .netflowV9),
                uptime: 1, exported: Int64(part), sequence: 1,
                templates: [.init(isOptions: false, lastSeen: 1, definition: [1, 0, 0, 1])])
            let isSaved = store.save([stream], at: Timestamp(seconds: 2))
            #expect(isSaved)
        }
        let all = TemplateStore(directory: state).restored.values
        // Parts 0 and 1 tell of the same exporter; the later one counts.
        #expect(Set(all.map(\.exported)) == [1, 2])
    }

    @Test func startsWithoutAFileThatIsDamaged() throws {
        let before = start()
        before.feed(Self.announcement())
        before.finish()
        let path = state + "/templates"
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for damaged in Damage.truncations(of: whole) + Damage.flips(of: whole, count: 50, seed: 1) {
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            let after = start()
            after.feed(Self.data())
            #expect(after.records.isEmpty)
            #expect(after.held.waiting == 1)
        }
    }

    @Test func keepsTheFileAsTheBytesSay() {
        let streams = [
            StoredStream(
                key: DomainKey(
                    exporter: IPAddress(high: 1, low: 2), port: 3, domain: 4,
                    flowProtocol: .netflowV9),
                uptime: 5, exported: -6, sequence: 7,
                templates: [
                    .init(isOptions: true, lastSeen: 8, definition: [1, 0, 0, 0]),
                    .init(isOptions: false, lastSeen: 9, definition: []),
                ])
        ]
        let file = TemplateFile.encode(streams)
        #expect(TemplateFile.decode(file.bytes) == streams)
        #expect(TemplateFile.decode(TemplateFile.encode([]).bytes) == [])
    }

    @Test func saysOnceThatTheDirectoryCannotBeWritten() throws {
        let path = try directory.write("a file", to: "blocked")
        let lines = LoggedLines()
        let bench = FlowBench(stateDirectory: path + "/state", log: lines.log)
        for second in stride(from: 0, through: 60, by: 20) as StrideThrough<Int64> {
            bench.feed(Self.announcement(sequence: UInt32(second)), after: second)
            bench.tend(after: second)
        }
        #expect(lines.all.filter { $0.contains("templates are not kept") }.count == 1)
    }
}
