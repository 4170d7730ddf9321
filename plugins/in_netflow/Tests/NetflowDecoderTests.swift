import Core
import Testing

@testable import InNetflow

@Suite struct NetflowDecoderTests {
    static let addresses = [TestField(8, 4), TestField(12, 4)]
    static let row: [UInt8] = [10, 0, 0, 1, 10, 0, 0, 2]

    @Test func readsEveryFieldOfNetflowV5() {
        let bench = FlowBench()
        bench.feed(TestMessage.v5([TestMessage.v5Record()], sampling: 0x4064))
        #expect(
            bench.records == [
                [
                    "record_type": "flow", "flow_type": "netflow_v5",
                    "time_received": "2023-11-14T22:13:21.000Z",
                    "time_exported": "2023-11-14T22:13:20.250Z",
                    "sampler_address": "192.0.2.1", "peer_address": "192.0.2.1",
                    "peer_port": "50000", "bytes_est": "150000", "packets_est": "1000",
                    "observation_domain_id": "258", "sequence_num": "42",
                    "time_flow_start": "2023-11-14T22:13:10.250Z",
                    "time_flow_end": "2023-11-14T22:13:19.250Z", "time_source": "uptime",
                    "duration_ms": "9000", "src_addr": "192.0.2.1", "dst_addr": "198.51.100.2",
                    "src_net": "24", "dst_net": "16", "src_port": "50000", "dst_port": "443",
                    "proto": "6", "transport": "tcp", "etype": "2048", "bytes": "1500",
                    "packets": "10", "sampling_rate": "100", "sampling_source": "header",
                    "tcp_flags": "27", "ip_tos": "32", "in_if": "3", "out_if": "4",
                    "src_as": "64500",
                ]
            ])
        #expect(bench.problems.isEmpty)
    }

    @Test func survivesTheWrapOfTheUptime() {
        let bench = FlowBench()
        let record = TestMessage.v5Record(first: .max - 999, last: 500)
        bench.feed(TestMessage.v5([record], uptime: 2000))
        #expect(bench.records[0]["time_flow_start"] == "2023-11-14T22:13:17.250Z")
        #expect(bench.records[0]["time_flow_end"] == "2023-11-14T22:13:18.750Z")
        #expect(bench.records[0]["sampling_rate"] == nil)
    }

    @Test(arguments: [
        (count: UInt16(0), present: 1, records: 0, problem: ErrorCode.flowTrailingBytes),
        (count: 30, present: 2, records: 2, problem: .flowCountMismatch),
        (count: 65_535, present: 0, records: 0, problem: .flowCountMismatch),
    ])
    func distrustsTheCountOfNetflowV5(
        count: UInt16, present: Int, records: Int, problem: ErrorCode
    ) {
        let bench = FlowBench()
        let all = Array(repeating: TestMessage.v5Record(), count: present)
        bench.feed(TestMessage.v5(all, count: count))
        #expect(bench.records.count == records)
        #expect(bench.problems == [problem: 1])
    }

    @Test func readsPacketsBackToBackInOnePayload() {
        let bench = FlowBench()
        let v5 = TestMessage.v5([TestMessage.v5Record()])
        bench.feed(v5 + v5)
        #expect(bench.records.count == 2)
        let template = TestMessage.ipfix([.ipfixTemplate(256, Self.addresses)])
        bench.feed(template + TestMessage.ipfix([.data(256, Self.row)]))
        #expect(bench.records.count == 3)
        #expect(bench.problems.isEmpty)
    }

    @Test func appendsADataSetAsOneRun() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                .v9Template(256, Self.addresses),
                .data(256, (0..<100).flatMap { _ in Self.row }),
            ]))
        #expect(bench.records.count == 100)
        #expect(bench.runCount == 1)
    }

    @Test(arguments: [true, false])
    func decodesDataInFrontOfItsTemplateInOneMessage(isIPFIX: Bool) {
        let bench = FlowBench()
        let data = TestSet.data(300, Self.row)
        bench.feed(
            isIPFIX
                ? TestMessage.ipfix([data, .ipfixTemplate(300, Self.addresses)])
                : TestMessage.v9([data, .v9Template(300, Self.addresses)]))
        #expect(bench.records.count == 1)
        #expect(bench.records[0]["dst_addr"] == "10.0.0.2")
        #expect(bench.problems.isEmpty)
    }

    @Test func countsDataWithoutTemplatePerExporter() {
        let bench = FlowBench()
        bench.feed(TestMessage.v9([.data(300, Self.row), .data(301, Self.row)]))
        bench.finish()
        #expect(bench.records.isEmpty)
        let snapshot = bench.ledger.snapshot
        #expect(snapshot.map(\.name) == ["192.0.2.1 domain 5"])
        #expect(snapshot[0].problems == [.flowUnknownTemplate: 2])
    }

    @Test func keepsTemplatesOfExportersDomainsAndProtocolsApart() {
        let bench = FlowBench()
        bench.feed(TestMessage.v9([.v9Template(256, Self.addresses)]))
        bench.feed(TestMessage.v9([.data(256, Self.row)], source: 6))
        bench.feed(TestMessage.v9([.data(256, Self.row)]), from: IPAddress(v4: 1))
        bench.feed(TestMessage.ipfix([.data(256, Self.row)]))
        #expect(bench.records.isEmpty)
        // Another port is the same exporter: real ones change it after a restart.
        bench.feed(TestMessage.v9([.data(256, Self.row)]), port: 9)
        #expect(bench.records.count == 1)
    }

    @Test func replacesARedefinedTemplateAtOnce() {
        let bench = FlowBench()
        bench.feed(TestMessage.v9([.v9Template(256, Self.addresses), .data(256, Self.row)]))
        bench.feed(
            TestMessage.v9([
                .v9Template(256, [TestField(12, 4), TestField(8, 4)]), .data(256, Self.row),
            ]))
        #expect(bench.records.map { $0["src_addr"] } == ["10.0.0.1", "10.0.0.2"])
    }

    @Test func ignoresWithdrawalOverUDP() {
        let bench = FlowBench()
        let withdrawals: [[UInt8]] = [[1, 0, 0, 0], [0, 2, 0, 0]]
        bench.feed(TestMessage.ipfix([.ipfixTemplate(256, Self.addresses)]))
        for body in withdrawals { bench.feed(TestMessage.ipfix([TestSet(id: 2, body: body)])) }
        bench.feed(TestMessage.ipfix([TestSet(id: 3, body: [0, 3, 0, 0])]))
        bench.feed(TestMessage.ipfix([.data(256, Self.row)]))
        #expect(bench.records.count == 1)
        #expect(bench.problems.isEmpty)
    }

    // MARK: Variable length

    @Test(arguments: [true, false])
    func readsFieldsOfVariableLength(isIPFIX: Bool) {
        let fields = [
            TestField(8, 4), TestField(371, 65_535), TestField(7, 2), TestField(96, 65_535),
        ]
        let long = Array(repeating: UInt8(ascii: "x"), count: 300)
        var records: [UInt8] = [10, 0, 0, 1, 3] + Array("bob".utf8) + [0, 80, 0]
        // The long form may hold a short value (RFC 7011 §7).
        records += [10, 0, 0, 2, 255, 0, 2] + Array("al".utf8) + [0, 81, 255, 1, 44] + long
        let bench = FlowBench()
        bench.feed(
            isIPFIX
                ? TestMessage.ipfix([.ipfixTemplate(256, fields), .data(256, records)])
                : TestMessage.v9([.v9Template(256, fields), .data(256, records)]))
        #expect(bench.records.map { $0["user_name"] } == ["bob", "al"])
        #expect(bench.records.map { $0["src_port"] } == ["80", "81"])
        #expect(bench.records.map { $0["app_name"]?.count } == [0, 300])
        #expect(bench.problems.isEmpty)
    }

    @Test func stopsASetWhenAVariableFieldOverrunsIt() {
        let fields = [TestField(7, 2), TestField(371, 65_535)]
        let bench = FlowBench()
        let records: [UInt8] = [0, 80, 1, 65, 0, 81, 9, 65]
        bench.feed(TestMessage.ipfix([.ipfixTemplate(256, fields), .data(256, records)]))
        #expect(bench.records.map { $0["user_name"] } == ["A"])
        #expect(bench.problems == [.flowRecordOverrun: 1])
    }

    // MARK: Hostile input

    @Test(
        arguments: [
            ("unknown version", [0, 11, 0, 0, 0, 0], ErrorCode.flowUnknownVersion),
            ("empty payload", [], .flowTruncatedHeader),
            ("v9 header cut", [0, 9, 0, 1], .flowTruncatedHeader),
            ("IPFIX header cut", [0, 10, 0, 16, 0], .flowTruncatedHeader),
        ] as [(String, [UInt8], ErrorCode)])
    func countsWhatIsNoMessage(_ name: String, _ payload: [UInt8], _ problem: ErrorCode) {
        let bench = FlowBench()
        bench.feed(payload)
        #expect(bench.ledger.snapshot.map(\.name) == ["192.0.2.1"])
        #expect(bench.problems == [problem: 1])
        #expect(bench.decoder.domainCount == 0)
    }

    struct HostileCase: Sendable, CustomTestStringConvertible {
        var name: String
        var payload: [UInt8]
        var records: Int
        var problems: [ErrorCode: UInt64]
        var testDescription: String { name }

        init(_ name: String, _ payload: [UInt8], records: Int, _ problems: [ErrorCode: UInt64]) {
            self.name = name
            self.payload = payload
            self.records = records
            self.problems = problems
        }
    }

    private static let template = TestSet.v9Template(256, addresses)
    private static let ipfixTemplate = TestSet.ipfixTemplate(256, addresses)

    static let hostileCases = [
        HostileCase(
            "set shorter than its header",
            TestMessage.v9([template, .data(256, row), .data(256, row, claimedLength: 3)]),
            records: 1, [.flowBadSetLength: 1]),
        HostileCase(
            "set beyond the datagram",
            TestMessage.v9([template, .data(256, row), .data(256, row, claimedLength: 13)]),
            records: 1, [.flowBadSetLength: 1]),
        HostileCase(
            "zeros behind the last set",
            TestMessage.v9([template, .data(256, row)]) + Array(repeating: 0, count: 64),
            records: 1, [:]),
        HostileCase(
            "IPFIX message shorter than its header",
            TestMessage.ipfix([ipfixTemplate, .data(256, row)], claimedLength: 15),
            records: 0, [.flowTruncatedHeader: 1]),
        HostileCase(
            "IPFIX message longer than the datagram",
            TestMessage.ipfix([ipfixTemplate, .data(256, row)], claimedLength: 2000),
            records: 1, [.flowTruncatedMessage: 1]),
        HostileCase(
            "IPFIX message too short for its last set",
            TestMessage.ipfix([ipfixTemplate, .data(256, row + [1, 2])], claimedLength: 45),
            records: 1, [.flowBadSetLength: 1, .flowTrailingBytes: 1]),
        HostileCase(
            "bytes behind the message",
            TestMessage.ipfix([ipfixTemplate, .data(256, row)]) + [1, 2, 3],
            records: 1, [.flowTrailingBytes: 1]),
        HostileCase(
            "reserved set", TestMessage.v9([.data(9, row), template, .data(256, row)]),
            records: 1, [.flowReservedSet: 1]),
        HostileCase(
            "template that yields no bytes",
            TestMessage.v9([.v9Template(256, [TestField(8, 0)]), .data(256, row)]),
            records: 0, [.flowBadTemplate: 1, .flowUnknownTemplate: 1]),
        HostileCase(
            "template without fields", TestMessage.v9([.v9Template(256, [])]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "template with a reserved id", TestMessage.v9([.v9Template(255, addresses)]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "template cut", TestMessage.v9([TestSet(id: 0, body: [1, 0, 0, 9, 0, 8, 0, 4])]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "template of 513 fields",
            TestMessage.v9([.v9Template(256, Array(repeating: TestField(8, 4), count: 513))]),
            records: 0, [.flowTemplateLimit: 1]),
        HostileCase(
            "record longer than 65535",
            TestMessage.v9([.v9Template(256, [TestField(8, 65_534), TestField(9, 65_534)])]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "options template without scope",
            TestMessage.ipfix([.ipfixOptions(256, scopeCount: 0, addresses)]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "options template with more scopes than fields",
            TestMessage.ipfix([.ipfixOptions(256, scopeCount: 3, addresses)]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "v9 options template with odd lengths",
            TestMessage.v9([TestSet(id: 1, body: [1, 0, 0, 5, 0, 3, 0, 1, 0, 4, 0, 34, 0, 4])]),
            records: 0, [.flowBadTemplate: 1]),
        HostileCase(
            "data shorter than a record",
            TestMessage.v9([template, .data(256, [1, 2, 3, 4])]),
            records: 0, [.flowRecordOverrun: 1]),
        HostileCase(
            "padding behind records and templates",
            TestMessage.v9([
                TestSet(id: 0, body: template.body + [0, 0]), .data(256, row + [0, 0, 0]),
            ]),
            records: 1, [:]),
    ]

    @Test(arguments: hostileCases)
    func meetsHostileInputByTheRule(_ hostile: HostileCase) {
        let bench = FlowBench()
        bench.feed(hostile.payload)
        bench.finish()
        #expect(bench.records.count == hostile.records)
        #expect(bench.problems == hostile.problems)
    }

    @Test func takesAtMost65535RecordsOfADatagram() {
        let bench = FlowBench()
        let fields = [TestField(4, 1)]
        let half = Array(repeating: UInt8(6), count: 40_000)
        bench.feed(
            TestMessage.v9([.v9Template(256, fields), .data(256, half), .data(256, half)]))
        #expect(bench.records.count == 65_535)
        #expect(bench.problems == [.flowAmplification: 1])
    }
}
