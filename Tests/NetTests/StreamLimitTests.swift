import Core
import Foundation
import Glibc
import Net
import Testing

/// What a listener does about senders that take more than their share.
@Suite(.serialized) struct StreamLimitTests {
    /// Sends one byte after the other until the listener closes the connection.
    private func trickle(_ client: Client, _ byte: UInt8) -> Bool {
        let end = Date() + 10
        while Date() < end {
            client.send([byte])
            var entry = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            // The pointer lives for the call only.
            if unsafe poll(&entry, 1, 1) == 1 { return true }
        }
        return false
    }

    private func withListener(
        _ change: (inout StreamListener.Options) -> Void,
        _ body: (Endpoint, Inbox) throws -> Void
    ) throws {
        var options = StreamListener.Options()
        change(&options)
        try StreamListenerTests().withListener(options: options) { listener, inbox in
            try body(listener.localEndpoint, inbox)
        }
    }

    struct Slow: CustomTestStringConvertible {
        var format: Framer.Format
        var start: String
        /// What is handed over as whole before the byte that trickles.
        var whole: [String]
        var byte: Character
        var testDescription: String { "\(format): \(start)" }
    }

    @Test(arguments: [
        Slow(format: .auto, start: "<1>a\n<1>b", whole: ["<1>a"], byte: "x"),
        Slow(format: .auto, start: "4 <1>a99999 <1>", whole: ["<1>a"], byte: "x"),
        Slow(format: .octetCounting, start: "1", whole: [], byte: "0"),
        Slow(format: .newline, start: "", whole: [], byte: "x"),
    ])
    func closesSendersThatTrickle(slow: Slow) throws {
        try withListener {
            $0.format = slow.format
            $0.frameTimeoutMilliseconds = 30
            $0.frameLimit = 1 << 20
        } _: { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            client.send(slow.start)
            #expect(trickle(client, slow.byte.asciiValue ?? 0))
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(inbox.now.problems.filter { $0 == .frameTimeout }.count == 1)
            #expect(inbox.now.payloads == slow.whole.map { Array($0.utf8) })
            #expect(inbox.now.truncated.count <= 1)
        }
    }

    @Test func closesSendersThatTrickleWithoutSeparators() throws {
        try withListener {
            $0.format = .priority
            $0.frameTimeoutMilliseconds = 30
        } _: { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            #expect(trickle(client, UInt8(ascii: "x")))
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(inbox.now.problems == [.frameTimeout])
            #expect(inbox.now.payloads.count == 1)
        }
    }

    /// What is thrown away holds a connection too.
    @Test func closesSendersThatNeverEndACutFrame() throws {
        try withListener {
            $0.frameTimeoutMilliseconds = 30
            $0.frameLimit = 16
        } _: { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            client.send(String(repeating: "x", count: 100))
            #expect(trickle(client, UInt8(ascii: "x")))
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(inbox.now.problems == [.syslogTooLong, .frameTimeout])
            #expect(inbox.now.truncated.map(\.count) == [16])
        }
    }

    /// Frames that end in time give the next one its whole time.
    @Test func leavesSendersAloneThatEndTheirFrames() throws {
        try withListener {
            $0.frameTimeoutMilliseconds = 500
        } _: { endpoint, inbox in
            let client = try Client(tcpTo: endpoint)
            let end = Date() + 1.2
            var sent = 0
            client.send("<1>a")
            while Date() < end {
                client.send("\n<1>a")
                sent += 1
                #expect(inbox.wait { $0.payloads.count >= sent })
            }
            #expect(inbox.now.problems.isEmpty)
            #expect(inbox.now.ended.isEmpty)
        }
    }

