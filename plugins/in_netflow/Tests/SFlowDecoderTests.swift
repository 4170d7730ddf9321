import Core
import TestKit
import Testing

@testable import InNetflow

/// Parts of sFlow datagrams in tests.
enum TestSFlow {
    static func words(_ numbers: UInt32...) -> [UInt8] { words(numbers) }

    static func words(_ numbers: [UInt32]) -> [UInt8] {
        var bytes = WireBytes()
        for number in numbers { bytes.append(number) }
        return bytes.bytes
    }

    /// - Parameter agent: an IPv4 address.
    static func datagram(
        _ samples: [UInt8]..., agent: UInt32 = 0xc633_6401, subAgent: UInt32 = 3,
        sequence: UInt32 = 1, count: UInt32? = nil
    ) -> [UInt8] {
        words(5, 1, agent, subAgent, sequence, 60_000, count ?? UInt32(samples.count))
            + samples.flatMap { $0 }
    }

    /// A sample or record behind its format and length.
    static func tagged(_ format: UInt32, _ body: [UInt8]) -> [UInt8] {
        words(format, UInt32(body.count)) + body
    }

    static func flow(
        _ records: [UInt8]..., sequence: UInt32 = 1, source: UInt32 = 5, rate: UInt32 = 512,
        output: UInt32 = 6
    ) -> [UInt8] {
        tagged(
            1,
            words(sequence, source, rate, 4096, 7, 5, output, UInt32(records.count))
                + records.flatMap { $0 })
    }

    static func counters(_ records: [UInt8]..., sequence: UInt32 = 1) -> [UInt8] {
        tagged(2, words(sequence, 5, UInt32(records.count)) + records.flatMap { $0 })
    }

    static func header(_ packet: [UInt8], kind: UInt32 = 1) -> [UInt8] {
        tagged(1, words(kind, UInt32(packet.count + 4), 4, UInt32(packet.count)) + packet)
    }

    /// Sampled IPv4: 1480 bytes of TCP.
    static let sampledIPv4 = tagged(3, words(1480, 6, 0xc000_0201, 0xc000_0202, 80, 1025, 2, 8))

    /// Ethernet, IPv4, UDP.
    static let packet = WireBytes(
        hex: """
            00005e005302 00005e005301 0800
            4500001c 00010000 40110000 c000020a c6336414
            0035 8000 0008 0000
            """
    ).bytes
}

@Suite struct SFlowDecoderTests {
    private static func records(_ payload: [UInt8]) -> [[String: String]] {
        let bench = FlowBench()
        bench.feed(payload)
        return bench.records
    }

    @Test func readsTheSampledPacket() throws {
        let payload = TestSFlow.datagram(TestSFlow.flow(TestSFlow.header(TestSFlow.packet)))
        let record = try #require(Self.records(payload).first)
        let expected = [
            "record_type": "flow", "flow_type": "sflow_5", "sampling_rate": "512",
            "sampling_source": "record", "sample_pool": "4096", "sample_drops": "7", "in_if": "5",
            "out_if": "6", "frame_bytes": "46", "bytes": "28", "packets": "1", "proto": "17",
            "transport": "udp", "src_addr": "192.0.2.10", "dst_addr": "198.51.100.20",
            "src_port": "53", "dst_port": "32768", "ip_ttl": "64", "etype": "2048",
            "src_mac": "00:00:5e:00:53:01", "dst_mac": "00:00:5e:00:53:02",
        ]
        for (name, value) in expected { #expect(record[name] == value, "\(name)") }
    }

    @Test func namesTheAgentNotTheSender() throws {
        let payload = TestSFlow.datagram(TestSFlow.flow(), subAgent: 9)
        let bench = FlowBench()
        bench.feed(payload)
        let record = try #require(bench.records.first)
        #expect(record["sampler_address"] == "198.51.100.1")
        #expect(record["peer_address"] == "192.0.2.1")
        #expect(record["observation_domain_id"] == "9")
        #expect(bench.ledger.snapshot.map(\.name).contains("198.51.100.1 domain 9"))
    }

    @Test(arguments: [0, 0xc000_0000] as [UInt32])
    func takesTheSenderForAnAgentWithoutAddress(low: UInt32) throws {
        // Address type 0 has no bytes; 0.0.0.0 is what agents send before they have one.
        let payload =
            low == 0
            ? TestSFlow.words(5, 0, 3, 1, 60_000, 1) + TestSFlow.flow()
            : TestSFlow.datagram(TestSFlow.flow(), agent: 0)
        let record = try #require(Self.records(payload).first)
        #expect(record["sampler_address"] == "192.0.2.1")
    }

    @Test(
        arguments: [
            (6, ["out_if": "6"]), (1 << 30 | 258, ["drop_reason": "258"]),
            (2 << 30 | 4, ["out_if_count": "4"]), (0, [:]),
        ] as [(UInt32, [String: String])])
    func tellsKindsOfOutputApart(output: UInt32, expected: [String: String]) throws {
        let record = try #require(
            Self.records(TestSFlow.datagram(TestSFlow.flow(output: output))).first)
        for name in ["out_if", "drop_reason", "out_if_count"] {
            #expect(record[name] == expected[name])
        }
        #expect((record["forwarding_status"] == "128") == (output >> 30 == 1))
    }

