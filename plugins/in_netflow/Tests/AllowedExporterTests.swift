import Core
import Net
import Testing

@testable import InNetflow

@Suite struct AllowedExporterTests {
    @Test func leavesOutSendersThatAreNotNamed() {
        var options = NetflowDecoder.Options()
        options.senders = SenderList(
            ["198.51.100.0/24", "203.0.113.9"].compactMap(NetworkPrefix.init))
        let bench = FlowBench(options)
        let payload = TestMessage.v5([TestMessage.v5Record()])
        for sender in [0xc633_6407, 0xcb00_7109, 0xcb00_710a, 0xc000_0201] as [UInt32] {
            bench.feed(payload, from: IPAddress(v4: sender))
        }
        #expect(bench.records.count == 2 && bench.problems == [.flowRefusedSender: 2])
        // Files of raw datagrams have no senders.
        bench.feed(payload, from: .any)
        #expect(bench.records.count == 3)
    }

    @Test func leavesOutProtocolsThatAreNotNamed() {
        var options = NetflowDecoder.Options()
        options.protocols = ProtocolSet([.netflowV5, .ipfix])
        let bench = FlowBench(options)
        bench.feed(TestMessage.v5([TestMessage.v5Record()]))
        bench.feed(TestMessage.v9([]))
        bench.feed(TestMessage.ipfix([]))
        bench.feed(TestSFlow.datagram(TestSFlow.flow()))
        bench.feed(TestSFlow.words(4, 1, 1, 1, 1, 1, 1))
        #expect(bench.records.count == 1)
        #expect(bench.problems == [.flowRefusedProtocol: 2, .flowUnknownVersion: 1])
        options.protocols = ProtocolSet([.sflow])
        let other = FlowBench(options)
        other.feed(TestSFlow.datagram(TestSFlow.flow()))
        other.feed(TestMessage.v5([TestMessage.v5Record()]))
        #expect(other.records.count == 1 && other.problems == [.flowRefusedProtocol: 1])
    }
}
