import Core
import Testing

@testable import InNetflow

@Suite struct LearnedNamesTests {
    private static let flow = TestSet.v9Template(
        256, [TestField(8, 4), TestField(10, 4), TestField(14, 2)])
    private static let interfaces = TestSet.v9Options(
        300, scopes: [TestField(2, 4)], [TestField(82, 8), TestField(83, 4)])

    private static func interface(_ id: UInt8, _ name: String, _ text: String = "") -> TestSet {
        .data(300, [0, 0, 0, id] + padded(name, 8) + padded(text, 4))
    }

    private static func padded(_ text: String, _ count: Int) -> [UInt8] {
        Array(text.utf8) + Array(repeating: 0, count: count - text.utf8.count)
    }

    private static func flow(_ last: UInt8, in ingress: UInt8, out egress: UInt8) -> [UInt8] {
        [10, 0, 0, last, 0, 0, 0, ingress, 0, egress]
    }

    @Test func namesTheInterfacesOfEachRecord() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                Self.flow, Self.interfaces, Self.interface(7, "Te0/0", "edge"),
                Self.interface(8, "Te0/1"), Self.interface(9, "", "core"),
                .data(
                    256,
                    Self.flow(1, in: 7, out: 8) + Self.flow(2, in: 9, out: 5)
                        + Self.flow(3, in: 0, out: 7)),
            ]))
        #expect(bench.records.map { $0["in_if_name"] } == ["Te0/0", "core", nil])
        #expect(bench.records.map { $0["out_if_name"] } == ["Te0/1", nil, "Te0/0"])
        #expect(bench.records.map { $0["in_if"] } == ["7", "9", "0"])
        #expect(bench.records.map { $0["src_addr"] } == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(bench.records.allSatisfy { $0["in_vrf_name"] == nil })
    }

    @Test func copiesRecordsAsTheyAreUntilANameIsKnown() {
        let bench = FlowBench()
        let flows = TestSet.data(256, Self.flow(1, in: 7, out: 8))
        bench.feed(TestMessage.v9([Self.flow, flows]))
        bench.feed(TestMessage.v9([Self.interfaces, Self.interface(7, "a")]))
        bench.feed(TestMessage.v9([flows]))
        bench.feed(TestMessage.v9([Self.interface(7, "b")]))
        bench.feed(TestMessage.v9([flows]))
        #expect(bench.records.map { $0["in_if_name"] } == [nil, "a", "b"])
        // Another domain of the same exporter has names of its own.
        bench.feed(TestMessage.v9([Self.flow, flows], source: 6))
        #expect(bench.records.last?["in_if_name"] == nil)
        #expect(bench.records.last?["src_addr"] == "10.0.0.1")
    }

    @Test func namesRecordsOfVariableLength() {
        let bench = FlowBench()
        let name = Array("ge-1".utf8)
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(371, 65_535), TestField(10, 4), TestField(14, 4)]),
                .ipfixOptions(300, scopeCount: 1, [TestField(10, 4), TestField(82, 65_535)]),
                .data(300, [0, 0, 0, 3, UInt8(name.count)] + name),
                .data(
                    256,
                    [3] + Array("bob".utf8) + [0, 0, 0, 3, 0, 0, 0, 4]
                        + [0] + [0, 0, 0, 4, 0, 0, 0, 3]),
            ]))
        #expect(bench.records.map { $0["in_if_name"] } == ["ge-1", nil])
        #expect(bench.records.map { $0["out_if_name"] } == [nil, "ge-1"])
        #expect(bench.records.map { $0["user_name"] } == ["bob", ""])
    }

    @Test func namesVRFsAndApplications() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(234, 4), TestField(235, 4), TestField(95, 4)]),
                .ipfixOptions(300, scopeCount: 1, [TestField(234, 4), TestField(236, 4)]),
                .ipfixOptions(301, scopeCount: 1, [TestField(95, 5), TestField(96, 4)]),
                .data(
                    300,
                    [0, 0, 0, 1] + Array("blue".utf8) + [0, 0, 0, 2] + Array("red".utf8) + [0]),
                // The selector takes four bytes here and three in records.
                .data(301, [13, 0, 0, 1, 0xbb] + Array("quic".utf8)),
                .data(
                    256,
                    [0, 0, 0, 1, 0, 0, 0, 2, 13, 0, 1, 0xbb, 0, 0, 0, 9, 0, 0, 0, 1, 3, 0, 0, 80]),
            ]))
        #expect(bench.records.map { $0["in_vrf_name"] } == ["blue", nil])
        #expect(bench.records.map { $0["out_vrf_name"] } == ["red", "blue"])
        #expect(bench.records.map { $0["app_name"] } == ["quic", nil])
        #expect(bench.records.map { $0["app_id"] } == ["0d0001bb", "03000050"])
    }

    @Test func believesTheRecordAboutItsApplication() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(95, 4), TestField(96, 2)]),
                .ipfixOptions(301, scopeCount: 1, [TestField(95, 4), TestField(96, 4)]),
                .data(301, [13, 0, 0, 1] + Array("quic".utf8)),
                .data(256, [13, 0, 0, 1] + Array("h3".utf8)),
            ]))
        #expect(bench.records.map { $0["app_name"] } == ["h3"])
    }

    @Test func cutsLongNamesBetweenCharacters() {
        let bench = FlowBench()
        let text = Array(String(repeating: "ü", count: 100).utf8)
        // One byte in front: the limit lies inside a character.
        let name = [UInt8(ascii: "x")] + text
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(10, 1)]),
                .ipfixOptions(300, scopeCount: 1, [TestField(10, 1), TestField(82, 65_535)]),
                .data(300, [5, UInt8(name.count)] + name), .data(256, [5]),
            ]))
        #expect(bench.records.first?["in_if_name"] == "x" + String(repeating: "ü", count: 63))
    }

    @Test func namesTheInterfacesOfSFlowSamples() {
        let bench = FlowBench()
        let name = TestSFlow.words(6) + Array("swp5".utf8) + Array("01".utf8) + [0, 0]
        let sample = TestSFlow.flow(TestSFlow.sampledIPv4)
        bench.feed(
            TestSFlow.datagram(
                sample, TestSFlow.counters(TestSFlow.tagged(1005, name)), sample))
        #expect(bench.records.map { $0["in_if_name"] } == [nil, nil, "swp501"])
        #expect(bench.records.map { $0["out_if_name"] } == [nil, nil, nil])
        #expect(bench.records.map { $0["if_name"] } == [nil, "swp501", nil])
        #expect(bench.records[2]["src_addr"] == bench.records[0]["src_addr"])
        // Another sub-agent numbers its interfaces itself.
        bench.feed(TestSFlow.datagram(sample, subAgent: 4))
        #expect(bench.records[3]["in_if_name"] == nil)
    }

    @Test func chargesNamesToTheMemoryOfTemplates() {
        let bench = FlowBench()
        bench.feed(TestMessage.v9([Self.interfaces]))
        let before = bench.decoder.storedBytes
        bench.feed(TestMessage.v9([Self.interface(1, "a"), Self.interface(2, "b")]))
        let grown = bench.decoder.storedBytes - before
        #expect(grown > 100)
        bench.feed(TestMessage.v9([Self.interface(1, "a"), Self.interface(2, "b")]))
        #expect(bench.decoder.storedBytes == before + grown)
    }

    @Test func forgetsNamesWhenMemoryRunsOut() {
        var options = NetflowDecoder.Options()
        options.limits.templateBytes = 3000
        let bench = FlowBench(options)
        bench.feed(TestMessage.v9([Self.interfaces]))
        for id in UInt8(1)...100 { bench.feed(TestMessage.v9([Self.interface(id, "name")])) }
        #expect(bench.decoder.storedBytes <= 3000)
        #expect(bench.count(.flowTemplateLimit) > 0)
    }

    @Test func keepsRunsOfOneRateTogetherWithNames() {
        let bench = FlowBench()
        bench.feed(
            TestMessage.v9([
                .v9Template(256, [TestField(10, 2), TestField(48, 1), TestField(1, 2)]),
                Self.interfaces, Self.interface(7, "a"),
                .v9Options(301, scopes: [TestField(1, 1)], [TestField(48, 1), TestField(50, 1)]),
                .data(301, [0, 1, 10, 0, 2, 20]),
                .data(256, [0, 7, 1, 0, 3, 0, 8, 1, 0, 4, 0, 7, 2, 0, 5]),
            ]))
        #expect(bench.records.map { $0["sampling_rate"] } == ["10", "10", "20"])
        #expect(bench.records.map { $0["in_if_name"] } == ["a", nil, "a"])
        #expect(bench.records.map { $0["bytes_est"] } == ["30", "40", "100"])
        #expect(bench.runCount == 2)
    }
}
