import Core
import Testing

@testable import InNetflow

/// Templates as part of a transport session (RFC 7011 §8): a connection or a file.
@Suite struct SessionTests {
    private static let fields = [TestField(8, 4)]
    private static let data = TestMessage.ipfix([.data(256, [10, 0, 0, 1])])

    private static func template(_ id: UInt16 = 256) -> [UInt8] {
        TestMessage.ipfix([.ipfixTemplate(id, fields)])
    }

    private static func withdrawal(_ id: UInt16, set: UInt16 = 2) -> [UInt8] {
        TestMessage.ipfix([TestSet(id: set, body: [UInt8(id >> 8), UInt8(id & 0xff), 0, 0])])
    }

    static let sessions: [Transport] = [.tcp, .tls, .file]

    @Test(arguments: sessions)
    func aWithdrawnTemplateIsGone(transport: Transport) {
        let bench = FlowBench()
        for message in [Self.template(), Self.data, Self.withdrawal(256), Self.data] {
            bench.feed(message, by: transport)
        }
        #expect(bench.records.count == 1)
        bench.finish()
        #expect(bench.count(.flowUnknownTemplate) == 1)
        #expect(bench.count(.flowUnknownWithdrawal) == 0)
    }

    @Test func datagramsWithdrawNothing() {
        let bench = FlowBench()
        for message in [Self.template(), Self.withdrawal(256), Self.withdrawal(2), Self.data] {
            bench.feed(message)
        }
        #expect(bench.records.count == 1)
        #expect(bench.problems.isEmpty)
    }

    @Test func allTemplatesOfAKindAreWithdrawnAtOnce() {
        let options = TestMessage.ipfix([
            .ipfixOptions(300, scopeCount: 1, [TestField(149, 4), TestField(34, 4)])
        ])
        for (set, left) in [(2, [UInt16]()), (3, [256, 257])] as [(UInt16, [UInt16])] {
            let bench = FlowBench()
            for message in [Self.template(), Self.template(257), options] {
                bench.feed(message, by: .tcp)
            }
            bench.feed(Self.withdrawal(set, set: set), by: .tcp)
            for id in [256, 257] as [UInt16] {
                bench.feed(TestMessage.ipfix([.data(id, [10, 0, 0, 1])]), by: .tcp)
            }
            #expect(bench.records.compactMap { $0["template_id"] } == left.map(String.init))
        }
    }

    @Test func aWithdrawalOfNothingIsCounted() {
        let bench = FlowBench()
        bench.feed(Self.withdrawal(256), by: .tcp)
        #expect(bench.problems == [.flowUnknownWithdrawal: 1])
    }

    @Test func anIdMayBeDefinedAnewWithAndWithoutWithdrawal() {
        let other = TestMessage.ipfix([.ipfixTemplate(256, [TestField(12, 4)])])
        for between in [[], Self.withdrawal(256)] {
            let bench = FlowBench()
            bench.feed(Self.template(), by: .tcp)
            if !between.isEmpty { bench.feed(between, by: .tcp) }
            bench.feed(other, by: .tcp)
            bench.feed(Self.data, by: .tcp)
            #expect(bench.records.first?["dst_addr"] == "10.0.0.1")
            #expect(bench.problems.isEmpty)
        }
    }

    @Test func aConnectionDoesNotUseTheTemplatesOfAnother() {
        let bench = FlowBench()
        bench.feed(Self.template(), port: 1001, by: .tcp)
        bench.feed(Self.data, port: 1002, by: .tcp)
        bench.feed(Self.data, by: .udp)
        #expect(bench.records.isEmpty)
        bench.feed(Self.data, port: 1001, by: .tcp)
        #expect(bench.records.count == 1)
    }

    @Test func aConnectionIsNamedWithItsPort() {
        let bench = FlowBench()
        bench.feed(Self.template(), port: 1001, by: .tcp)
        bench.feed(Self.template(), port: 1001)
        bench.feed(
            Self.template(), from: IPAddress(high: 0x2001_0db8_0000_0000, low: 1), port: 1001,
            by: .tls)
        #expect(
            bench.ledger.snapshot.map(\.name) == [
                "192.0.2.1 domain 5", "192.0.2.1:1001 domain 5", "[2001:db8::1]:1001 domain 5",
            ])
    }

    @Test func aConnectionThatEndedLeavesNothingBehind() {
        let bench = FlowBench()
        bench.feed(Self.template(), port: 1001, by: .tcp)
        bench.feed(TestMessage.ipfix([.data(999, [1, 2, 3, 4])]), port: 1001, by: .tcp)
        bench.feed(Self.template(), port: 1002, by: .tcp)
        #expect(bench.decoder.heldCount == 1)
        bench.endConnection(port: 1001)
        #expect(bench.decoder.heldCount == 0)
        #expect(bench.count(.flowUnknownTemplate) == 1)
        #expect(bench.count(.flowExporterLimit) == 0)
        // The next one with the same port begins without templates; the other goes on.
        bench.feed(Self.data, port: 1001, by: .tcp)
        #expect(bench.records.isEmpty)
        bench.feed(Self.data, port: 1002, by: .tcp)
        #expect(bench.records.count == 1)
        bench.endConnection(port: 1001)
        bench.endConnection(port: 1002)
        #expect(bench.decoder.domainCount == 0)
        #expect(bench.decoder.storedBytes == 0)
    }

    @Test func theEndOfAConnectionLeavesDatagramsAlone() {
        let bench = FlowBench()
        bench.feed(Self.template())
        bench.endConnection()
        bench.feed(Self.data)
        #expect(bench.records.count == 1)
    }
}