    /// While a handler waits for a full journal nobody reads: that is no fault of the senders.
    @Test func forgivesSendersTheTimeInWhichNobodyRead() throws {
        var options = StreamListener.Options()
        options.frameTimeoutMilliseconds = 500
        let listener = try StreamListener(StreamListenerTests.anyPort, options: options)
        let inbox = Inbox()
        let runner = Runner {
            var handler = WaitingHandler(inner: InboxHandler(inbox: inbox))
            try? listener.run(&handler)
        }
        // More than one round serves.
        let clients = try (0..<150).map { _ in try Client(tcpTo: listener.localEndpoint) }
        for client in clients { client.send("<1>a\n<1>b") }
        #expect(inbox.wait { $0.payloads.count == 150 })
        clients[0].send("\nwait\n<1>b")
        #expect(inbox.wait { $0.payloads.count == 151 })
        for client in clients { client.send("c\n") }
        #expect(inbox.wait { $0.payloads.count == 301 })
        #expect(inbox.now.problems.isEmpty && inbox.now.ended.isEmpty)
        listener.stop()
        #expect(runner.join())
    }

    @Test func closesTheLongestUnfinishedFrameWhenAllAreTooLong() throws {
        try withListener {
            $0.unfinishedLimit = 1000
        } _: { endpoint, inbox in
            let short = try Client(tcpTo: endpoint)
            let long = try Client(tcpTo: endpoint)
            short.send("<1>begins\n<1>" + String(repeating: "s", count: 397))
            #expect(inbox.wait { $0.payloads.count == 1 })
            long.send("<1>" + String(repeating: "l", count: 797))
            #expect(long.isClosedByPeer())
            #expect(inbox.wait { $0.ended.count == 1 })
            #expect(inbox.now.problems.contains(.frameMemory))
            #expect(inbox.now.truncated.map(\.count) == [800])
            short.send("end\n")
            #expect(inbox.wait { $0.payloads.count == 2 })
            // Its bytes are given back: as much may wait again.
            let next = try Client(tcpTo: endpoint)
            next.send("<1>x\n<1>" + String(repeating: "n", count: 950))
            #expect(inbox.wait { $0.payloads.count == 3 })
            #expect(inbox.now.ended.count == 1)
        }
    }

    @Test func refusesMoreConnectionsOfASenderThanItMayHave() throws {
        try withListener {
            $0.connectionsPerSender = 1
        } _: { endpoint, inbox in
            do {
                let first = try Client(tcpTo: endpoint)
                first.send("<1>a\n")
                #expect(inbox.wait { $0.payloads.count == 1 })
                let second = try Client(tcpTo: endpoint)
                #expect(second.isClosedByPeer())
                #expect(inbox.wait { $0.problems == [.senderConnections] })
            }
            #expect(inbox.wait { $0.ended.count == 1 })
            let third = try Client(tcpTo: endpoint)
            third.send("<1>b\n")
            #expect(inbox.wait { $0.payloads.count == 2 })
            #expect(inbox.now.problems == [.senderConnections])
        }
    }

    @Test func countsNoLocalConnectionsPerSender() throws {
        let path = "/tmp/catchment-\(UUID().uuidString.prefix(8)).sock"
        var options = StreamListener.Options()
        options.connectionsPerSender = 1
        try StreamListenerTests().withListener(ListenAddress(unixPath: path), options: options) {
            _, inbox in
            let clients = try (0..<3).map { _ in try Client(unixTo: path, stream: true) }
            for client in clients { client.send("<1>a\n") }
            #expect(inbox.wait { $0.payloads.count == 3 })
            #expect(inbox.now.problems.isEmpty)
        }
    }
}

/// Waits longer than a frame may take when it is told to.
private struct WaitingHandler: PayloadHandler, ~Copyable {
    var inner: InboxHandler

    mutating func receive(_ payload: RawSpan, from source: PayloadSource) {
        if copy(payload) == Array("wait".utf8) {
            _ = DispatchSemaphore(value: 0).wait(timeout: .now() + 0.7)
        } else {
            inner.receive(payload, from: source)
        }
    }

    mutating func receiveTruncated(_ payload: RawSpan, from source: PayloadSource) {
        inner.receiveTruncated(payload, from: source)
    }

    mutating func note(_ problem: ErrorCode, from source: PayloadSource) {
        inner.note(problem, from: source)
    }

    mutating func ended(_ source: PayloadSource) { inner.ended(source) }

    mutating func endBatch() { inner.endBatch() }
}
