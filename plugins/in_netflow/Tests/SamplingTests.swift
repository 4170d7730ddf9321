import Core
import Testing

@testable import InNetflow

@Suite struct SamplingTests {
    private static let flow = TestSet.v9Template(256, [TestField(8, 4)])
    private static let sampled = TestSet.v9Template(257, [TestField(8, 4), TestField(48, 1)])
    private static let options = TestSet.v9Options(
        300, scopes: [TestField(1, 4)], [TestField(48, 1), TestField(50, 4)])
    private static func sampler(_ id: UInt8, _ rate: UInt8) -> TestSet {
        .data(300, [0, 0, 0, 0, id, 0, 0, 0, rate])
    }

    @Test func readsTheRateOfTheRecordItself() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                .v9Template(256, [TestField(34, 2), TestField(35, 1)]),
                .data(256, [0, 100, 1, 0, 0, 1]),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["100", nil])
        #expect(bench.records[0]["sampling_source"] == "record")
        #expect(bench.records[0]["ie.samplingAlgorithm"] == "1")
    }

    @Test func addsUpPacketsTakenAndSkipped() {
        let bench = FlowBench()
        let fields = [TestField(305, 2), TestField(306, 2)]
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, fields),
                .data(256, [0, 1, 0, 99, 0, 1, 0, 99, 0, 2, 0, 18, 0, 1, 0, 0]),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["100", "100", "10", nil])
        #expect(bench.records[0]["sampling_source"] == "record")
        #expect(bench.runCount == 3)
    }

    @Test func appliesTheOnlySamplerToRecordsThatNameNone() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                Self.flow, Self.options, Self.sampler(1, 64), .data(256, [10, 0, 0, 1]),
            ]))
        #expect(bench.records.count == 1)
        #expect(bench.records[0]["sampling_rate"] == "64")
        #expect(bench.records[0]["sampling_source"] == "options")
        bench.feed(TestMessage.v9([Self.sampler(2, 32), .data(256, [10, 0, 0, 1])]))
        #expect(bench.records[1]["sampling_rate"] == nil)
    }

    @Test func findsEachRecordsSampler() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                Self.sampled, Self.options, Self.sampler(1, 64), Self.sampler(2, 32),
                .data(257, [10, 0, 0, 1, 1, 10, 0, 0, 2, 1, 10, 0, 0, 3, 2, 10, 0, 0, 4, 9]),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["64", "64", "32", nil])
        #expect(bench.records.map { $0["ie.samplerId"] } == ["1", "1", "2", "9"])
    }

    @Test func doesNotTakePacketsInARowForARate() {
        var tables = OptionsTables()
        let layout = TemplateLayout(
            flowProtocol: .ipfix, fields: [FieldSpecifier(element: 305, length: 1)],
            isOptions: true)
        [UInt8(100)].withBytes { tables.learn(from: $0, ranges: [0..<1], layout: layout) }
        #expect(tables.sampling(forSampler: nil, ingress: nil) == .unknown)
    }

    @Test func handsOnOptionsRecordsWhenAsked() {
        var options = NetflowDecoder.Options()
        options.emitsOptions = true
        let bench = FlowBench(options)
        bench.feed(TestMessage.v9([Self.options, Self.sampler(1, 64)]))
        #expect(bench.records.count == 1)
        let record = bench.records.first ?? [:]
        #expect(record["record_type"] == "options")
        #expect(record["ie.scopeSystem"] == "0")
        #expect(record["ie.samplerRandomInterval"] == "64")
        #expect(record["sampling_rate"] == nil)
        #expect(record["time_flow_start"] == nil)
    }
}
