import Core
import Testing

@testable import InNetflow

@Suite struct SenderListTests {
    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
        ("192.0.2.77/24", "192.0.2.1", true), ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "203.0.113.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "192.0.2.1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
        ("2001:db8::/65", "2001:db8::8000:0:0:0", false), ("2001:db8::1/128", "2001:db8::1", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
    ])
    func tellsWhoIsInANetwork(network: String, address: String, isInside: Bool) throws {
        let prefix = try #require(NetworkPrefix(network))
        #expect(try prefix.contains(#require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/+8", "192.0.2/24",
        "::/129", "192.0.2.0/24/8", "a/8", "192.0.2.0/ 8",
    ])
    func refusesOtherText(text: String) { #expect(NetworkPrefix(text) == nil) }

    @Test func leavesOutSendersThatAreNotNamed() {
        var options = NetflowDecoder.Options()
        options.senders.networks = ["198.51.100.0/24", "203.0.113.9"].compactMap(NetworkPrefix.init)
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
