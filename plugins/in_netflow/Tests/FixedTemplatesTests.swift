import Core
import TestKit
import Testing

@testable import InNetflow

extension TestMessage {
    /// - Parameter rest: the header behind the nanoseconds, and all records.
    static func fixed(
        _ version: UInt16, count: UInt16, _ rest: [UInt8], uptime: UInt32 = 1_000_000
    ) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(version)
        bytes.append(count)
        bytes.append(uptime)
        bytes.append(UInt32(1_700_000_000))
        bytes.append(UInt32(250_000_000))
        return bytes.bytes + rest
    }

    static func v1(_ records: [[UInt8]]) -> [UInt8] {
        fixed(1, count: UInt16(records.count), records.flatMap { $0 })
    }

    static func v7(_ records: [[UInt8]], sequence: UInt32 = 42) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(sequence)
        bytes.append(UInt32(0))
        return fixed(7, count: UInt16(records.count), bytes.bytes + records.flatMap { $0 })
    }

    static func v8(
        _ aggregation: UInt8, _ records: [[UInt8]], sequence: UInt32 = 42
    ) -> [UInt8] {
        var bytes = WireBytes()
        bytes.append(sequence)
        bytes.append([1, 2, aggregation, 2, 0, 0, 0, 0])
        return fixed(8, count: UInt16(records.count), bytes.bytes + records.flatMap { $0 })
    }
}

/// NetFlow v1, v7 and v8; v5 is with the messages.
@Suite struct FixedTemplatesTests {
    /// The same flow, as far as each format tells it.
    static let v1Record = WireBytes(
        hex: """
            c0000201 c6336402 0a000001 0003 0004 0000000a 000005dc 000f1b30 000f3e58 c350 01bb 0000
            06 20 1b 00 000000000000
            """
    ).bytes
    static let v7Record = WireBytes(
        hex: """
            c0000201 c6336402 00000000 0003 0004 0000000a 000005dc 000f1b30 000f3e58 c350 01bb
            80 1b 06 20 fbf4 fbf5 18 10 0001 c00002fe
            """
    ).bytes

    private static let sums = "00000003 0000000a 000005dc 000f1b30 000f3e58 "
    private static let switched = "0000000a 000005dc 000f1b30 000f3e58 "
    private static let shortcut = " 00000007 c00002fe"

    /// One record of each aggregation, the length it must have, and what it tells.
    static let aggregations: [(hex: String, length: Int, tells: [String])] = [
        (sums + "fbf4 fbf5 0003 0004", 28, systems + interfaces),
        (sums + "06 00 0000 c350 01bb", 28, ["proto"] + ports),
        (sums + "0a010000 10 00 fbf4 0003 0000", 32, source + ["src_as", "in_if"]),
        (sums + "0a020000 18 00 fbf5 0004 0000", 32, destination + ["dst_as", "out_if"]),
        (
            sums + "0a010000 0a020000 18 10 0000 fbf4 fbf5 0003 0004", 40,
            source + destination + systems + interfaces
        ),
        (
            "c6336402" + switched + "0004 20 40" + shortcut, 32,
            ["dst_addr", "out_if", "ip_tos", "ie.ipv4RouterSc"]
        ),
        (
            "c6336402 c0000201" + switched + "0004 0003 20 40 0000" + shortcut, 40,
            ["dst_addr", "src_addr", "ip_tos", "ie.ipv4RouterSc"] + interfaces
        ),
        (
            "c6336402 c0000201 01bb c350" + switched + "0004 0003 20 06 40 00" + shortcut, 44,
            ["dst_addr", "src_addr", "ip_tos", "proto", "ie.ipv4RouterSc"] + ports + interfaces
        ),
        (sums + "fbf4 fbf5 0003 0004 20 00 0000", 32, systems + interfaces + ["ip_tos"]),
        (
            sums + "06 20 0000 c350 01bb 0003 0004", 32,
            ["proto", "ip_tos"] + ports + interfaces
        ),
        (sums + "0a010000 10 20 fbf4 0003 0000", 32, source + ["src_as", "in_if", "ip_tos"]),
        (
            sums + "0a020000 18 20 fbf5 0004 0000", 32,
            destination + ["dst_as", "out_if", "ip_tos"]
        ),
        (
            sums + "0a010000 0a020000 18 10 20 00 fbf4 fbf5 0003 0004", 40,
            source + destination + systems + interfaces + ["ip_tos"]
        ),
        (
            sums + "0a010000 0a020000 18 10 20 06 c350 01bb 0003 0004", 40,
            source + destination + ports + interfaces + ["ip_tos", "proto"]
        ),
    ]

    private static let systems = ["src_as", "dst_as"]
    private static let interfaces = ["in_if", "out_if"]
    private static let ports = ["src_port", "dst_port"]
    private static let source = ["ie.sourceIPv4Prefix", "src_net"]
    private static let destination = ["ie.destinationIPv4Prefix", "dst_net"]

    /// What any of the formats may tell.
    private static let flow = [
        "src_addr": "192.0.2.1", "dst_addr": "198.51.100.2", "next_hop": "10.0.0.1",
        "src_port": "50000", "dst_port": "443", "proto": "6", "in_if": "3", "out_if": "4",
        "ip_tos": "32", "tcp_flags": "27", "src_as": "64500", "dst_as": "64501",
        "src_net": "16", "dst_net": "24", "ie.sourceIPv4Prefix": "10.1.0.0",
        "ie.destinationIPv4Prefix": "10.2.0.0", "ie.ipv4RouterSc": "192.0.2.254",
        "ie.deltaFlowCount": "3",
    ]

