import Core
import Messages
import Dispatch
import Foundation
import FuzzKit
import InRouteros
import InSyslog
import Synchronization
import TestKit
import Testing

/// A real input on a socket of its own, whose records are kept.
final class TransportBench {
    enum Kind: String, Sendable, CaseIterable { case syslog, routeros }

    let sink: RawKeepingSink
    /// The port it listens on.
    let port: UInt16
    private let input: any Input
    private let done = DispatchSemaphore(value: 0)

    init(_ kind: Kind, _ options: [(key: String, value: String)]) throws {
        let isUnix = options.contains { $0.key == "path" }
        let all =
            options + [("coalesce", "0")]
            + (isUnix ? [] : [("listen", "127.0.0.1"), ("port", "0")])
        sink = RawKeepingSink(keeping: kind == .syslog ? "raw" : nil)
        switch kind {
        case .syslog:
            let made = try SyslogInput(
                settings: PluginSettings(
                    testing: SyslogInput.info, all + [("raw_message_key", "raw")]))
            try made.open(log: .silent)
            port = made.localEndpoint?.port ?? 0
            input = made
        case .routeros:
            let made = try RouterOSInput(
                settings: PluginSettings(testing: RouterOSInput.info, all))
            try made.open(log: .silent)
            port = made.localEndpoint?.port ?? 0
            input = made
        }
        Thread.detachNewThread { [input, sink, done] in
            input.run(into: sink)
            done.signal()
        }
    }

    /// Stops the input, which takes what has come.
    func stop() {
        input.stop()
        #expect(done.wait(timeout: .now() + 10) == .success)
    }
}

/// Damaged messages and plain noise, the same ones on every run.
enum Noise {
    static func datagrams(of target: String, seed: UInt64) throws -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        let damaged = try #require(FuzzTarget.named(target)).makeInputs(
            400, seed: seed, limit: 4096)
        return damaged + bytes(40, upTo: 2000, &random) + [[], [10], [0, 13, 10], [0xff], [32]]
    }

    /// Each is some damaged streams in a row.
    static func streams(seed: UInt64) throws -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        let damaged = try #require(FuzzTarget.named("framer")).makeInputs(
            120, seed: seed, limit: 8192)
        let joined = stride(from: 0, to: damaged.count, by: 3).map { start in
            damaged[start..<start + 3].flatMap { $0 }
        }
        return joined + bytes(10, upTo: 5000, &random) + [[], [10], Array("12".utf8)]
    }

    /// The same stream in pieces of any size.
    static func pieces(of stream: [UInt8], seed: UInt64) -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < stream.count {
            let end = min(stream.count, start + Int.random(in: 1...700, using: &random))
            pieces.append(Array(stream[start..<end]))
            start = end
        }
        return pieces
    }

    private static func bytes(
        _ count: Int, upTo limit: Int, _ random: inout SeededRandom
    ) -> [[UInt8]] {
        (0..<count).map { _ in
            (0..<Int.random(in: 0...limit, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        }
    }
}
