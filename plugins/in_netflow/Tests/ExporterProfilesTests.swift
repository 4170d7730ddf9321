import Core
import Net
import Testing

@testable import InNetflow

@Suite struct ExporterProfilesTests {
    private static func entry(
        _ network: String, _ change: (inout ExporterProfile) -> Void
    ) -> ExporterProfiles.Entry? {
        var profile = ExporterProfile()
        change(&profile)
        return NetworkPrefix(network).map {
            ExporterProfiles.Entry(network: $0, profile: profile)
        }
    }

    private static func bench(
        _ general: ExporterProfile = ExporterProfile(), _ entries: ExporterProfiles.Entry?...
    ) -> FlowBench {
        var options = NetflowDecoder.Options()
        options.exporters = ExporterProfiles(general, entries: entries.compactMap { $0 })
        return FlowBench(options)
    }

    @Test(arguments: [
        ("10.1.2.3", UInt32(3)), ("10.1.2.4", 2), ("10.9.0.1", 1), ("192.0.2.1", 0),
        ("2001:db8::9", 4), ("::1", 0),
    ])
    func theSmallestNetworkCounts(address: String, rate: UInt32) throws {
        let profiles = ExporterProfiles(
            entries: [
                Self.entry("10.0.0.0/8") { $0.sampling = 1 },
                Self.entry("2001:db8::/32") { $0.sampling = 4 },
                Self.entry("10.1.2.3") { $0.sampling = 3 },
                Self.entry("10.1.0.0/16") { $0.sampling = 2 },
            ].compactMap { $0 })
        #expect(profiles.profile(of: try #require(IPAddress(address))).sampling == rate)
    }

    @Test func namesItsRecords() {
        let bench = Self.bench(
            ExporterProfile(), Self.entry("192.0.2.1") { $0.name = Array("München-1".utf8) })
        let packet = TestMessage.v5([TestMessage.v5Record()])
        bench.feed(packet)
        bench.feed(packet, from: IPAddress(v4: 0xc000_0202))
        bench.feed(
            TestMessage.ipfix([.ipfixTemplate(256, [TestField(8, 4)]), .data(256, [1, 2, 3, 4])]))
        #expect(bench.records.map { $0["sampler_name"] } == ["München-1", nil, "München-1"])
    }

    // MARK: Sampling

