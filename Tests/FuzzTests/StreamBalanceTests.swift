import Core
import TestKit
import Testing

/// Every byte of a stream is in a record, or separates frames, or is counted with a reason.
@Suite(.serialized) struct StreamBalanceTests {
    struct Way: CustomTestStringConvertible {
        enum Transport: String { case tcp, tls, unix }
        var kind = TransportBench.Kind.syslog
        var transport = Transport.tcp
        var format: String
        var testDescription: String { "\(kind.rawValue) \(transport.rawValue) \(format)" }
    }

    private static let ways = [
        Way(format: "auto"), Way(format: "octet_counting"), Way(format: "newline"),
        Way(transport: .tls, format: "auto"), Way(transport: .tls, format: "newline"),
        Way(transport: .unix, format: "auto"), Way(transport: .unix, format: "octet_counting"),
        Way(kind: .routeros, format: "newline"), Way(kind: .routeros, format: "none"),
        Way(kind: .routeros, transport: .tls, format: "none"),
    ]

    /// Sends each stream over a connection of its own, one after the other.
    private static func run(
        _ way: Way, _ streams: [[UInt8]], _ options: [(key: String, value: String)] = []
    ) throws -> RawKeepingSink {
        let directory = try TemporaryDirectory()
        let path = directory.file("in.sock")
        let authority = way.transport == .tls ? try TestAuthority() : nil
        let identity = try authority?.issue("server.example.net")
        var all = [("format", way.format)] + options
        switch way.transport {
        case .tcp: all.append(("mode", "tcp"))
        case .unix: all += [("mode", "unix_tcp"), ("path", path)]
        case .tls:
            all += [
                ("mode", "tcp"), ("tls", "on"), ("tls.crt_file", identity?.certificate ?? ""),
                ("tls.key_file", identity?.key ?? ""),
            ]
        }
        let bench = try TransportBench(way.kind, all)
        for (number, stream) in streams.enumerated() {
            let pieces = Noise.pieces(of: stream, seed: UInt64(number))
            switch way.transport {
            case .tls:
                let endpoint = Endpoint(address: .loopback, port: bench.port)
                let client = try TLSClient(to: endpoint)
                #expect(client.shakeHands())
                for piece in pieces { #expect(client.send(piece)) }
                client.sayFarewell()
                #expect(client.isClosedByServer())
            case .tcp, .unix:
                let client =
                    way.transport == .tcp
                    ? try LoopbackSender(tcp: bench.port)
                    : try LoopbackSender(unix: path, isStream: true)
                for piece in pieces { try client.send(piece) }
                try client.finish()
            }
        }
        bench.stop()
        let sink = bench.sink
        #expect(sink.now.records == sink.countedRecords)
        #expect(sink.now.messages + sink.refused == sink.payloads)
        return sink
    }

    @Test(arguments: ways)
    func losesNoByte(way: Way) throws {
        let streams = try Noise.streams(seed: 11)
        let sink = try Self.run(way, streams)
        #expect(sink.payloads > streams.count)
        if way.kind == .syslog {
            let gaps = FrameGaps(allowsCounts: way.format != "newline")
            #expect(gaps.account(for: streams.flatMap { $0 }, with: sink.now.raws) == nil)
        }
        if way.format == "newline" {
            let frames = streams.flatMap(Self.lines)
            #expect(sink.payloads == frames.count)
            #expect(sink.payloadBytes == frames.reduce(0) { $0 + $1.count })
        } else if way.format == "none" {
            let bytes = streams.flatMap { $0 }
            let fillers = bytes.count(where: FrameGaps.isFiller)
            #expect(sink.payloadBytes <= bytes.count)
            #expect(sink.payloadBytes + fillers >= bytes.count)
        }
    }

    /// Frames between line feeds, without what may stand in front of one.
    private static func lines(of stream: [UInt8]) -> [ArraySlice<UInt8>] {
        stream.split(separator: 10).map { $0.drop(while: FrameGaps.isFiller) }
            .filter { !$0.isEmpty }
    }

    @Test(arguments: ["newline", "auto", "octet_counting"])
    func countsFramesThatAreCut(format: String) throws {
        let streams = try Noise.streams(seed: 12)
        let sink = try Self.run(Way(format: format), streams, [("buffer_max_size", "64")])
        #expect(sink.now.raws.allSatisfy { $0.count <= 64 })
        guard format == "newline" else { return }
        let frames = streams.flatMap(Self.lines)
        #expect(sink.payloads == frames.count)
        #expect(sink.problems(.syslogTooLong) == frames.count { $0.count > 64 })
        #expect(sink.payloadBytes == frames.reduce(0) { $0 + min($1.count, 64) })
    }

    /// Connections of local programs have no addresses to tell them apart.
    @Test func keepsLocalConnectionsApart() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("in.sock")
        let bench = try TransportBench(.syslog, [("mode", "unix_tcp"), ("path", path)])
        let clients = try (0..<3).map { _ in try LoopbackSender(unix: path, isStream: true) }
        for part in ["<13>Oct 11 22:14:15 h t: ", "text ", "end"] {
            for (number, client) in clients.enumerated() {
                try client.send(Array("\(part)\(number)".utf8))
            }
        }
        for client in clients { try client.finish() }
        bench.stop()
        let texts = bench.sink.now.raws.map { String(decoding: $0, as: UTF8.self) }
        #expect(
            texts.sorted() == (0..<3).map { "<13>Oct 11 22:14:15 h t: \($0)text \($0)end\($0)" })
        #expect(bench.sink.ledger.snapshot.map(\.name) == ["unix"])
        #expect(bench.sink.problems(.syslogTruncatedFrame) == 3)
    }
}