    @Test func prefersTheHeaderToWhatTheAgentRead() throws {
        let record = try #require(
            Self.records(
                TestSFlow.datagram(
                    TestSFlow.flow(TestSFlow.header(TestSFlow.packet), TestSFlow.sampledIPv4))
            ).first)
        #expect(record["bytes"] == "28" && record["src_addr"] == "192.0.2.10")
    }

    @Test func showsThePacketInATunnelWhenAskedTo() throws {
        let inner = TestSFlow.packet.dropFirst(14)
        let outer = WireBytes(hex: "4500 0030 0000 0000 4004 0000 cb007101 cb007102").bytes
        let payload = TestSFlow.datagram(
            TestSFlow.flow(TestSFlow.header(outer + inner, kind: 11)))
        var options = NetflowDecoder.Options()
        options.readsTunnels = true
        let bench = FlowBench(options)
        bench.feed(payload)
        let record = try #require(bench.records.first)
        #expect(record["src_addr"] == "203.0.113.1" && record["inner_src_addr"] == "192.0.2.10")
        #expect(record["inner_dst_port"] == "32768" && record["inner_proto"] == "17")
        #expect(Self.records(payload).first?["inner_src_addr"] == nil)
    }

    @Test func makesOneRunOfSamplesAlike() {
        let bench = FlowBench()
        let flow = TestSFlow.flow(TestSFlow.header(TestSFlow.packet))
        bench.feed(TestSFlow.datagram(flow, flow, flow, TestSFlow.flow()))
        #expect(bench.records.count == 4 && bench.runCount == 2)
    }

    @Test func leavesOutCountersThatTheAgentDoesNotHave() throws {
        let ethernet = TestSFlow.tagged(
            2, TestSFlow.words(Array(repeating: .max, count: 12) + [13]))
        let record = try #require(
            Self.records(TestSFlow.datagram(TestSFlow.counters(ethernet))).first)
        #expect(record["record_type"] == "counters")
        #expect(record.keys.filter { $0.hasPrefix("dot3_") } == ["dot3_symbol_errors"])
    }

    @Test func countsUnknownFormatsAndGoesOn() {
        let bench = FlowBench()
        let unknown = TestSFlow.tagged(4413 << 12 | 1, [1, 2, 3, 4])
        bench.feed(
            TestSFlow.datagram(
                unknown, TestSFlow.flow(unknown, TestSFlow.sampledIPv4),
                TestSFlow.counters(unknown)))
        #expect(bench.problems == [.flowUnknownSample: 3])
        #expect(bench.records.count == 2 && bench.records.first?["bytes"] == "1480")
    }

    @Test(arguments: [
        (TestSFlow.datagram(TestSFlow.flow(), count: 2), ErrorCode.flowCountMismatch, 1),
        (TestSFlow.datagram(TestSFlow.flow()) + [1, 2, 3, 4], .flowTrailingBytes, 1),
        (TestSFlow.datagram(TestSFlow.tagged(1, [1, 2, 3, 4])), .flowBadSample, 0),
        (TestSFlow.datagram(TestSFlow.tagged(5, [1, 2, 3, 4])), .flowBadSample, 0),
        (TestSFlow.datagram(TestSFlow.counters(TestSFlow.tagged(1, [1]))), .flowBadSample, 1),
        (TestSFlow.datagram(TestSFlow.flow(TestSFlow.words(1001, 99))), .flowBadSample, 1),
        (TestSFlow.datagram(TestSFlow.flow(TestSFlow.tagged(1002, [0]))), .flowBadSample, 1),
        (TestSFlow.words(4, 1, 1, 1, 1, 1, 1), .flowUnknownVersion, 0),
        (TestSFlow.words(5, 3, 1, 1, 1, 1, 1), .flowTruncatedHeader, 0),
        (TestSFlow.words(5, 2, 1, 1, 1, 1, 1), .flowTruncatedHeader, 0),
        (TestSFlow.words(5, 1), .flowTruncatedHeader, 0),
    ])
    func countsDamage(payload: [UInt8], problem: ErrorCode, records: Int) {
        let bench = FlowBench()
        bench.feed(payload)
        #expect(bench.count(problem) == 1, "\(bench.problems)")
        #expect(bench.records.count == records)
    }

    @Test func doesNotTakeZerosBehindAMessageForSFlow() {
        let bench = FlowBench()
        bench.feed(TestMessage.v5([TestMessage.v5Record()]) + [UInt8](repeating: 0, count: 40))
        #expect(bench.problems == [.flowTrailingBytes: 1] && bench.records.count == 1)
    }

    @Test func believesNoCountOfAPath() {
        // 2³⁰ autonomous systems, and as many segments.
        let path = TestSFlow.tagged(
            1003,
            TestSFlow.words(1, 9, 1, 2, 3, .max, 2, 1 << 30) + [UInt8](repeating: 1, count: 40))
        let bench = FlowBench()
        bench.feed(TestSFlow.datagram(TestSFlow.flow(path, TestSFlow.sampledIPv4)))
        #expect(bench.problems == [.flowBadSample: 1])
        #expect(bench.records.first?["as_path"] == nil)
        #expect(bench.records.first?["bytes"] == "1480")
    }

    // MARK: Numbers

    @Test func countsLostDatagramsAndSamples() {
        let bench = FlowBench()
        for (datagram, sample) in [(1, 10), (2, 11), (5, 14), (6, 15)] as [(UInt32, UInt32)] {
            bench.feed(
                TestSFlow.datagram(
                    TestSFlow.flow(sequence: sample), TestSFlow.counters(sequence: datagram),
                    sequence: datagram))
        }
        let lost = Dictionary(
            uniqueKeysWithValues: bench.ledger.snapshot.map { ($0.name, $0.loss.lost) })
        #expect(lost["198.51.100.1 domain 3"] == 2)
        // Two of the interface's flow samples and two of its counter samples.
        #expect(lost["198.51.100.1 domain 3 samples"] == 4)
    }

    @Test func keepsSequencesOfSourcesApart() {
        let bench = FlowBench()
        for number in 0..<20 as Range<UInt32> {
            bench.feed(
                TestSFlow.datagram(
                    TestSFlow.flow(sequence: 100 + number, source: 5),
                    TestSFlow.flow(sequence: 900 + number, source: 6), sequence: number))
        }
        #expect(bench.loss.isZero)
    }

    @Test func boundsTheMemoryOfForgedSources() {
        let counters = SourceCounters(name: "x")
        var sequences = SampleSequences()
        var bytes = 0
        var most = 0
        for index in 0..<40_000 as Range<UInt32> {
            bytes += sequences.follow(
                1, of: SampleSource(kind: .flow, type: 0, index: index), reportingTo: counters)
            most = Swift.max(most, bytes)
        }
        #expect(most <= 8192 * 192 && bytes > 0)
    }

    @Test func boundsTheMemoryOfForgedAgents() {
        var options = NetflowDecoder.Options()
        options.limits.exporters = 100
        let bench = FlowBench(options)
        for agent in 0..<1000 as Range<UInt32> {
            bench.feed(TestSFlow.datagram(TestSFlow.flow(), agent: 0x0a00_0000 + agent))
        }
        #expect(bench.decoder.domainCount <= 100)
        #expect(bench.decoder.storedBytes == bench.decoder.domainCount * 192)
    }
}
