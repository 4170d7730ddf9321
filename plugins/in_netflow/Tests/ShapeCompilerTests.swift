import Core
import Testing

@testable import InNetflow

/// One record of a template, as NetFlow v9 or IPFIX.
private func record(
    _ fields: [(TestField, [UInt8])], ipfix: Bool = true, repeatsConsumed: Bool = false
) -> [String: String] {
    var options = NetflowDecoder.Options()
    options.shapes.repeatsConsumed = repeatsConsumed
    let bench = FlowBench(options)
    let specifiers = fields.map(\.0)
    let data = TestSet.data(256, fields.flatMap(\.1))
    bench.feed(
        ipfix
            ? TestMessage.ipfix([.ipfixTemplate(256, specifiers), data])
            : TestMessage.v9([.v9Template(256, specifiers), data]))
    #expect(bench.records.count == 1)
    return bench.records.first ?? [:]
}

private func field(_ number: UInt16, _ bytes: UInt8..., pen: UInt32? = nil) -> (TestField, [UInt8])
{
    (TestField(number, UInt16(bytes.count), enterprise: pen), bytes)
}

@Suite struct ShapeCompilerTests {
    struct ColumnCase: Sendable, CustomTestStringConvertible {
        var name: String
        var fields: [(TestField, [UInt8])]
        var expected: [String: String]
        var absent: [String] = []
        var testDescription: String { name }
    }

