import Core
import Testing

@testable import InNetflow

@Suite struct SchemaProfileTests {
    // MARK: Names and values

    struct Record: Sendable {
        var name: String
        var datagrams: [[UInt8]]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var record: Record
        var profile: SchemaProfile
        var expected: [String: String]
        var absent: [String] = []
        var testDescription: String { "\(record.name) as \(profile)" }
    }

    private static let v5 = Record(
        name: "v5", datagrams: [TestMessage.v5([TestMessage.v5Record()])])

    private static let v9 = Record(
        name: "v9",
        datagrams: [
            TestMessage.v9([
                .v9Template(
                    256,
                    [
                        TestField(27, 16), TestField(28, 16), TestField(22, 4), TestField(21, 4),
                        TestField(1, 4), TestField(61, 1), TestField(136, 1), TestField(25, 2),
                    ]),
                .data(
                    256,
                    [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [1]
                        + [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [2]
                        + TestSFlow.words(990_000, 999_000, 77) + [1, 2, 0, 40]),
            ])
        ])

    /// Event of a translation, exact to the microsecond.
    private static let ipfix = Record(
        name: "IPFIX",
        datagrams: [
            TestMessage.ipfix([
                .ipfixTemplate(
                    256,
                    [
                        TestField(8, 4), TestField(225, 4), TestField(227, 2), TestField(230, 1),
                        TestField(154, 8), TestField(155, 8), TestField(4, 1), TestField(16, 4),
                    ]),
                .data(
                    256,
                    [192, 0, 2, 1, 203, 0, 113, 9, 4, 0, 1]
                        + TestSFlow.words(3_908_988_800, 0, 3_908_988_800, 0x8000_0000)
                        + [17] + TestSFlow.words(64_500)),
            ])
        ])

    private static let sflow = Record(
        name: "sFlow",
        datagrams: [
            TestSFlow.datagram(TestSFlow.flow(TestSFlow.header(TestSFlow.packet)))
        ])

    /// Elements 21 and 22 without anything that dates them.
    private static let ticks = Record(
        name: "ticks of IPFIX",
        datagrams: [
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(22, 4), TestField(21, 4), TestField(1, 4)]),
                .data(256, TestSFlow.words(0xffff_fc18, 500, 60)),
            ])
        ])

    static let cases = [
        Case(
            record: v5, profile: .flat,
            expected: [
                "flow_type": "netflow_v5", "src_addr": "192.0.2.1", "duration_ms": "9000",
                "time_flow_start": "2023-11-14T22:13:10.250Z",
            ]),
        Case(
            record: v5, profile: .ecs,
            expected: [
                "event.kind": "event", "event.category": "network", "record_type": "flow",
                "netflow.type": "netflow_v5", "source.ip": "192.0.2.1",
                "destination.ip": "198.51.100.2", "source.port": "50000",
                "destination.port": "443", "network.iana_number": "6",
                "network.transport": "tcp", "network.type": "ipv4", "etype": "2048",
                "network.bytes": "1500", "network.packets": "10", "source.as.number": "64500",
                "observer.ingress.interface.id": "3", "observer.egress.interface.id": "4",
                "observer.ip": "192.0.2.1", "event.created": "2023-11-14T22:13:21.000Z",
                "event.start": "2023-11-14T22:13:10.250Z",
                "event.end": "2023-11-14T22:13:19.250Z", "event.duration": "9000000000",
                "tcp_flags": "27",
            ], absent: ["src_addr", "duration_ms", "flow_type", "time_flow_start", "bytes"]),
        Case(
            record: v5, profile: .otel,
            expected: [
                "source.address": "192.0.2.1", "destination.port": "443",
                "network.transport": "tcp", "network.type": "ipv4", "flow.io.bytes": "1500",
                "flow.io.packets": "10", "flow.type": "netflow_v5",
                "flow.sampler_address": "192.0.2.1", "flow.sequence_num": "42",
                "flow.time_received": "1700000001000000000", "flow.start": "1699999990250000000",
                "flow.end": "1699999999250000000", "flow.tcp_flags": "27", "flow.etype": "2048",
            ], absent: ["src_addr", "flow.bytes", "flow.time_flow_start"]),
        Case(
            record: v5, profile: .goflow2,
            expected: [
                "type": "NETFLOW_V5", "time_received_ns": "1700000001000000000",
                "time_flow_start_ns": "1699999990250000000",
                "time_flow_end_ns": "1699999999250000000", "sampler_address": "192.0.2.1",
                "sequence_num": "42", "src_addr": "192.0.2.1", "dst_port": "443", "in_if": "3",
                "src_net": "24", "src_as": "64500", "bytes": "1500", "proto": "6",
                "observation_domain_id": "258", "duration_ms": "9000",
            ], absent: ["flow_type", "time_received", "time_flow_start", "time_flow_end"]),
        Case(
            record: v9, profile: .ecs,
            expected: [
                "source.ip": "2001:db8::1", "destination.ip": "2001:db8::2",
                "network.type": "ipv6", "network.direction": "egress", "flow_end_reason": "2",
                "event.reason": "active_timeout", "netflow.minimumIpTotalLength": "40",
            ], absent: ["ie.minimumIpTotalLength"]),
        Case(
            record: v9, profile: .otel,
            expected: [
                "source.address": "2001:db8::1", "network.type": "ipv6",
                "flow.flow_direction": "egress", "ie.minimumIpTotalLength": "40",
            ]),
        Case(
            record: v9, profile: .goflow2,
            expected: ["type": "NETFLOW_V9", "ie.minimumIpTotalLength": "40"]),
        Case(
            record: ipfix, profile: .ecs,
            expected: [
                "record_type": "nat_event", "event.action": "create", "nat_event": "1",
                "source.nat.ip": "203.0.113.9", "source.nat.port": "1024",
                "event.duration": "500000000",
            ], absent: ["nat_event_name", "duration_ms"]),
        Case(
            record: ipfix, profile: .otel,
            expected: [
                "flow.post_nat_src_addr": "203.0.113.9", "flow.duration_ms": "500",
                "flow.type": "ipfix",
            ]),
        Case(record: ipfix, profile: .goflow2, expected: ["type": "IPFIX", "src_as": "64500"]),
        Case(
            record: sflow, profile: .ecs,
            expected: [
                "netflow.type": "sflow_5", "observer.ip": "198.51.100.1",
                "source.mac": "00:00:5e:00:53:01", "network.type": "ipv4",
                "network.transport": "udp", "sampling_rate": "512",
            ]),
        Case(
            record: sflow, profile: .otel,
            expected: [
                "flow.type": "sflow_5", "flow.sampling_rate": "512", "network.type": "ipv4",
                "flow.start": "1700000001000000000",
            ]),
        Case(
            record: sflow, profile: .goflow2,
            expected: [
                "type": "SFLOW_5", "sampling_rate": "512", "etype": "2048",
                "time_flow_start_ns": "1700000001000000000",
            ]),
        Case(
            record: ticks, profile: .flat,
            expected: [
                "duration_ms": "1500", "ie.flowStartSysUpTime": "4294966296",
                "ie.flowEndSysUpTime": "500",
            ], absent: ["time_flow_start"]),
        Case(record: ticks, profile: .ecs, expected: ["event.duration": "1500000000"]),
    ]

    private static func bench(_ profile: SchemaProfile) -> FlowBench {
        var options = FlowCorpusTests.options
        options.shapes.profile = profile
        return FlowBench(options)
    }

    @Test(arguments: cases)
    func namesFieldsAsTheProfileDoes(_ example: Case) throws {
        let bench = Self.bench(example.profile)
        for datagram in example.record.datagrams { bench.feed(datagram) }
        let record = try #require(bench.records.first)
        for (name, value) in example.expected { #expect(record[name] == value, "\(name)") }
        for name in example.absent { #expect(record[name] == nil, "\(name)") }
    }

    // MARK: All names

    @Test(arguments: SchemaProfile.allCases)
    func givesNoNameTwice(_ profile: SchemaProfile) {
        var users: [String: [String]] = [:]
        for column in FlowColumns.all.names {
            users[profile.name(of: column), default: []] += [column]
        }
        for rule in profile.rules where !rule.replacesName {
            users[rule.name, default: []] += ["+"]
        }
        users[profile.elementsName, default: []] += ["ie"]
        for (name, columns) in users { #expect(columns.count == 1, "\(name): \(columns)") }
        let changed = profile.rules.filter(\.replacesName).map(\.column)
        #expect(Set(changed).count == changed.count)
    }

    /// Elasticsearch takes `a` and `a.b` of one record for a value and an object of one name.
    @Test(arguments: SchemaProfile.allCases)
    func namesNoValueLikeAnObject(_ profile: SchemaProfile) {
        let names = Set(FlowColumns.all.names.map(profile.name) + profile.rules.map(\.name))
        let objects = names.flatMap { name in
            name.indices.filter { name[$0] == "." }.map { String(name[..<$0]) }
        }
        #expect(names.intersection(objects).sorted() == [])
        let members = Set(ElementRegistry.shared.all.map { "\(profile.elementsName).\($0.name)" })
        #expect(names.intersection(members).sorted() == [])
    }

    @Test(arguments: SchemaProfile.allCases)
    func speaksOfColumnsThatThereAre(_ profile: SchemaProfile) {
        for rule in profile.rules {
            #expect(FlowColumns.all.names.contains(rule.column), "\(rule.column)")
        }
    }

    /// Every shape keeps its event time, and no two of its columns share a name.
    @Test(arguments: SchemaProfile.allCases)
    func keepsTheEventTimeOfEveryShape(_ profile: SchemaProfile) {
        let flat = FlowColumns.sampleShapes() + FlowColumns.templateShapes()
        for shape in flat {
            let renamed = profile.apply(to: shape)
            let time = shape.timeColumn.map { shape.columns[$0].place }
            #expect(time != nil && renamed.timeColumn.map { renamed.columns[$0].place } == time)
            let names = renamed.columns.filter { !$0.isHidden && $0.member == nil }.map(\.name)
            #expect(Set(names).count == names.count)
        }
    }

    // MARK: Nothing is lost

    struct Loss: Sendable, CustomTestStringConvertible {
        var example: FlowCorpusTests.Case
        var profile: SchemaProfile
        var testDescription: String { "\(example.testDescription) as \(profile)" }
    }

    static let losses = FlowCorpusTests.cases.flatMap { example in
        SchemaProfile.allCases.map { Loss(example: example, profile: $0) }
    }

    /// `FlowBench` itself refuses two columns of one name.
    @Test(arguments: losses)
    func hasEveryValueOfTheFlatRecord(_ loss: Loss) throws {
        let flat = Self.bench(.flat)
        let other = Self.bench(loss.profile)
        for datagram in loss.example.datagrams {
            flat.feed(datagram)
            other.feed(datagram)
        }
        try #require(flat.records.count == other.records.count)
        for (before, after) in zip(flat.records, other.records) {
            let renamed = Self.renamed(before, loss.profile)
            #expect(renamed.keys.sorted() == after.keys.sorted())
            for (name, value) in renamed where value != nil { #expect(after[name] == value) }
        }
    }

    /// The record by the profile's names; `nil` for values that the profile tells in another way.
    private static func renamed(
        _ record: [String: String], _ profile: SchemaProfile
    ) -> [String: String?] {
        var renamed: [String: String?] = [:]
        for (name, value) in record {
            if name.hasPrefix("ie.") {
                renamed[profile.elementsName + name.dropFirst(2)] = value
                continue
            }
            renamed[profile.name(of: name)] = value
            for rule in profile.rules where rule.column == name {
                switch rule.change {
                case .name: break
                case .capitals: renamed[rule.name] = value.uppercased()
                case .durationNanoseconds, .epochNanoseconds, .text:
                    renamed.updateValue(nil, forKey: rule.name)
                case .nameOfNumber(let table):
                    if let known = UInt64(value).flatMap(table.name) {
                        renamed[rule.name] = "\(known)"
                    }
                }
            }
        }
        return renamed
    }
}
