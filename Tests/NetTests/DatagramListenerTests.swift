import Core
import Foundation
import Net
import Testing

@Suite(.serialized) struct DatagramListenerTests {
    static let anyPort = ListenAddress(
        transport: .udp, endpoint: Endpoint(address: .loopback, port: 0))

    /// Runs a listener while `body` talks to it.
    func withListener(
        _ address: ListenAddress = anyPort,
        options: DatagramListener.Options = DatagramListener.Options(),
        ledger: SourceLedger = SourceLedger(),
        _ body: (DatagramListener, Inbox) throws -> Void
    ) throws {
        let listener = try DatagramListener(address, options: options)
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler, ledger: ledger)
        }
        defer {
            listener.stop()
            #expect(runner.join())
        }
        try body(listener, inbox)
    }

    @Test func deliversPayloadsInOrderWithTheirSender() throws {
        try withListener { listener, inbox in
            let client = try Client(udpTo: listener.localEndpoint)
            // In waves, so that the smallest default receive buffer holds each of them.
            for wave in 0..<10 {
                for number in 0..<50 { client.send("message \(wave * 50 + number)") }
                #expect(inbox.wait { $0.payloads.count == (wave + 1) * 50 })
            }
            let texts = inbox.now.payloads.map { String(decoding: $0, as: UTF8.self) }
            let isInOrder = texts == (0..<500).map { "message \($0)" }
            #expect(isInOrder)
            let sources = inbox.now.sources
            #expect(sources.allSatisfy { $0.peer.address == .loopback && $0.peer.port != 0 })
            #expect(sources.allSatisfy { $0.transport == .udp && $0.received.seconds > 0 })
            #expect(inbox.now.batches <= 500)
        }
    }

    @Test func deliversEmptyAndLargestDatagrams() throws {
        try withListener { listener, inbox in
            let client = try Client(udpTo: listener.localEndpoint)
            let large = (0..<65_507).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            client.send(large)
            client.send([1])
            #expect(inbox.wait { $0.payloads.count == 2 })
            #expect(inbox.now.payloads == [large, [1]])
        }
    }

    @Test func letsTheHandlerTendWithoutAnyDatagram() throws {
        var options = DatagramListener.Options()
        options.isTended = true
        try withListener(options: options) { _, inbox in
            #expect(inbox.wait { $0.tendings >= 1 })
        }
    }

    /// Whatever port it sends from: templates come before data.
    @Test func leavesEachSenderWithOneOfSeveralSockets() throws {
        var options = DatagramListener.Options()
        options.sharing = 4
        let first = try DatagramListener(Self.anyPort, options: options)
        let address = Self.anyPort.bound(to: first.localEndpoint)
        let listeners =
            try [first]
            + (1..<4).map { _ in
                try DatagramListener(address, options: options)
            }
        let inbox = Inbox()
        let boxes = listeners.map { _ in Inbox() }
        let runners = zip(listeners, boxes).map { listener, own in
            Runner {
                var handler = InboxHandler(inbox: own, shared: inbox)
                try? listener.run(&handler, ledger: SourceLedger())
            }
        }
        for round in 1...3 {
            for sender in 1...32 as ClosedRange<UInt32> {
                let client = try Client(
                    udpTo: first.localEndpoint, from: 0x7f00_0200 + sender)
                client.send("\(sender)")
            }
            #expect(inbox.wait { $0.payloads.count == 32 * round })
        }
        for listener in listeners { listener.stop() }
        for runner in runners { #expect(runner.join()) }
        let senders = boxes.map { Set($0.now.sources.map(\.peer.address)) }
        #expect(senders.reduce(0) { $0 + $1.count } == 32)
        #expect(senders.count { !$0.isEmpty } >= 3)
        #expect(boxes.allSatisfy { $0.now.payloads.count % 3 == 0 })
    }

    @Test func stopsBeforeAndDuringTheWait() throws {
        let listener = try DatagramListener(Self.anyPort)
        listener.stop()
        listener.stop()
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler, ledger: SourceLedger())
        }
        #expect(runner.join())
    }

    @Test func receivesWhatWaitedWhenStopped() throws {
        let listener = try DatagramListener(Self.anyPort)
        let client = try Client(udpTo: listener.localEndpoint)
        for number in 0..<20 { client.send("\(number)") }
        listener.stop()
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler, ledger: SourceLedger())
        }
        #expect(runner.join())
        #expect(inbox.now.payloads.count == 20)
    }

    @Test func countsDropsOfTheKernel() throws {
        var options = DatagramListener.Options()
        options.receiveBuffer = 1
        let listener = try DatagramListener(Self.anyPort, options: options)
        #expect(listener.grantedReceiveBuffer > 0)
        let client = try Client(udpTo: listener.localEndpoint)
        for _ in 0..<200 { client.send([UInt8](repeating: 1, count: 1000)) }
        listener.stop()
        let inbox = Inbox()
        let ledger = SourceLedger()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler, ledger: ledger)
        }
        #expect(runner.join())
        let received = inbox.now.payloads.count
        #expect(received < 200)
        #expect(ledger.droppedByKernel == UInt64(200 - received))
    }

    @Test func countsDropsOfTheKernelWhileItRuns() throws {
        var options = DatagramListener.Options()
        options.receiveBuffer = 1
        let listener = try DatagramListener(Self.anyPort, options: options)
        let client = try Client(udpTo: listener.localEndpoint)
        for _ in 0..<200 { client.send([UInt8](repeating: 1, count: 1000)) }
        let inbox = Inbox()
        let ledger = SourceLedger()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? listener.run(&handler, ledger: ledger)
        }
        // The round that brings the last datagram has begun after an earlier one was counted.
        #expect(inbox.wait { $0.batches > 0 })
        client.send("last")
        #expect(inbox.wait { $0.payloads.last == Array("last".utf8) })
        let received = inbox.now.payloads.count
        #expect(ledger.droppedByKernel == UInt64(201 - received))
        listener.stop()
        #expect(runner.join())
        #expect(ledger.droppedByKernel == UInt64(201 - received))
    }

    @Test func listensOnIPv6() throws {
        let v6 = ListenAddress(
            transport: .udp, endpoint: Endpoint(address: IPAddress(high: 0, low: 1), port: 0))
        let opened: DatagramListener
        do {
            opened = try DatagramListener(v6)
        } catch {
            // A machine without IPv6.
            #expect(error.code == .bindFailed)
            return
        }
        let client = try Client(udpTo: opened.localEndpoint)
        client.send("hello")
        opened.stop()
        let inbox = Inbox()
        let runner = Runner {
            var handler = InboxHandler(inbox: inbox)
            try? opened.run(&handler, ledger: SourceLedger())
        }
        #expect(runner.join())
        #expect(inbox.now.sources.first?.peer.address == IPAddress(high: 0, low: 1))
    }

    @Test func refusesAnAddressInUse() throws {
        let first = try DatagramListener(Self.anyPort)
        let taken = ListenAddress(transport: .udp, endpoint: first.localEndpoint)
        do {
            _ = try DatagramListener(taken)
            Issue.record("bound twice")
        } catch {
            #expect(error.code == .bindFailed)
            #expect(error.target == taken.description)
            #expect(error.canRetry)
        }
    }

    @Test func servesUnixSocketsAndReplacesStaleOnes() throws {
        let path = "/tmp/catchment-\(UUID().uuidString.prefix(8)).sock"
        // A socket whose owner never removed it.
        let stale = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(status == 0)
        close(stale)

        var options = DatagramListener.Options()
        options.unixPermissions = 0o600
        try withListener(ListenAddress(unixPath: path), options: options) { _, inbox in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(throws: OperationError.self) {
                try DatagramListener(ListenAddress(unixPath: path))
            }
            let client = try Client(unixTo: path)
            client.send("through a file")
            client.send([UInt8](repeating: 7, count: 70_000))
            #expect(inbox.wait { $0.payloads.count == 1 && $0.truncated.count == 1 })
            #expect(inbox.now.truncated.first?.count == 65_536)
            #expect(inbox.now.sources.first?.transport == .unix)
        }
    }

    @Test func removesItsUnixSocket() throws {
        let path = "/tmp/catchment-\(UUID().uuidString.prefix(8)).sock"
        do {
            let listener = try DatagramListener(ListenAddress(unixPath: path))
            #expect(FileManager.default.fileExists(atPath: path))
            _ = listener.address
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["", String(repeating: "x", count: 108)])
    func refusesImpossiblePaths(path: String) {
        do {
            _ = try DatagramListener(ListenAddress(unixPath: path))
            Issue.record("bound")
        } catch {
            #expect(error.code == .bindFailed)
        }
    }
}
