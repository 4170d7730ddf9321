import Core
import Foundation
import TestKit
import Testing

@testable import InNetflow

/// The input with connections instead of datagrams.
@Suite(.serialized) struct NetflowStreamTests {
    /// Runs an input and gives `body` where it listens and what it submits.
    private static func withInput(
        _ options: [(key: String, value: String)], _ body: (Endpoint, FlowSink) throws -> Void
    ) throws {
        let input = try NetflowInput(
            settings: PluginSettings(
                testing: NetflowInput.info,
                [("mode", "tcp"), ("listen", "127.0.0.1"), ("port", "0")] + options))
        try input.open(log: .silent)
        let sink = FlowSink()
        let finished = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            input.run(into: sink)
            finished.signal()
        }
        defer {
            input.stop()
            #expect(finished.wait(timeout: .now() + 10) == .success)
        }
        try body(try #require(input.localEndpoint), sink)
    }

    /// A plain connection.
    private final class Connection {
        private let descriptor: Int32

        init(to endpoint: Endpoint) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            // Pointers live for the call only.
            let status = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            try #require(status == 0)
            // So that pieces go out as they are.
            var yes: Int32 = 1
            unsafe setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes,
                socklen_t(MemoryLayout<Int32>.size))
        }

        deinit { close(descriptor) }

        func send(_ bytes: [UInt8]) {
            #expect(
                unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                    == bytes.count)
        }

        func isClosedByPeer() -> Bool {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, 10_000) == 1 else { return false }
            var byte: UInt8 = 0
            return unsafe recv(descriptor, &byte, 1, 0) <= 0
        }
    }

    private static func wait(_ sink: FlowSink, for count: Int) -> Bool {
        (0..<count).allSatisfy { _ in sink.arrived.wait(timeout: .now() + 10) == .success }
    }

    /// What the transport alone decides is left out.
    private static func comparable(_ records: [[String: String]]) -> [[String: String]] {
        records.map { record in
            record.filter { $0.key != "peer_port" && $0.key != "time_received" }
        }
    }

    /// Captures of which every datagram is one whole IPFIX message.
    private static let cases = FlowCorpusTests.cases.filter { example in
        example.datagrams.allSatisfy { datagram in
            datagram.count >= 16 && datagram[0] == 0 && datagram[1] == 10
                && Int(datagram[2]) << 8 | Int(datagram[3]) == datagram.count
        } && !example.folder.lastPathComponent.contains("withdrawal")
    }

    @Test func findsCases() { #expect(Self.cases.count >= 4) }

    @Test(arguments: cases)
    func recordsAreThoseOfDatagrams(example: FlowCorpusTests.Case) throws {
        let bench = FlowBench()
        for datagram in example.datagrams { bench.feed(datagram, from: .loopback) }
        let expected = Self.comparable(bench.records)
        try Self.withInput([]) { endpoint, sink in
            let exporter = try Connection(to: endpoint)
            exporter.send(example.datagrams.flatMap { $0 })
            #expect(Self.wait(sink, for: expected.count))
            #expect(Self.comparable(sink.all) == expected)
        }
    }

    private static let stream =
        TestMessage.ipfix([.ipfixTemplate(256, [TestField(8, 4)])])
        + TestMessage.ipfix([.data(256, [10, 0, 0, 1])])

    @Test func messagesSplitAtEveryByteArriveWhole() throws {
        try Self.withInput([]) { endpoint, sink in
            for place in 1..<Self.stream.count {
                let exporter = try Connection(to: endpoint)
                exporter.send(Array(Self.stream[..<place]))
                exporter.send(Array(Self.stream[place...]))
                #expect(Self.wait(sink, for: 1))
            }
            #expect(sink.all.count == Self.stream.count - 1)
            #expect(sink.ledger.snapshot.allSatisfy { $0.problems.isEmpty })
        }
    }

    @Test(arguments: [TestMessage.v9([.v9Template(256, [TestField(8, 4)])]), Array("GET /".utf8)])
    func closesWhatIsNotIPFIXAndCountsIt(other: [UInt8]) throws {
        try Self.withInput([]) { endpoint, sink in
            let exporter = try Connection(to: endpoint)
            exporter.send(Self.stream + other)
            #expect(Self.wait(sink, for: 1))
            #expect(exporter.isClosedByPeer())
            let stranger = sink.ledger.snapshot.first { $0.name == "127.0.0.1" }
            #expect(stranger?.problems == [.flowBadStream: 1])
        }
    }

    @Test func aTornMessageIsCounted() throws {
        try Self.withInput([]) { endpoint, sink in
            do {
                let exporter = try Connection(to: endpoint)
                exporter.send(
                    Self.stream + TestMessage.ipfix([.data(256, [1, 2, 3, 4])]).dropLast())
            }
            // What comes after both were read shows that the end of the first was seen.
            let next = try Connection(to: endpoint)
            next.send(Self.stream)
            #expect(Self.wait(sink, for: 2))
            next.send(Self.stream)
            #expect(Self.wait(sink, for: 1))
            let problems = sink.ledger.snapshot.map(\.problems).reduce(into: [:]) {
                $0.merge($1, uniquingKeysWith: +)
            }
            #expect(problems[.flowTruncatedMessage] == 1)
        }
    }

    @Test func randomBytesEndAsCountedProblems() throws {
        try Self.withInput([]) { endpoint, sink in
            var random = SeededRandom(seed: 9)
            for _ in 0..<100 {
                let hostile = try Connection(to: endpoint)
                // Not version 10, whatever follows.
                hostile.send(
                    [UInt8.random(in: 1...255, using: &random)]
                        + (0..<Int.random(in: 1...200, using: &random)).map { _ in
                            UInt8.random(in: 0...255, using: &random)
                        })
                #expect(hostile.isClosedByPeer())
            }
            let exporter = try Connection(to: endpoint)
            exporter.send(Self.stream)
            #expect(Self.wait(sink, for: 1))
            let stranger = sink.ledger.snapshot.first { $0.name == "127.0.0.1" }
            #expect(stranger?.problems == [.flowBadStream: 100])
        }
    }

    @Test func receivesByTLSFromThoseItKnows() throws {
        let authority = try TestAuthority()
        let server = try authority.issue("collector")
        let exporter = try authority.issue("router")
        try Self.withInput([
            ("tls", "on"), ("tls.crt_file", server.certificate), ("tls.key_file", server.key),
            ("tls.ca_file", authority.root.certificate),
        ]) { endpoint, sink in
            let stranger = try TLSClient(to: endpoint)
            if stranger.shakeHands() { stranger.send(Self.stream) }
            #expect(stranger.isClosedByServer())
            let known = try TLSClient(to: endpoint, identity: exporter)
            #expect(known.shakeHands())
            known.send(Self.stream)
            #expect(Self.wait(sink, for: 1))
            #expect(sink.all.first?["src_addr"] == "10.0.0.1")
            let counted = sink.ledger.snapshot.first { $0.name == "127.0.0.1" }
            #expect(counted?.problems == [.tlsPeerRefused: 1])
        }
    }

    @Test func listensByTheModeItIsGiven() throws {
        func addresses(_ options: [(key: String, value: String)]) throws -> [String] {
            try NetflowInput(
                settings: PluginSettings(testing: NetflowInput.info, options)
            ).listenAddresses.map(\.description)
        }
        #expect(try addresses([("mode", "tcp")]) == ["tcp 0.0.0.0:2055"])
        #expect(
            try addresses([
                ("mode", "tcp"), ("port", "4740"), ("tls", "on"), ("tls.crt_file", "a"),
                ("tls.key_file", "b"), ("tls.ca_file", "c"),
            ]) == ["tls 0.0.0.0:4740"])
        for impossible in [
            [("tls", "on"), ("tls.crt_file", "a"), ("tls.key_file", "b"), ("tls.ca_file", "c")],
            [("mode", "tcp"), ("protocols", "netflow_v9")],
        ] as [[(key: String, value: String)]] {
            let error = #expect(throws: SettingsError.self) { try addresses(impossible) }
            #expect(error?.problems.map(\.code) == [.conflictingKeys])
        }
    }
}