    static let cases = [
        ColumnCase(
            name: "deltas win over totals and initiator counters",
            fields: [field(85, 9), field(231, 8), field(1, 7), field(23, 6), field(2, 5)],
            expected: [
                "bytes": "7", "packets": "5", "bytes_post": "6", "ie.octetTotalCount": "9",
                "ie.initiatorOctets": "8",
            ],
            absent: ["counter_kind", "bytes_rev"]),
        ColumnCase(
            name: "responder counters are the reverse of initiator counters",
            fields: [field(231, 8), field(232, 9), field(298, 2), field(299, 3)],
            expected: ["bytes": "8", "bytes_rev": "9", "packets": "2", "packets_rev": "3"]),
        ColumnCase(
            name: "totals are marked", fields: [field(85, 9), field(86, 2)],
            expected: ["bytes": "9", "packets": "2", "counter_kind": "total"]),
        ColumnCase(
            name: "layer 2 octets stand in and are marked", fields: [field(352, 99)],
            expected: ["bytes": "99", "bytes_l2": "true"], absent: ["frame_bytes"]),
        ColumnCase(
            name: "layer 2 octets beside layer 3", fields: [field(352, 99), field(1, 81)],
            expected: ["bytes": "81", "frame_bytes": "99"], absent: ["bytes_l2"]),
        ColumnCase(
            name: "post counters stand in when alone", fields: [field(23, 6)],
            expected: ["bytes": "6"], absent: ["bytes_post"]),
        ColumnCase(
            name: "reverse elements of RFC 5103",
            fields: [field(1, 6), field(1, 4, pen: 29305), field(136, 2, pen: 29305)],
            expected: ["bytes": "6", "bytes_rev": "4", "ie.reverseFlowEndReason": "2"]),
        ColumnCase(
            name: "the address that is set shows",
            fields: [
                (TestField(8, 4), [0, 0, 0, 0]),
                (TestField(27, 16), [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [1]),
            ],
            expected: ["src_addr": "2001:db8::1"], absent: ["etype", "ie.sourceIPv4Address"]),
        ColumnCase(
            name: "ports by their general number first",
            fields: [field(7, 0, 0), field(182, 1, 187), field(11, 0, 53)],
            expected: ["src_port": "443", "dst_port": "53"]),
        ColumnCase(
            name: "ICMP type and code from one number", fields: [field(32, 3, 1), field(4, 1)],
            expected: ["icmp_type": "3", "icmp_code": "1", "transport": "icmp"]),
        ColumnCase(
            name: "ICMP type and code of their own",
            fields: [field(176, 8), field(177, 0), field(32, 8, 0)],
            expected: ["icmp_type": "8", "icmp_code": "0", "ie.icmpTypeCodeIPv4": "2048"]),
        ColumnCase(
            name: "MPLS labels without their bottom bits",
            fields: [field(70, 0x01, 0x86, 0xa0), field(71, 0, 0, 0), field(72, 0, 0, 0x31)],
            expected: ["mpls_label": "[6250,3]"]),
        ColumnCase(
            name: "reduced and widened numbers",
            fields: [field(10, 7), field(14, 0, 0, 0, 0, 0, 0, 1, 0), field(6, 0, 0x1b)],
            expected: ["in_if": "7", "out_if": "256", "tcp_flags": "27"]),
        ColumnCase(
            name: "NAT events",
            fields: [field(230, 4), field(225, 203, 0, 113, 1), field(227, 4, 0)],
            expected: [
                "record_type": "nat_event", "nat_event": "4",
                "nat_event_name": "nat44_session_create", "post_nat_src_addr": "203.0.113.1",
                "post_nat_src_port": "1024",
            ]),
        ColumnCase(
            name: "translations that only began were created",
            fields: [
                field(225, 203, 0, 113, 1), field(152, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0),
            ],
            expected: [
                "record_type": "nat_event", "nat_event": "1", "nat_event_name": "create",
                "time_flow_start": "2023-11-14T22:13:20.000Z",
            ]),
        ColumnCase(
            name: "translations that only ended were deleted",
            fields: [field(361, 4, 0), field(153, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0)],
            expected: [
                "record_type": "nat_event", "nat_event_name": "delete",
                "port_block_start": "1024",
            ]),
        ColumnCase(
            name: "translated flows are no events",
            fields: [
                field(225, 203, 0, 113, 1), field(2, 9),
                field(152, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0),
            ],
            expected: ["record_type": "flow", "packets": "9"], absent: ["nat_event"]),
        ColumnCase(
            name: "firewall events dated by their observation",
            fields: [field(233, 3), field(323, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0)],
            expected: [
                "record_type": "fw_event", "fw_event": "3", "fw_event_name": "denied",
                "time_flow_start": "2023-11-14T22:13:20.000Z",
                "time_flow_end": "2023-11-14T22:13:20.000Z", "time_source": "absolute",
            ]),
        ColumnCase(
            name: "duplicates become an array, the first has the column",
            fields: [field(4, 6), field(4, 17)],
            expected: ["proto": "6", "ie.protocolIdentifier": "[6,17]"]),
        ColumnCase(
            name: "padding is silent", fields: [field(4, 6), field(210, 1, 2, 3)],
            expected: ["proto": "6"], absent: ["ie.paddingOctets"]),
        ColumnCase(
            name: "unknown and vendor elements",
            fields: [
                field(4315, 0, 9, pen: 9), field(1, 0xab, pen: 99_999), field(7, 0, 80),
                field(530, 1), field(600, 0xcd),
            ],
            expected: [
                "ie.cisco.tcpWindowSizeMin": "9", "ie.e99999id1": "ab", "ie.e0id600": "cd",
            ]),
        ColumnCase(
            name: "zero means unknown for AS numbers and next hops",
            fields: [field(16, 0, 0), field(15, 0, 0, 0, 0), field(17, 0xfb, 0xf4)],
            expected: ["dst_as": "64500"], absent: ["src_as", "next_hop"]),
        ColumnCase(
            name: "flow direction by name", fields: [field(61, 1)],
            expected: ["flow_direction": "egress"]),
        ColumnCase(
            name: "booleans of IPFIX",
            fields: [field(276, 1), field(277, 2)],
            expected: [
                "ie.dataRecordsReliability": "true", "ie.observationPointType": "2",
            ]),
    ]

    @Test(arguments: cases)
    func makesTheColumnsOfTheSchema(_ test: ColumnCase) {
        let made = record(test.fields)
        for (name, value) in test.expected { #expect(made[name] == value, "\(name)") }
        for name in test.absent { #expect(made[name] == nil, "\(name)") }
    }

    @Test func repeatsConsumedElementsWhenAsked() {
        let fields = [field(4, 6), field(1, 9), field(210, 1)]
        let made = record(fields, repeatsConsumed: true)
        #expect(made["proto"] == "6")
        #expect(made["ie.protocolIdentifier"] == "6")
        #expect(made["ie.octetDeltaCount"] == "9")
        #expect(made["ie.paddingOctets"] == "01")
        #expect(record(fields).keys.filter { $0.hasPrefix("ie.") }.isEmpty)
    }

    @Test func namesPrivateTypesOfNetflowV9() {
        let made = record(
            [
                field(40_001, 10, 0, 0, 9), field(40_005, 2), field(37_083, 0, 5),
                field(57_590, 0, 3), field(65, 0, 1), field(60_000, 1),
                (TestField(40_000, 8), Array("bob".utf8) + [0, 0, 0, 0, 0]),
            ], ipfix: false)
        #expect(made["post_nat_src_addr"] == "10.0.0.9")
        #expect(made["fw_event_name"] == "deleted")
        #expect(made["user_name"] == "bob")
        #expect(made["ie.cisco.tcpWindowSizeMin"] == "5")
        #expect(made["ie.ntop.ntopL7Proto"] == "3")
        #expect(made["ie.v9t65"] == "0001")
        #expect(made["ie.v9t60000"] == "01")
    }

    // MARK: Time

    private static let ticks = [field(22, 0, 0, 0x27, 0x10), field(21, 0, 0, 0x2a, 0xf8)]
    private static let boot = field(160, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0, 0)

    @Test func findsTheBootTimeWhereverItStands() {
        for fields in [Self.ticks + [Self.boot], [Self.boot] + Self.ticks] {
            let made = record(fields)
            #expect(made["time_flow_start"] == "2023-11-14T22:13:03.376Z")
            #expect(made["time_flow_end"] == "2023-11-14T22:13:04.376Z")
            #expect(made["duration_ms"] == "1000")
            #expect(made["time_source"] == "uptime")
        }
    }

    @Test func leavesUptimesWithoutBootTimeAsTheyAre() {
        let made = record(Self.ticks)
        #expect(made["time_flow_start"] == nil)
        #expect(made["time_source"] == "export")
        #expect(made["ie.flowStartSysUpTime"] == "10000")
    }

    @Test(arguments: [UInt16(149), 144, 143])
    func learnsTheBootTimeFromOptions(scope: UInt16) {
        let bench = FlowBench()
        let scope = TestField(scope, 4)
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, Self.ticks.map(\.0)),
                .ipfixOptions(257, scopeCount: 1, [scope, TestField(160, 8)]),
                .data(257, [0, 0, 0, 5] + Self.boot.1), .data(256, Self.ticks.flatMap(\.1)),
            ]))
        #expect(bench.records.count == 1)
        #expect(bench.records[0]["time_flow_start"] == "2023-11-14T22:13:03.376Z")
        #expect(bench.records[0]["time_source"] == "uptime")
    }

    @Test func learnsTheBootTimeFromOtherRecords() {
        let bench = FlowBench()
        let flow = TestSet.data(256, Self.ticks.flatMap(\.1))
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, Self.ticks.map(\.0)), flow,
                .ipfixTemplate(257, [TestField(8, 4), Self.boot.0]),
                .data(257, [10, 0, 0, 1] + Self.boot.1), flow,
            ]))
        #expect(
            bench.records.map { $0["time_flow_start"] } == [nil, nil, "2023-11-14T22:13:03.376Z"])
        #expect(bench.records.map { $0["time_source"] } == ["export", "export", "uptime"])
    }

    @Test func readsUptimesOfEightBytes() {
        let made = record(
            [
                field(22, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40),
                field(21, 0, 0, 0, 0, 0, 0x0f, 0x42, 0x40),
            ], ipfix: false)
        #expect(made["time_flow_start"] == "2023-11-14T22:13:20.000Z")
    }

    @Test func readsTimesBeforeExportAndInNTPForm() {
        let delta = record([field(158, 0, 0x1e, 0x84, 0x80), field(159, 0, 0x0f, 0x42, 0x40)])
        #expect(delta["time_flow_start"] == "2023-11-14T22:13:18.000Z")
        #expect(delta["duration_ms"] == "1000")
        // Era 1 begins in 2036: small seconds belong to it.
        let ntp = record([field(156, 0, 0, 0, 1, 0x80, 0, 0, 0)])
        #expect(ntp["time_flow_start"] == "2036-02-07T06:28:17.500Z")
    }

    @Test func takesADurationWhenOneEndIsMissing() {
        let made = record([
            field(152, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0), field(161, 0, 0, 3, 0xe8),
        ])
        #expect(made["time_flow_start"] == "2023-11-14T22:13:20.000Z")
        #expect(made["duration_ms"] == "1000")
    }
}