    /// Told by every record.
    private static let always = [
        "record_type": "flow", "time_received": "2023-11-14T22:13:21.000Z",
        "time_exported": "2023-11-14T22:13:20.250Z", "sampler_address": "192.0.2.1",
        "peer_address": "192.0.2.1",
        "peer_port": "50000", "time_flow_start": "2023-11-14T22:13:10.250Z",
        "time_flow_end": "2023-11-14T22:13:19.250Z", "time_source": "uptime",
        "duration_ms": "9000", "bytes": "1500", "packets": "10",
    ]

    private static func expected(_ told: [String]) -> [String: String] {
        var record = always
        for name in told { record[name] = flow[name] }
        if told.contains("proto") { record["transport"] = "tcp" }
        if told.contains("dst_addr") { record["etype"] = "2048" }
        return record
    }

    @Test func readsEveryFieldOfNetflowV1() {
        var wanted = Self.expected([
            "src_addr", "dst_addr", "next_hop", "src_port", "dst_port", "proto", "in_if",
            "out_if", "ip_tos", "tcp_flags",
        ])
        wanted["flow_type"] = "netflow_v1"
        let bench = FlowBench()
        bench.feed(TestMessage.v1([Self.v1Record, Self.v1Record]))
        #expect(bench.records == [wanted, wanted])
        // The long form has four bytes more that nobody uses.
        let long = Self.v1Record + [9, 9, 9, 9]
        bench.feed(TestMessage.v1([long, long, long]))
        #expect(bench.records.suffix(3) == [wanted, wanted, wanted])
        #expect(bench.problems.isEmpty)
        #expect(bench.ledger.snapshot.map(\.name) == ["192.0.2.1"])
    }

    @Test func readsEveryFieldOfNetflowV7() {
        var wanted = Self.expected([
            "src_addr", "dst_addr", "src_port", "dst_port", "proto", "in_if", "out_if", "ip_tos",
            "tcp_flags", "src_as", "dst_as", "ie.ipv4RouterSc",
        ])
        wanted["flow_type"] = "netflow_v7"
        wanted["sequence_num"] = "42"
        wanted["src_net"] = "24"
        wanted["dst_net"] = "16"
        let bench = FlowBench()
        bench.feed(TestMessage.v7([Self.v7Record, Self.v7Record]))
        #expect(bench.records == [wanted, wanted])
        #expect(bench.problems.isEmpty)
    }

    @Test(arguments: 1...14)
    func readsEveryAggregationOfNetflowV8(_ aggregation: Int) {
        let form = Self.aggregations[aggregation - 1]
        let record = WireBytes(hex: form.hex).bytes
        #expect(record.count == form.length)
        #expect(NetflowV8.layouts[aggregation - 1].minimumRecordLength == form.length)
        var wanted = Self.expected(form.tells)
        wanted["flow_type"] = "netflow_v8"
        wanted["observation_domain_id"] = "258"
        wanted["sequence_num"] = "42"
        wanted["template_id"] = "\(aggregation)"
        if !(6...8).contains(aggregation) { wanted["ie.deltaFlowCount"] = "3" }
        let bench = FlowBench()
        bench.feed(TestMessage.v8(UInt8(aggregation), [record, record]))
        #expect(bench.records == [wanted, wanted])
        #expect(bench.problems.isEmpty)
    }

    @Test(arguments: [0, 15, 255] as [UInt8])
    func countsAnUnknownAggregation(_ aggregation: UInt8) {
        let bench = FlowBench()
        bench.feed(TestMessage.v8(aggregation, [Self.v7Record]))
        #expect(bench.records.isEmpty)
        #expect(bench.problems == [.flowUnknownVersion: 1])
    }

    @Test func followsTheSequenceOfEachAggregation() {
        let systems = WireBytes(hex: Self.aggregations[0].hex).bytes
        let ports = WireBytes(hex: Self.aggregations[1].hex).bytes
        let bench = FlowBench()
        bench.feed(TestMessage.v8(1, [systems, systems], sequence: 10))
        bench.feed(TestMessage.v8(2, [ports], sequence: 7000))
        bench.feed(TestMessage.v8(1, [systems], sequence: 12))
        bench.feed(TestMessage.v8(2, [ports], sequence: 7003))
        #expect(bench.loss == .init(lost: 2))
        bench.feed(TestMessage.v7([Self.v7Record, Self.v7Record], sequence: 1))
        bench.feed(TestMessage.v7([Self.v7Record], sequence: 4))
        #expect(bench.loss == .init(lost: 3))
        // v1 numbers nothing.
        for _ in 0..<3 { bench.feed(TestMessage.v1([Self.v1Record])) }
        #expect(bench.loss == .init(lost: 3))
    }

    @Test(arguments: [1, 7, 8])
    func distrustsTheCount(_ version: UInt16) {
        let bench = FlowBench()
        var packet = Self.packets[version == 1 ? 0 : version == 7 ? 1 : 2]
        packet[3] = 200
        bench.feed(packet)
        #expect(bench.records.count == 2)
        #expect(bench.problems == [.flowCountMismatch: 1])
    }

    static let packets =
        [TestMessage.v1([v1Record, v1Record]), TestMessage.v7([v7Record, v7Record])]
        + aggregations.enumerated().map { index, form in
            let record = WireBytes(hex: form.hex).bytes
            return TestMessage.v8(UInt8(index + 1), [record, record])
        }

    @Test(arguments: packets)
    func survivesDamage(_ packet: [UInt8]) {
        let bench = FlowBench()
        for cut in Damage.truncations(of: packet) { bench.feed(cut) }
        for damaged in Damage.flips(of: packet, count: 200, seed: 9) { bench.feed(damaged) }
        let before = bench.records.count
        bench.feed(packet)
        #expect(bench.records.count == before + 2)
    }
}
