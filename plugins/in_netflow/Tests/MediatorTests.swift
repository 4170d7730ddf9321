import Core
import Net
import Testing

@testable import InNetflow

@Suite struct MediatorTests {
    private static func bench(trusting network: String = "192.0.2.0/24") -> FlowBench {
        var options = NetflowDecoder.Options()
        options.exporters = ExporterProfiles(mediators: [network].compactMap(NetworkPrefix.init))
        return FlowBench(options)
    }

    private static let sixteen: [UInt8] =
        [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [1]
    private static let template = TestSet.ipfixTemplate(
        256, [TestField(8, 4), TestField(403, 4), TestField(404, 16), TestField(405, 4)])
    private static func flow(v4: [UInt8], v6: [UInt8]) -> [UInt8] {
        [10, 0, 0, 1] + v4 + v6 + [0, 0, 0, 77]
    }

    @Test func believesTrustedSendersAboutEachRecord() {
        let bench = Self.bench()
        let none = [UInt8](repeating: 0, count: 16)
        bench.feed(
            TestMessage.ipfix([
                Self.template,
                .data(
                    256,
                    Self.flow(v4: [10, 9, 9, 1], v6: none)
                        + Self.flow(v4: [0, 0, 0, 0], v6: Self.sixteen)
                        + Self.flow(v4: [0, 0, 0, 0], v6: none)),
            ]))
        #expect(
            bench.records.map { $0["sampler_address"] } == ["10.9.9.1", "2001:db8::1", "192.0.2.1"])
        #expect(bench.records.allSatisfy { $0["peer_address"] == "192.0.2.1" })
        #expect(bench.records.allSatisfy { $0["original_domain_id"] == "77" })
        #expect(bench.records.allSatisfy { $0["ie.originalExporterIPv4Address"] == nil })
    }

    @Test func showsWhatOthersSayAsElements() {
        let bench = Self.bench(trusting: "198.51.100.0/24")
        bench.feed(
            TestMessage.ipfix([
                Self.template, .data(256, Self.flow(v4: [10, 9, 9, 1], v6: Self.sixteen)),
            ]))
        let record = bench.records.first ?? [:]
        #expect(record["sampler_address"] == "192.0.2.1")
        #expect(record["ie.originalExporterIPv4Address"] == "10.9.9.1")
        #expect(record["ie.originalExporterIPv6Address"] == "2001:db8::1")
        #expect(record["ie.originalObservationDomainId"] == "77")
        #expect(record["original_domain_id"] == nil)
    }

    @Test func prefersTheOriginalExporterAndKeepsTheOther() {
        let bench = Self.bench()
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(130, 4), TestField(403, 4)]),
                .data(256, [10, 0, 0, 130, 10, 0, 4, 3]),
            ]))
        #expect(bench.records.first?["sampler_address"] == "10.0.4.3")
        #expect(bench.records.first?["ie.exporterIPv4Address"] == "10.0.0.130")
    }

    @Test(arguments: [true, false])
    func takesTheExporterOfTheDomainFromOptions(isTrusted: Bool) {
        let bench = Self.bench(trusting: isTrusted ? "192.0.2.1" : "192.0.2.2")
        let flow = TestSet.data(256, [10, 0, 0, 1])
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(8, 4)]), flow,
                .ipfixOptions(300, scopeCount: 1, [TestField(149, 4), TestField(131, 16)]),
                .data(300, [0, 0, 0, 5] + Self.sixteen), flow,
            ]))
        // Another domain was told nothing.
        bench.feed(
            TestMessage.ipfix([.ipfixTemplate(256, [TestField(8, 4)]), flow], domain: 6))
        let told = isTrusted ? "2001:db8::1" : "192.0.2.1"
        #expect(bench.records.map { $0["sampler_address"] } == ["192.0.2.1", told, "192.0.2.1"])
        #expect(bench.records.allSatisfy { $0["peer_address"] == "192.0.2.1" })
    }
}
