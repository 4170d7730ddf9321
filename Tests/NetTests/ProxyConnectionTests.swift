import Core
import Foundation
import Glibc
import Net
import TLS
import TestKit
import Testing

/// PROXY headers in front of connections of trusted relays.
@Suite(.serialized) struct ProxyConnectionTests {
    private static let binary = ProxyHeaderTests.binary(
        0x21, 0x11, ProxyHeaderTests.v4 + ProxyHeaderTests.tlv)
    private static let text = Array("PROXY TCP4 192.0.2.1 198.51.100.1 40000 514\r\n".utf8)
    private static let local = ProxyHeaderTests.binary(0x20, 0, [])
    private static let message = Array("<1>hello\n".utf8)

    private func withListener(
        tls: TLSServerSettings? = nil, frameTimeout: Int64 = 60_000,
        _ body: (Endpoint, Inbox) throws -> Void
    ) throws {
        var options = StreamListener.Options()
        options.relays = [try #require(NetworkPrefix("127.0.0.0/8"))]
        options.tls = tls
        options.frameTimeoutMilliseconds = frameTimeout
        let address = tls == nil ? StreamListenerTests.anyPort : StreamListenerTLSTests.anyPort
        try StreamListenerTests().withListener(address, options: options) { listener, inbox in
            try body(listener.localEndpoint, inbox)
        }
    }

    /// Sends each piece on its own, as far as the system lets it.
    private func send(_ bytes: [UInt8], in pieces: Int, by client: Client) {
        var yes: Int32 = 1
        // The pointer lives for the call only.
        _ = unsafe setsockopt(
            client.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes,
            socklen_t(MemoryLayout<Int32>.size))
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            client.send(Array(bytes[start..<min(start + pieces, bytes.count)]))
        }
    }

    @Test(arguments: [text, binary], [1, 7, 16, 1000])
    func namesTheSender(header: [UInt8], pieces: Int) throws {
        try withListener { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            send(header + Self.message, in: pieces, by: client)
            #expect(inbox.wait { $0.payloads.count == 1 })
            #expect(inbox.now.payloads == [Array("<1>hello".utf8)])
            #expect(inbox.now.sources.map(\.peer) == [ProxyHeaderTests.origin4])
            #expect(inbox.now.identities == [ConnectionIdentity(relay: .loopback)])
            client.endSending()
            #expect(inbox.wait { $0.ended == [ProxyHeaderTests.origin4] })
            #expect(inbox.now.problems.isEmpty)
        }
    }

    @Test(arguments: [[], local, Array("PROXY UNKNOWN\r\n".utf8)])
    func leavesTheRelayAsTheSender(header: [UInt8]) throws {
        try withListener { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            send(header + Self.message, in: 1, by: client)
            #expect(inbox.wait { $0.payloads.count == 1 })
            #expect(inbox.now.sources.first?.peer.address == .loopback)
            #expect(inbox.now.identities.isEmpty)
        }
    }

    /// What begins like a header and ends is a message.
    @Test(arguments: ["PRO", "PROXY TCP4 192.0.2.1", "\r\n\r\n\0\r\nQU", "P"])
    func keepsBeginningsOfHeadersAtTheEnd(text: String) throws {
        try withListener { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            client.send(text)
            client.endSending()
            #expect(inbox.wait { $0.ended.count == 1 })
            let bytes = inbox.now.truncated.flatMap { $0 }
            #expect(text.hasSuffix(String(decoding: bytes, as: UTF8.self)) && !bytes.isEmpty)
        }
    }

    @Test(arguments: ["PROXY TCP4 no\r\n<1>a\n", String(repeating: "PROXY ", count: 20)])
    func closesAndCountsWhatIsNoHeader(text: String) throws {
        try withListener { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            client.send(text)
            #expect(client.isClosedByPeer())
            #expect(inbox.wait { $0.problems == [.proxyHeaderMalformed] && $0.ended.count == 1 })
            #expect(inbox.now.payloads.isEmpty)
        }
    }

    @Test(arguments: ["P", "PROXY TCP4 192.0.2.1", "\r\n\r\n\0\r\nQUIT\n"])
    func closesConnectionsWhoseHeaderNeverEnds(start: String) throws {
        try withListener(frameTimeout: 30) { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            client.send(start)
            #expect(client.isClosedByPeer())
            #expect(inbox.wait { $0.problems == [.frameTimeout] && $0.ended.count == 1 })
        }
    }

    @Test func takesWhatCameBeforeItStops() throws {
        var options = StreamListener.Options()
        options.relays = [try #require(NetworkPrefix("127.0.0.0/8"))]
        let listener = try StreamListener(StreamListenerTests.anyPort, options: options)
        let first = try Client(tcpTo: listener.localEndpoint)
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler)
        }
        first.send(Self.text + Self.message)
        #expect(inbox.wait { $0.payloads.count == 1 })
        first.send("<1>b\n")
        listener.stop()
        #expect(runner.join())
        #expect(inbox.now.payloads.count == 2)
    }

    @Test(arguments: [text, binary], [1, 1000])
    func goesOnWithTheHandshakeBehindTheHeader(header: [UInt8], pieces: Int) throws {
        let authority = try TestAuthority()
        let server = try authority.issue("server.example.net")
        let router = try authority.issue("r1")
        var tls = TLSServerSettings(certificateFile: server.certificate, keyFile: server.key)
        tls.authorityFile = authority.root.certificate
        tls.clientCertificates = .required
        try withListener(tls: tls) { endpoint, inbox in
            let client = try TLSClient(to: endpoint, identity: router)
            for start in stride(from: 0, to: header.count, by: pieces) {
                let piece = Array(header[start..<min(start + pieces, header.count)])
                // The array lives for the call.
                _ = unsafe write(client.descriptor, piece, piece.count)
            }
            #expect(client.shakeHands())
            client.send(Self.message)
            #expect(inbox.wait { $0.payloads.count == 1 })
            #expect(inbox.now.sources.map(\.peer) == [ProxyHeaderTests.origin4])
            #expect(
                inbox.now.identities == [
                    ConnectionIdentity(relay: .loopback, certificateName: "r1")
                ])
        }
    }
}
