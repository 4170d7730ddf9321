import Core
import Testing

@testable import InNetflow

@Suite struct ExporterTableTests {
    private static let fields = [TestField(8, 4)]

    private static func bench(_ change: (inout ExporterTable.Limits) -> Void) -> FlowBench {
        var options = NetflowDecoder.Options()
        change(&options.limits)
        return FlowBench(options)
    }

    private static func message(_ template: UInt16 = 256, source: UInt32 = 5) -> [UInt8] {
        TestMessage.v9([.v9Template(template, fields)], source: source)
    }

    private static func data(_ template: UInt16 = 256, source: UInt32 = 5) -> [UInt8] {
        TestMessage.v9([.data(template, [10, 0, 0, 1])], source: source)
    }

    @Test func forgetsTheExporterSilentForLongest() {
        let bench = Self.bench { $0.exporters = 3 }
        for address in [1, 2, 3, 1, 4] as [UInt32] {
            bench.feed(Self.message(), from: IPAddress(v4: address))
        }
        #expect(bench.count(.flowExporterLimit) == 1)
        for address in [1, 3, 4] as [UInt32] {
            bench.feed(Self.data(), from: IPAddress(v4: address))
        }
        #expect(bench.records.count == 3)
        bench.feed(Self.data(), from: IPAddress(v4: 2))
        #expect(bench.records.count == 3)
    }

    @Test func boundsExportersThatNeverEnd() {
        let bench = Self.bench { $0.exporters = 64 }
        for address in 0..<2000 as Range<UInt32> {
            bench.feed(Self.message(), from: IPAddress(v4: address))
        }
        #expect(bench.decoder.domainCount <= 64)
        #expect(bench.count(.flowExporterLimit) >= 1936)
    }

    @Test func forgetsTheDomainSilentForLongest() {
        let bench = Self.bench { $0.domainsPerExporter = 2 }
        for source in [1, 2, 1, 3] as [UInt32] { bench.feed(Self.message(source: source)) }
        for source in [1, 3] as [UInt32] { bench.feed(Self.data(source: source)) }
        #expect(bench.records.count == 2)
        #expect(bench.decoder.domainCount == 2)
        #expect(bench.count(.flowExporterLimit) == 1)
    }

    @Test func forgetsTheTemplatesNotUsedForLongest() {
        let bench = Self.bench { $0.templatesPerDomain = 4 }
        for id in 256..<260 as Range<UInt16> { bench.feed(Self.message(id)) }
        bench.feed(Self.data(256))
        bench.feed(Self.message(300))
        #expect(bench.count(.flowTemplateLimit) == 1)
        bench.feed(Self.data(256))
        bench.feed(Self.data(300))
        #expect(bench.records.count == 3)
        bench.feed(Self.data(257))
        bench.finish()
        #expect(bench.count(.flowUnknownTemplate) == 1)
    }

    @Test func boundsTheMemoryOfTemplates() {
        let limit = 100_000
        let bench = Self.bench { $0.templateBytes = limit }
        let same = (0..<100).map { TestField(8, 4 + $0 % 3) }
        for address in 0..<200 as Range<UInt32> {
            let many = [TestField(UInt16(1000 + address), 1)] + same
            bench.feed(
                TestMessage.v9([
                    .v9Template(256, many),
                    .data(256, Array(repeating: 1, count: 1000)),
                ]), from: IPAddress(v4: address))
            #expect(bench.decoder.storedBytes <= limit)
        }
        #expect(bench.count(.flowExporterLimit) > 0)
        #expect(!bench.records.isEmpty)
    }

    @Test func sharesWhatExportersAnnounceAlike() {
        let bench = Self.bench { _ in }
        var sizes: [Int] = []
        for address in 1...3 as ClosedRange<UInt32> {
            bench.feed(Self.message(256), from: IPAddress(v4: address))
            bench.feed(Self.data(256), from: IPAddress(v4: address))
            sizes.append(bench.decoder.storedBytes)
        }
        // The first brings the compiled fields, the others a template each.
        #expect(sizes[0] > 1000)
        #expect(sizes[2] - sizes[1] == sizes[1] - sizes[0])
        #expect(sizes[1] - sizes[0] < 200)
    }

    @Test func forgetsWhatNoTemplateSharesAnyMore() {
        let bench = Self.bench { _ in }
        bench.feed(Self.message(256))
        bench.feed(Self.data(256))
        let size = bench.decoder.storedBytes
        for length in 5..<100 as Range<UInt16> {
            bench.feed(TestMessage.v9([.v9Template(256, [TestField(8, length)])]))
        }
        bench.feed(Self.message(256))
        bench.feed(Self.data(256))
        #expect(bench.decoder.storedBytes == size)
    }

    @Test func keepsAnExporterWithinTheMemoryOnItsOwn() {
        let bench = Self.bench { $0.templateBytes = 10_000 }
        for id in 256..<400 as Range<UInt16> { bench.feed(Self.message(id)) }
        #expect(bench.decoder.storedBytes <= 10_000)
        #expect(bench.count(.flowTemplateLimit) > 0)
        // What follows is decoded again.
        bench.feed(Self.message(500))
        bench.feed(Self.data(500))
        #expect(bench.records.count == 1)
    }

    @Test func balancesItsBooksAcrossRedefinition() {
        let bench = Self.bench { _ in }
        for round in 0..<50 {
            let fields = [TestField(8, 4), TestField(round % 2 == 0 ? 7 : 11, 2)]
            bench.feed(
                TestMessage.v9([.v9Template(256, fields), .data(256, [1, 2, 3, 4, 5, 6])]))
        }
        // One template and its plan are left, whatever came before.
        #expect(bench.decoder.storedBytes < 20_000)
        #expect(bench.records.count == 50)
    }
}
