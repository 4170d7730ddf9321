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

    // MARK: Rates by interface, and missing ones

    private static let byInterface = TestSet.v9Options(
        301, scopes: [TestField(2, 4)], [TestField(34, 4)])
    private static func interface(_ id: UInt8, _ rate: UInt8) -> TestSet {
        .data(301, [0, 0, 0, id, 0, 0, 0, rate])
    }

    @Test func findsTheRateOfEachIngressInterface() {
        let bench = FlowBench()
        let flows = TestSet.data(258, [1, 5, 2, 5, 3, 5, 0, 5])
        bench.feed(
            TestMessage.v9([
                .v9Template(258, [TestField(10, 1), TestField(1, 1)]), Self.byInterface,
                Self.interface(1, 10), Self.interface(2, 20), flows,
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["10", "20", nil, nil])
        #expect(bench.records.map { $0["sampling_source"] } == ["options", "options", nil, nil])
        // What is told without a sampler holds for the others; interface 0 is none.
        bench.feed(TestMessage.v9([Self.interface(0, 30), flows]))
        #expect(bench.records.suffix(4).map { $0["sampling_rate"] } == ["10", "20", "30", "30"])
    }

    @Test func takesTheOnlyInterfacesRateForRecordsWithoutInterface() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                Self.flow, Self.byInterface, Self.interface(4, 10), .data(256, [10, 0, 0, 1]),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["10"])
    }

    @Test func believesASamplersRateBeforeThatOfTheInterface() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                .v9Template(258, [TestField(10, 1), TestField(48, 1)]), Self.options,
                Self.byInterface, Self.sampler(7, 70), Self.sampler(0, 99), Self.interface(1, 10),
                .data(258, [1, 7, 1, 8, 2, 8]),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["70", "10", "99"])
    }

    @Test(arguments: [false, true])
    func fillsRatesThatSingleRecordsLack(isVariable: Bool) {
        let bench = FlowBench()
        let name = isVariable ? [TestField(371, 65_535)] : []
        let text: [UInt8] = isVariable ? [1, 0x61] : []
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(258, [TestField(34, 2), TestField(1, 1)] + name),
                .data(258, [0, 5, 3] + text + [0, 0, 3] + text),
                .ipfixOptions(300, scopeCount: 1, [TestField(149, 4), TestField(34, 1)]),
                .data(300, [0, 0, 0, 5, 40]),
                .data(258, [0, 5, 3] + text + [0, 0, 3] + text), .data(258, [0, 6, 3] + text),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["5", nil, "5", "40", "6"])
        #expect(
            bench.records.map { $0["sampling_source"] } == [
                "record", "record", "record", "options", "record",
            ])
        #expect(bench.records.map { $0["bytes_est"] } == ["15", nil, "15", "120", "18"])
        #expect(bench.records.map { $0["bytes"] } == Array(repeating: "3", count: 5))
    }

    // MARK: Estimates

    @Test func multipliesNothingWhereNoRateIsKnown() {
        let bench = FlowBench()
        bench.feed(TestMessage.v5([TestMessage.v5Record()]))
        #expect(bench.records.map { $0["bytes_est"] } == [nil])
        bench.feed(TestMessage.v5([TestMessage.v5Record()], sampling: 0x4064, sequence: 43))
        #expect(bench.records.last?["bytes_est"] == "150000")
        #expect(bench.records.last?["packets_est"] == "1000")
        #expect(bench.records.last?["bytes"] == "1500")
    }

    @Test func estimatesStopAtTheLargestNumber() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(1, 8), TestField(34, 4)]),
                .data(256, Array(repeating: 0xff, count: 9) + [0, 0, 0]),
            ]))
        #expect(bench.records.map { $0["bytes_est"] } == ["18446744073709551615"])
    }

    @Test func leavesEstimatesOutWhenAsked() {
        var options = NetflowDecoder.Options()
        options.shapes.estimates = false
        let bench = FlowBench(options)
        bench.feed(TestMessage.v5([TestMessage.v5Record()], sampling: 0x4064))
        #expect(bench.records.map { $0["sampling_rate"] } == ["100"])
        #expect(bench.records.allSatisfy { $0["bytes_est"] == nil })
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
