import Core
import Foundation
import Net
import Testing

@Suite(.serialized) struct StreamListenerTests {
    static let anyPort = ListenAddress(
        transport: .tcp, endpoint: Endpoint(address: .loopback, port: 0))

    func withListener(
        _ address: ListenAddress = anyPort,
        options: StreamListener.Options = StreamListener.Options(),
        _ body: (StreamListener, Inbox) throws -> Void
    ) throws {
        let listener = try StreamListener(address, options: options)
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler)
        }
        defer {
            listener.stop()
            #expect(runner.join())
        }
        try body(listener, inbox)
    }

    func texts(_ content: Inbox.Content) -> [String] {
        content.payloads.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func deliversFramesOfManyConnections() throws {
        try withListener { listener, inbox in
            let clients = try (0..<20).map { _ in try Client(tcpTo: listener.localEndpoint) }
            for (index, client) in clients.enumerated() {
                client.send(index % 2 == 0 ? "<1>c\(index)\n<1>d\(index)\n" : "4 <1>a4 <1>b")
            }
            #expect(inbox.wait { $0.payloads.count == 40 })
            #expect(Set(inbox.now.sources.map(\.peer.port)).count == 20)
            #expect(inbox.now.sources.allSatisfy { $0.transport == .tcp })
            #expect(inbox.now.problems.isEmpty)
        }
    }

    @Test func joinsFramesAcrossReads() throws {
        try withListener { listener, inbox in
            let client = try Client(tcpTo: listener.localEndpoint)
            let long = String(repeating: "x", count: 200_000)
            client.send("<1>first\n<1>\(long)")
            #expect(inbox.wait { $0.payloads.count == 1 })
            client.send("tail\n<1>last\n")
            #expect(inbox.wait { $0.payloads.count == 3 })
            #expect(texts(inbox.now) == ["<1>first", "<1>\(long)tail", "<1>last"])
        }
    }

    @Test func keepsUnfinishedFramesAtClose() throws {
        try withListener { listener, inbox in
            do {
                let client = try Client(tcpTo: listener.localEndpoint)
                client.send("<1>whole\n<1>unfini")
            }
            #expect(inbox.wait { $0.truncated.count == 1 })
            #expect(texts(inbox.now) == ["<1>whole"])
            #expect(inbox.now.truncated == [Array("<1>unfini".utf8)])
            #expect(inbox.now.problems == [.syslogTruncatedFrame])
        }
    }

    @Test func cutsLongFramesAndCounts() throws {
        var options = StreamListener.Options()
        options.frameLimit = 100
        try withListener(options: options) { listener, inbox in
            let client = try Client(tcpTo: listener.localEndpoint)
            client.send(String(repeating: "y", count: 5000) + "\n<1>next\n")
            #expect(inbox.wait { $0.payloads.count == 1 })
            #expect(inbox.now.truncated.map(\.count) == [100])
            #expect(inbox.now.problems == [.syslogTooLong])
        }
    }

    @Test func refusesConnectionsBeyondTheLimit() throws {
        var options = StreamListener.Options()
        options.connectionLimit = 1
        try withListener(options: options) { listener, inbox in
            let first = try Client(tcpTo: listener.localEndpoint)
            first.send("<1>a\n")
            #expect(inbox.wait { $0.payloads.count == 1 })
            let second = try Client(tcpTo: listener.localEndpoint)
            #expect(second.isClosedByPeer())
            first.send("<1>b\n")
            #expect(inbox.wait { $0.payloads.count == 2 })
            #expect(inbox.now.problems == [.listenerLimit])
        }
    }

    @Test func closesIdleConnections() throws {
        var options = StreamListener.Options()
        options.idleTimeoutMilliseconds = 30
        try withListener(options: options) { listener, inbox in
            let client = try Client(tcpTo: listener.localEndpoint)
            client.send("<1>a\n<1>b")
            #expect(client.isClosedByPeer())
            #expect(inbox.wait { $0.truncated.count == 1 })
        }
    }

    @Test func endsOpenFramesAfterAPause() throws {
        var options = StreamListener.Options()
        options.format = .priority
        try withListener(options: options) { listener, inbox in
            let client = try Client(tcpTo: listener.localEndpoint)
            client.send("<30>Oct  2 17:36:35 r a<30>Oct  2 17:36:35 r b")
            #expect(inbox.wait { $0.payloads.count == 2 })
            #expect(texts(inbox.now).last == "<30>Oct  2 17:36:35 r b")
        }
    }

    @Test func drainsConnectionsWhenStopped() throws {
        let listener = try StreamListener(Self.anyPort)
        let client = try Client(tcpTo: listener.localEndpoint)
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler)
        }
        client.send("<1>a\n")
        #expect(inbox.wait { $0.payloads.count == 1 })
        client.send("<1>b\n<1>c")
        listener.stop()
        #expect(runner.join())
        #expect(texts(inbox.now) == ["<1>a", "<1>b"])
        #expect(inbox.now.truncated == [Array("<1>c".utf8)])
        #expect(client.isClosedByPeer())
    }

    @Test func stopsWithoutConnections() throws {
        let listener = try StreamListener(Self.anyPort)
        listener.stop()
        let runner = Runner {
            var handler = InboxHandler(inbox: Inbox())
            try? listener.run(&handler)
        }
        #expect(runner.join())
    }

    @Test func servesUnixSockets() throws {
        let path = "/tmp/catchment-\(UUID().uuidString.prefix(8)).sock"
        try withListener(ListenAddress(unixPath: path)) { _, inbox in
            let client = try Client(unixTo: path, stream: true)
            client.send("<1>a\n")
            #expect(inbox.wait { $0.payloads.count == 1 })
            #expect(inbox.now.sources.first?.peer == Endpoint(address: .any, port: 0))
        }
    }
}