    private static let told: [(String, [UInt8])] = [
        ("v5", TestMessage.v5([TestMessage.v5Record()], sampling: 0x4064)),
        (
            "record",
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(1, 2), TestField(34, 1)]),
                .data(256, [5, 220, 100]),
            ])
        ),
        (
            "options",
            TestMessage.v9([
                .v9Template(256, [TestField(1, 2), TestField(48, 1)]),
                .v9Options(300, scopes: [TestField(1, 1)], [TestField(48, 1), TestField(50, 1)]),
                .data(300, [0, 1, 100]), .data(256, [5, 220, 1]),
            ])
        ),
    ]
    private static let untold = [
        ("v5", TestMessage.v5([TestMessage.v5Record()])),
        (
            "record",
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(1, 2), TestField(34, 1)]),
                .data(256, [5, 220, 0]),
            ])
        ),
        (
            "sampler",
            TestMessage.v9([
                .v9Template(256, [TestField(1, 2), TestField(48, 1)]), .data(256, [5, 220, 1]),
            ])
        ),
        (
            "nothing",
            TestMessage.ipfix([.ipfixTemplate(256, [TestField(1, 2)]), .data(256, [5, 220])])
        ),
    ]

    @Test(arguments: told + untold)
    func aConfiguredRateWinsAlways(name: String, packet: [UInt8]) {
        let bench = Self.bench(ExporterProfile(), Self.entry("192.0.2.1") { $0.sampling = 7 })
        bench.feed(packet)
        #expect(bench.records.map { $0["sampling_rate"] } == ["7"])
        #expect(bench.records.map { $0["sampling_source"] } == ["config"])
        #expect(bench.records.map { $0["bytes_est"] } == ["10500"])
        #expect(bench.records.map { $0["bytes"] } == ["1500"])
    }

    @Test(arguments: untold)
    func aDefaultRateFillsTheGap(name: String, packet: [UInt8]) {
        var general = ExporterProfile()
        general.defaultSampling = 9
        let bench = Self.bench(general)
        bench.feed(packet)
        #expect(bench.records.map { $0["sampling_rate"] } == ["9"])
        #expect(bench.records.map { $0["sampling_source"] } == ["default"])
    }

    @Test(arguments: told)
    func aDefaultRateYieldsToWhatIsTold(name: String, packet: [UInt8]) {
        var general = ExporterProfile()
        general.defaultSampling = 9
        let bench = Self.bench(general)
        bench.feed(packet)
        #expect(bench.records.map { $0["sampling_rate"] } == ["100"])
        #expect(bench.records.map { $0["sampling_source"] } != ["default"])
    }

    // MARK: Time zones

    @Test func setsClocksInLocalTimeRight() {
        let bench = Self.bench(ExporterProfile(), Self.entry("192.0.2.1") { $0.clockOffset = 7200 })
        bench.feed(TestMessage.v5([TestMessage.v5Record()]))
        #expect(bench.records[0]["time_exported"] == "2023-11-14T20:13:20.250Z")
        #expect(bench.records[0]["time_flow_start"] == "2023-11-14T20:13:10.250Z")
        #expect(bench.records[0]["time_received"] == "2023-11-14T22:13:21.000Z")
        let time: [UInt8] = [0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0]
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(152, 8), TestField(161, 4), TestField(258, 8)]),
                .data(256, time + [0, 0, 3, 0xe8] + time),
            ]))
        #expect(bench.records[1]["time_flow_start"] == "2023-11-14T20:13:20.000Z")
        #expect(bench.records[1]["time_exported"] == "2023-11-14T20:13:20.000Z")
        #expect(bench.records[1]["duration_ms"] == "1000")
        #expect(bench.records[1]["ie.collectionTimeMilliseconds"] == "2023-11-14T20:13:20.000Z")
    }

    @Test func setsBootTimesRight() {
        let bench = Self.bench(
            ExporterProfile(), Self.entry("192.0.2.1") { $0.clockOffset = -3600 })
        let boot: [UInt8] = [0, 0, 1, 0x8b, 0xcf, 0xe5, 0, 0]
        let ticks: [UInt8] = [0, 0, 0x27, 0x10]
        bench.feed(
            TestMessage.ipfix([
                .ipfixTemplate(256, [TestField(22, 4), TestField(160, 8)]),
                .data(256, ticks + boot), .ipfixTemplate(257, [TestField(22, 4)]),
                .ipfixOptions(300, scopeCount: 1, [TestField(149, 4), TestField(160, 8)]),
                .data(300, [0, 0, 0, 5] + boot), .data(257, ticks),
            ]))
        let expected = "2023-11-14T23:13:03.376Z"
        #expect(bench.records.map { $0["time_flow_start"] } == [expected, expected])
    }

    // MARK: Ports

    @Test(arguments: [true, false])
    func keepsExportersBehindOneAddressApart(separatesPorts: Bool) {
        let bench = Self.bench(
            ExporterProfile(), Self.entry("192.0.2.1") { $0.separatesPorts = separatesPorts })
        let template = TestSet.ipfixTemplate(256, [TestField(8, 4)])
        let other = TestSet.ipfixTemplate(256, [TestField(12, 4)])
        let flow = TestSet.data(256, [10, 0, 0, 1])
        bench.feed(TestMessage.ipfix([template]), port: 1001)
        bench.feed(TestMessage.ipfix([other]), port: 1002)
        bench.feed(TestMessage.ipfix([flow]), port: 1001)
        let column = separatesPorts ? "src_addr" : "dst_addr"
        #expect(bench.records.map { $0[column] } == ["10.0.0.1"])
        let names = bench.ledger.snapshot.map(\.name).sorted()
        #expect(
            names
                == (separatesPorts
                    ? ["192.0.2.1:1001 domain 5", "192.0.2.1:1002 domain 5"]
                    : ["192.0.2.1 domain 5"]))
    }

    // MARK: sFlow

    @Test func appliesToAgents() {
        let bench = Self.bench(
            ExporterProfile(),
            Self.entry("192.0.2.77") {
                $0.name = Array("leaf".utf8)
                $0.sampling = 50
            })
        let sample = TestSFlow.flow(TestSFlow.sampledIPv4, rate: 10)
        bench.feed(TestSFlow.datagram(sample, agent: 0xc000_024d))
        bench.feed(TestSFlow.datagram(sample, agent: 0xc000_024e))
        #expect(bench.records.map { $0["sampler_name"] } == ["leaf", nil])
        #expect(bench.records.map { $0["sampling_rate"] } == ["50", "10"])
        #expect(bench.records.map { $0["sampling_source"] } == ["config", "record"])
        #expect(bench.records.map { $0["packets_est"] } == ["50", "10"])
        #expect(bench.records.map { $0["bytes_est"] } == ["74000", "14800"])
        #expect(bench.records.map { $0["agent_sampling_rate"] } == ["10", nil])
    }
}
