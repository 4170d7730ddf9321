import Core
import Foundation
import Net
import TLS
import TestKit
import Testing

@Suite(.serialized) struct StreamListenerTLSTests {
    static let anyPort = ListenAddress(
        transport: .tls, endpoint: Endpoint(address: .loopback, port: 0))

    private let authority: TestAuthority
    private let server: TestAuthority.Identity
    private let client: TestAuthority.Identity

    init() throws {
        authority = try TestAuthority()
        server = try authority.issue("server.example.net")
        client = try authority.issue("r1", dnsNames: ["r1.example.net", "r1.example.org"])
    }

    /// Runs a listener that takes the authority's clients only, unless `change` says otherwise.
    func withListener(
        _ change: (inout StreamListener.Options, inout TLSServerSettings) throws -> Void = { _, _ in
        },
        _ body: (Endpoint, Inbox) throws -> Void
    ) throws {
        var tls = TLSServerSettings(certificateFile: server.certificate, keyFile: server.key)
        tls.authorityFile = authority.root.certificate
        tls.clientCertificates = .required
        var options = StreamListener.Options()
        try change(&options, &tls)
        options.tls = tls
        let listener = try StreamListener(Self.anyPort, options: options)
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler)
        }
        defer {
            listener.stop()
            #expect(runner.join())
        }
        try body(listener.localEndpoint, inbox)
    }

    /// Connects, expecting to be taken, and sends a line.
    private func expectTaken(
        _ identity: TestAuthority.Identity?, _ endpoint: Endpoint, _ inbox: Inbox,
        version: Int32? = nil
    ) throws {
        let before = inbox.now.payloads.count
        let client = try TLSClient(to: endpoint, identity: identity, version: version)
        #expect(client.shakeHands())
        client.send("<1>hello\n")
        #expect(inbox.wait { $0.payloads.count == before + 1 })
        #expect(inbox.now.problems.isEmpty)
    }

    /// Connects, expecting to be closed with a problem and nothing taken.
    private func expectRefused(
        _ identity: TestAuthority.Identity?, _ endpoint: Endpoint, _ inbox: Inbox,
        version: Int32? = nil, _ problem: ErrorCode = .tlsPeerRefused
    ) throws {
        let client = try TLSClient(to: endpoint, identity: identity, version: version)
        if client.shakeHands() { client.send("<1>hello\n") }
        #expect(client.isClosedByServer())
        #expect(inbox.wait { !$0.problems.isEmpty && !$0.ended.isEmpty })
        #expect(inbox.now.problems == [problem])
        #expect(inbox.now.payloads.isEmpty)
    }

    static let versions: [Int32] = [0x0303, 0x0304]

    @Test(arguments: versions)
    func takesAGoodClient(version: Int32) throws {
        try withListener { endpoint, inbox in
            try expectTaken(client, endpoint, inbox, version: version)
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(inbox.now.sources.first?.transport == .tls)
            #expect(inbox.now.sources.first?.peer == inbox.now.ended.first)
        }
    }

    @Test(arguments: versions)
    func refusesAClientWithoutCertificate(version: Int32) throws {
        try withListener { endpoint, inbox in
            try expectRefused(nil, endpoint, inbox, version: version)
        }
    }

    @Test(arguments: versions)
    func refusesAnotherAuthority(version: Int32) throws {
        let stranger = try TestAuthority().issue("r1")
        try withListener { endpoint, inbox in
            try expectRefused(stranger, endpoint, inbox, version: version)
        }
    }

    @Test func refusesAnOldVersion() throws {
        try withListener { _, tls in
            tls.minimumVersion = .tls13
        } _: { endpoint, inbox in
            try expectRefused(client, endpoint, inbox, version: 0x0303, .tlsHandshakeFailed)
        }
    }

    @Test(arguments: ["sha256", "sha1"])
    func takesAFingerprintWithoutAuthority(digest: String) throws {
        let stranger = try TestAuthority().issue("stranger")
        let allowed = try #require(AllowedPeer(try stranger.fingerprint(digest)))
        try withListener { _, tls in
            tls.authorityFile = nil
            tls.allowedPeers = [.name("other.example.net"), allowed]
        } _: { endpoint, inbox in
            try expectTaken(stranger, endpoint, inbox)
            try expectRefused2(client, endpoint, inbox)
        }
    }

    /// As `expectRefused`, after a client that was taken.
    private func expectRefused2(
        _ identity: TestAuthority.Identity?, _ endpoint: Endpoint, _ inbox: Inbox
    ) throws {
        let client = try TLSClient(to: endpoint, identity: identity)
        if client.shakeHands() { client.send("<1>hello\n") }
        #expect(client.isClosedByServer())
        #expect(inbox.wait { $0.problems == [.tlsPeerRefused] && $0.ended.count == 2 })
        #expect(inbox.now.payloads.count == 1)
    }

    @Test(arguments: ["r1.example.org", "*.example.net"])
    func takesAnAllowedName(name: String) throws {
        let other = try authority.issue("r1.example.net", file: "other", dnsNames: ["x.test"])
        try withListener { _, tls in
            tls.allowedPeers = [.name(name)]
        } _: { endpoint, inbox in
            try expectTaken(client, endpoint, inbox)
            // With alternative names the common name does not count.
            try expectRefused2(other, endpoint, inbox)
        }
    }

    @Test func takesACommonNameWithoutAlternatives() throws {
        let plain = try authority.issue("plain.example.net")
        try withListener { _, tls in
            tls.allowedPeers = [.name("plain.example.net")]
        } _: { endpoint, inbox in
            try expectTaken(plain, endpoint, inbox)
        }
    }

    @Test func servesEveryoneWhenToldTo() throws {
        try withListener { _, tls in
            tls.clientCertificates = .ignored
        } _: { endpoint, inbox in
            try expectTaken(nil, endpoint, inbox)
        }
    }

    @Test func checksOptionalCertificates() throws {
        let stranger = try TestAuthority().issue("r1")
        try withListener { _, tls in
            tls.clientCertificates = .optional
        } _: { endpoint, inbox in
            try expectTaken(nil, endpoint, inbox)
            try expectRefused2(stranger, endpoint, inbox)
        }
    }

    @Test func closesPlainTextAndCountsIt() throws {
        try withListener { endpoint, inbox in
            let plain = try Client(tcpTo: endpoint)
            plain.send("<13>Oct 11 22:14:15 h t: in the clear\n")
            #expect(plain.isClosedAfterReading())
            #expect(inbox.wait { $0.problems == [.tlsHandshakeFailed] && $0.ended.count == 1 })
            #expect(inbox.now.payloads.isEmpty)
        }
    }

    @Test func saysNothingOfProbesThatSayNothing() throws {
        try withListener { endpoint, inbox in
            _ = try Client(tcpTo: endpoint)
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(inbox.now.problems.isEmpty)
        }
    }

    @Test(arguments: [[], [0x16, 3, 1]] as [[UInt8]])
    func closesASlowHandshake(start: [UInt8]) throws {
        try withListener { _, tls in
            tls.handshakeTimeoutMilliseconds = 20
        } _: { endpoint, inbox in
            let slow = try Client(tcpTo: endpoint)
            if !start.isEmpty { slow.send(start) }
            #expect(slow.isClosedByPeer())
            #expect(inbox.wait { $0.problems == [.tlsHandshakeTimeout] })
        }
    }

    @Test func servesOthersDuringASlowHandshake() throws {
        try withListener { endpoint, inbox in
            let slow = try Client(tcpTo: endpoint)
            slow.send([0x16, 3, 1, 2, 0])
            try expectTaken(client, endpoint, inbox)
        }
    }

    @Test func newConnectionsGetTheNewCertificate() throws {
        try withListener { _, tls in
            tls.reloadIntervalMilliseconds = 0
        } _: { endpoint, inbox in
            let early = try TLSClient(to: endpoint, identity: client)
            #expect(early.shakeHands())
            #expect(early.serverName == "server.example.net")
            let renewed = try authority.issue("renewed.example.net")
            server.replace(by: renewed, \.certificate, \.key)
            let late = try TLSClient(to: endpoint, identity: client)
            #expect(late.shakeHands())
            #expect(late.serverName == "renewed.example.net")
            // A broken file changes nothing, and open connections go on.
            try Data("broken".utf8).write(to: URL(fileURLWithPath: server.certificate))
            let later = try TLSClient(to: endpoint, identity: client)
            #expect(later.shakeHands())
            #expect(later.serverName == "renewed.example.net")
            for client in [early, late, later] { client.send("<1>x\n") }
            #expect(inbox.wait { $0.payloads.count == 3 })
        }
    }

    @Test(arguments: versions)
    func takesManyRecordsAndLargeOnes(version: Int32) throws {
        try withListener { endpoint, inbox in
            let sender = try TLSClient(to: endpoint, identity: client, version: version)
            #expect(sender.shakeHands())
            var expected: [String] = []
            for number in 0..<3_000 {
                let line = "<1>\(number)" + String(repeating: "x", count: number % 300)
                expected.append(line)
                sender.send(line + "\n")
            }
            // More than a round of reading, in one go.
            let long = "<1>" + String(repeating: "y", count: 200_000)
            expected.append(long)
            sender.send(long + "\n")
            sender.sayFarewell()
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(
                inbox.now.payloads.map { String(decoding: $0, as: UTF8.self) } == expected)
            #expect(inbox.now.problems.isEmpty)
        }
    }

    @Test func countsDamageOfTheStream() throws {
        try withListener { endpoint, inbox in
            let sender = try TLSClient(to: endpoint, identity: client)
            #expect(sender.shakeHands())
            sender.send("<1>good\n")
            #expect(inbox.wait { $0.payloads.count == 1 })
            // A record that no key fits.
            let forged: [UInt8] = [0x17, 3, 3, 0, 32] + [UInt8](repeating: 7, count: 32)
            _ = unsafe write(sender.descriptor, forged, forged.count)
            #expect(inbox.wait { $0.problems == [.tlsBrokenStream] && $0.ended.count == 1 })
        }
    }

    @Test func survivesRandomBytes() throws {
        try withListener { endpoint, inbox in
            var random = SeededRandom(seed: 5)
            for round in 0..<60 {
                let hostile = try Client(tcpTo: endpoint)
                var bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                if round % 2 == 0 { bytes.insert(contentsOf: [0x16, 3, 1, 0, 90, 1], at: 0) }
                hostile.send(bytes)
                hostile.endSending()
                #expect(inbox.wait { $0.ended.count == round + 1 })
            }
            #expect(inbox.now.problems == Array(repeating: .tlsHandshakeFailed, count: 60))
            try expectGood(endpoint, inbox)
        }
    }

    private func expectGood(_ endpoint: Endpoint, _ inbox: Inbox) throws {
        let good = try TLSClient(to: endpoint, identity: client)
        #expect(good.shakeHands())
        good.send("<1>still here\n")
        #expect(inbox.wait { $0.payloads.count == 1 })
    }

    @Test func drainsWhenStopped() throws {
        var tls = TLSServerSettings(certificateFile: server.certificate, keyFile: server.key)
        tls.clientCertificates = .ignored
        var options = StreamListener.Options()
        options.tls = tls
        let listener = try StreamListener(Self.anyPort, options: options)
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler)
        }
        let sender = try TLSClient(to: listener.localEndpoint)
        #expect(sender.shakeHands())
        sender.send("<1>a\n")
        #expect(inbox.wait { $0.payloads.count == 1 })
        sender.send("<1>b\n<1>c")
        listener.stop()
        #expect(runner.join())
        #expect(inbox.now.payloads.count == 2)
        #expect(inbox.now.truncated == [Array("<1>c".utf8)])
        #expect(sender.isClosedByServer())
    }
}
