import Core
import Net
import TestKit
import Testing

/// Whatever is sent as a datagram becomes a record, or is counted with a reason.
@Suite(.serialized) struct DatagramBalanceTests {
    struct Way: CustomTestStringConvertible {
        var kind: TransportBench.Kind
        var sockets = 1
        var isUnix = false
        var testDescription: String { "\(kind.rawValue) \(isUnix ? "unix" : "udp") \(sockets)" }
    }

    private static let ways = [
        Way(kind: .syslog), Way(kind: .syslog, sockets: 2), Way(kind: .syslog, isUnix: true),
        Way(kind: .routeros), Way(kind: .routeros, sockets: 2),
    ]

    /// What is left of a datagram as a message (RFC 5426 §3.1: nothing has to end it).
    private static func message(_ datagram: [UInt8]) -> [UInt8] {
        var end = datagram.count
        while end > 0, [0, 10, 13].contains(datagram[end - 1]) { end -= 1 }
        return Array(datagram[..<end])
    }

    /// Sends all datagrams, in turn from `senders` addresses.
    private static func run(
        _ way: Way, _ datagrams: [[UInt8]], senders: UInt8 = 1,
        _ options: [(key: String, value: String)] = []
    ) throws -> RawKeepingSink {
        let directory = try TemporaryDirectory()
        let path = directory.file("in.sock")
        let place =
            way.isUnix
            ? [("mode", "unix_udp"), ("path", path)] : [("sockets", "\(way.sockets)")]
        let bench = try TransportBench(way.kind, place + options)
        let clients = try (0..<senders).map { number in
            way.isUnix
                ? try LoopbackSender(unix: path, isStream: false)
                : try LoopbackSender(udp: bench.port, source: 1 + number)
        }
        for (number, datagram) in datagrams.enumerated() {
            try clients[number % clients.count].send(datagram)
        }
        // What was sent on this machine has arrived or was dropped by then.
        bench.stop()
        let sink = bench.sink
        #expect(sink.payloads + Int(sink.ledger.droppedByKernel) == datagrams.count)
        #expect(sink.now.records == sink.countedRecords)
        #expect(sink.now.messages + sink.refused == sink.payloads)
        return sink
    }

    @Test(arguments: ways, [1, 2] as [UInt64])
    func makesARecordOfEveryDatagram(way: Way, seed: UInt64) throws {
        let datagrams = try Noise.datagrams(of: way.kind.rawValue, seed: seed)
        let sink = try Self.run(way, datagrams, senders: way.isUnix ? 1 : 5)
        let messages = datagrams.map(Self.message).filter { !$0.isEmpty }
        guard sink.ledger.droppedByKernel == 0 else { return }
        #expect(sink.now.messages == messages.count)
        #expect(sink.problems(.syslogEmpty) == datagrams.count - messages.count)
        guard way.kind == .syslog else { return }
        // Two sockets are read in no order.
        let isOrdered = way.sockets == 1
        let raws = sink.now.raws
        #expect((isOrdered ? raws : sorted(raws)) == (isOrdered ? messages : sorted(messages)))
    }

    @Test(arguments: TransportBench.Kind.allCases)
    func countsWhatSendersThatAreNotAllowedSend(kind: TransportBench.Kind) throws {
        let datagrams = try Noise.datagrams(of: kind.rawValue, seed: 3)
        let sink = try Self.run(Way(kind: kind), datagrams, senders: 4, [("allow", "127.0.0.2/31")])
        // 127.0.0.1 and 127.0.0.4 are left out.
        let refused = datagrams.indices.filter { [0, 3].contains($0 % 4) }.count
        #expect(sink.ledger.droppedByKernel > 0 || sink.problems(.senderRefused) == refused)
    }

    @Test(arguments: TransportBench.Kind.allCases)
    func countsWhatIsBeyondTheRate(kind: TransportBench.Kind) throws {
        let datagrams = try Noise.datagrams(of: kind.rawValue, seed: 4)
        let sink = try Self.run(
            Way(kind: kind), datagrams, senders: 2, [("rate_limit", "1"), ("rate_burst", "50")])
        // Two senders, and what a second or two give back.
        #expect(sink.now.messages >= 100 && sink.now.messages < 120)
        #expect(sink.problems(.senderRateLimited) > 200)
    }

    @Test(arguments: TransportBench.Kind.allCases)
    func countsWhatIsCut(kind: TransportBench.Kind) throws {
        let datagrams = try Noise.datagrams(of: kind.rawValue, seed: 5)
        let sink = try Self.run(Way(kind: kind), datagrams, [("message_limit", "100")])
        let messages = datagrams.map(Self.message).filter { !$0.isEmpty }
        let long = messages.filter { $0.count > 100 }
        #expect(!long.isEmpty)
        guard sink.ledger.droppedByKernel == 0 else { return }
        #expect(sink.now.messages == messages.count)
        #expect(sink.problems(.syslogTooLong) == long.count)
        for (raw, message) in zip(sink.now.raws, messages) {
            // At most three bytes fewer: never within a character.
            let expected = min(message.count, 100)
            #expect(message.starts(with: raw) && raw.count <= expected && raw.count + 3 >= expected)
        }
    }

    @Test(
        arguments: TransportBench.Kind.allCases,
        ["windows-1252", "gb18030", "iso-2022-jp", "utf-7"])
    func keepsWhatNoCharacterSetFits(kind: TransportBench.Kind, charset: String) throws {
        let datagrams = try Noise.datagrams(of: kind.rawValue, seed: 6)
        let sink = try Self.run(Way(kind: kind), datagrams, [("charset", charset)])
        let messages = datagrams.map(Self.message).filter { !$0.isEmpty }
        guard sink.ledger.droppedByKernel == 0 else { return }
        #expect(sink.now.messages == messages.count)
        for (raw, message) in zip(sink.now.raws, messages) where isText(message) {
            #expect(raw == message)
        }
    }

    /// A relay names senders in front of its datagrams (PROXY protocol), and asks now and then
    /// whether somebody is there.
    @Test(arguments: TransportBench.Kind.allCases)
    func takesWhatRelaysPassOn(kind: TransportBench.Kind) throws {
        let datagrams = try Noise.datagrams(of: "proxy", seed: 7)
        let probes = datagrams.count { datagram in
            guard case .header(let header) = datagram.withBytes({ ProxyHeader.read($0) }) else {
                return false
            }
            return header.origin == nil && header.length == datagram.count
        }
        let options = [("trusted_relays", "127.0.0.1"), ("proxy_protocol", "on")]
        let sink = try Self.run(Way(kind: kind), datagrams, options)
        #expect(probes > 0 && sink.problems(.proxyProbe) == probes)
        #expect(sink.problems(.proxyHeaderMalformed) > 0)
        // The senders of the seeds.
        for name in ["192.0.2.7", "2001:db8::7", "192.0.2.9"] {
            #expect(sink.ledger.snapshot.contains { $0.name == name && $0.records > 0 })
        }
    }

    private func sorted(_ messages: [[UInt8]]) -> [[UInt8]] {
        messages.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func isText(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}
