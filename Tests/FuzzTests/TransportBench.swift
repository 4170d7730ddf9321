import Core
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

    static func streams(seed: UInt64) throws -> [[UInt8]] {
        var random = SeededRandom(seed: seed)
        let damaged = try #require(FuzzTarget.named("framer")).makeInputs(
            40, seed: seed, limit: 8192)
        return damaged + bytes(10, upTo: 5000, &random) + [[], [10], Array("12".utf8)]
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
