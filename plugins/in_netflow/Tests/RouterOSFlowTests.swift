import Core
import Testing

@testable import InNetflow

/// Messages of MikroTik RouterOS Traffic Flow.
@Suite struct RouterOSFlowTests {
    /// RouterOS 6.39.2; from the test data of logstash-codec-netflow (Apache-2.0).
    private static let templates = WireBytes(
        hex: """
            000a0094596f863c00000f33000000000002008401020010003c00010016000400150004000200040001
            000400070002000b0002000a0004000e0004000400010006000100080004000c0004000f000400e10004
            00e200040103000e003c00010016000400150004000200040001000400070002000b0002000a0004000e
            00040004000100060001001b0010001c0010003e0010
            """)
    private static let record = WireBytes(
        hex: """
            049ef40cba9ef40cba0000000200000098007b007b0000000d0000000711000a0a08c5c0a88011c0a8e0
            01c0a8e6d8c0a88011
            """)

    @Test func readsRouterOS6() {
        let bench = FlowBench()
        bench.feed(Self.templates.bytes)
        bench.feed(TestMessage.ipfix([.data(258, Self.record.bytes)], domain: 0))
        #expect(bench.problems.isEmpty)
        #expect(
            bench.records == [
                [
                    "record_type": "flow", "flow_type": "ipfix",
                    "time_received": "2023-11-14T22:13:21.000Z",
                    "time_exported": "2023-11-14T22:13:20.000Z",
                    "sampler_address": "192.0.2.1", "peer_address": "192.0.2.1",
                    "peer_port": "50000",
                    "observation_domain_id": "0", "template_id": "258", "sequence_num": "7",
                    "time_source": "export", "duration_ms": "0", "src_addr": "10.10.8.197",
                    "dst_addr": "192.168.128.17", "src_port": "123", "dst_port": "123",
                    "proto": "17", "transport": "udp", "etype": "2048", "bytes": "152",
                    "packets": "2", "tcp_flags": "0", "in_if": "13", "out_if": "7",
                    "next_hop": "192.168.224.1", "post_nat_src_addr": "192.168.230.216",
                    "post_nat_dst_addr": "192.168.128.17", "ie.ipVersion": "4",
                    "ie.flowStartSysUpTime": "2666794170", "ie.flowEndSysUpTime": "2666794170",
                ]
            ])
    }

    /// The IPv4 template of RouterOS 7: 37 fields, 124 bytes, boot time behind the uptimes.
    @Test func readsRouterOS7() {
        let fields: [(UInt16, UInt16)] = [
            (60, 1), (22, 4), (21, 4), (160, 8), (2, 8), (1, 8), (7, 2), (11, 2), (10, 4),
            (14, 4), (4, 1), (5, 1), (6, 1), (57, 6), (80, 6), (81, 6), (56, 6), (8, 4), (12, 4),
            (15, 4), (9, 1), (13, 1), (192, 1), (206, 1), (189, 1), (224, 8), (205, 2), (184, 4),
            (185, 4), (186, 2), (33, 1), (176, 1), (177, 1), (225, 4), (226, 4), (227, 2),
            (228, 2),
        ]
        let specifiers = fields.map { TestField($0.0, $0.1) }
        #expect(fields.reduce(0) { $0 + $1.1 } == 124)
        var row: [UInt8] = []
        for (number, length) in fields {
            var bytes = Array(repeating: UInt8(0), count: Int(length))
            switch number {
            case 160: bytes = [0, 0, 1, 0x8b, 0xcf, 0xe5, 0, 0]
            case 21: bytes = [0, 0, 0x2a, 0xf8]
            case 22: bytes = [0, 0, 0x27, 0x10]
            case 8: bytes = [192, 168, 88, 10]
            case 225: bytes = [203, 0, 113, 5]
            case 227: bytes = [0xc3, 0x50]
            default: bytes[bytes.count - 1] = 1
            }
            row += bytes
        }
        let bench = FlowBench()
        bench.feed(TestMessage.ipfix([.ipfixTemplate(258, specifiers), .data(258, row)]))
        let record = bench.records.first ?? [:]
        #expect(record["time_flow_start"] == "2023-11-14T22:13:03.376Z")
        #expect(record["duration_ms"] == "1000")
        #expect(record["src_addr"] == "192.168.88.10")
        #expect(record["post_nat_src_addr"] == "203.0.113.5")
        #expect(record["post_nat_src_port"] == "50000")
        #expect(record["src_mac"] == "00:00:00:00:00:01")
        #expect(record["ip_ttl"] == "1")
        #expect(record["icmp_type"] == "1")
        #expect(record["ie.ipTotalLength"] == "1")
        #expect(record["ie.systemInitTimeMilliseconds"] == nil)
    }

    // MARK: Sampling rates sent little-endian

    private static func rates(
        _ sent: [[UInt8]], _ fields: [TestField], domain: UInt32 = 0, isIPFIX: Bool = true,
        repairs: Bool = true
    ) -> FlowBench {
        var options = NetflowDecoder.Options()
        options.repairsSampling = repairs
        let bench = FlowBench(options)
        let row: (UInt16, [UInt8]) -> [UInt8] = { $0 == 34 ? $1 : [4] }
        let rows = TestSet.data(
            256, sent.flatMap { rate in fields.flatMap { row($0.number, rate) } })
        bench.feed(
            isIPFIX
                ? TestMessage.ipfix([.ipfixTemplate(256, fields), rows], domain: domain)
                : TestMessage.v9([.v9Template(256, fields), rows], source: domain))
        return bench
    }

    private static let fields = [TestField(60, 1), TestField(34, 4), TestField(4, 1)]

    @Test(arguments: [true, false])
    func readsRatesOfRouterOS6(isIPFIX: Bool) {
        let bench = Self.rates(
            [[0xe8, 3, 0, 0], [0xe8, 3, 0, 0], [0, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 7]],
            Self.fields, isIPFIX: isIPFIX)
        #expect(bench.records.map { $0["sampling_rate"] } == ["1000", "1000", "1024", nil, "7"])
        #expect(bench.records[0]["sampling_source"] == "record")
        #expect(bench.records[0]["ie.samplingInterval"] == "3892510720")
        #expect(bench.records.map { $0["proto"] } == ["4", "4", "4", "4", "4"])
        #expect(bench.runCount == 4)
        #expect(bench.problems == [.flowSwappedRate: 5])
    }

    struct Untouched: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rate: [UInt8] = [0, 4, 0, 0]
        var fields = RouterOSFlowTests.fields
        var domain: UInt32 = 0
        var repairs = true
        var shown = "262144"
    }

    static let untouched = [
        Untouched(testDescription: "another domain", domain: 1),
        Untouched(testDescription: "turned off", repairs: false),
        Untouched(testDescription: "with algorithm", fields: fields + [TestField(35, 1)]),
        Untouched(
            testDescription: "another maker's IPFIX", fields: [TestField(34, 4), TestField(4, 1)]),
        Untouched(testDescription: "sent right", rate: [0, 0, 3, 0xe8], shown: "1000"),
        Untouched(testDescription: "large both ways", rate: [0, 1, 0x86, 0xa0], shown: "100000"),
    ]

    @Test(arguments: untouched)
    func leavesOtherRatesAsSent(_ example: Untouched) {
        let bench = Self.rates(
            [example.rate], example.fields, domain: example.domain, repairs: example.repairs)
        #expect(bench.records.first?["sampling_rate"] == example.shown)
        #expect(bench.problems.isEmpty)
    }
}
