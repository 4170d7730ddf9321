import Foundation
import TestKit
import Testing

/// What is sent to a running agent is in its files afterwards, all of it and once.
@Suite(.serialized) struct DeliveryTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func configuration(_ pipeline: String) throws -> [String] {
        let text = """
            service:
              flush: 0.1
              storage.path: \(directory.file("storage"))
              storage.type: filesystem
            pipeline:

            """
        return ["run", "-c", try directory.write(text + pipeline, to: "catchment.yaml")]
    }

    private func lines(of file: String) -> [Substring] {
        let bytes = (try? directory.read(file)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    @Test func everySampleArrives() throws {
        let agent = try AgentProcess(
            configuration(
                """
                  inputs:
                    - {name: netflow, alias: flows, tag: flows, listen: 127.0.0.1, port: 0}
                    - {name: syslog, alias: udp, tag: udp, listen: 127.0.0.1, port: 0}
                    - {name: syslog, alias: tcp, tag: tcp, mode: tcp, listen: 127.0.0.1, port: 0}
                    - {name: syslog, alias: unix, tag: unix, mode: unix_udp, path: \(directory.path)/log}
                    - {name: routeros, alias: routeros, tag: routeros, listen: 127.0.0.1, port: 0,
                       join_pieces: off}
                  outputs:
                    - {name: file, match: '*', path: \(directory.path)/out, file: $TAG, mkdir: on}
                """))
        try agent.waitForStart()
        var sent: [String: Int] = [:]
        for (index, sample) in try Samples.expected().enumerated() {
            let input = try send(sample.name, sample.counts, from: UInt8(index + 2), to: agent)
            sent[input, default: 0] += sample.counts.count
        }
        #expect(sent.count == 5)
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        let ledger = PrintedLedger(agent.errors)
        for (input, count) in sent {
            let files = lines(of: "out/\(input)")
            #expect(files.count == count, "\(input)")
            for line in files {
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(line.utf8))
                }
            }
            #expect(ledger.input(input) == .init(received: count, journaled: count))
            #expect(ledger.delivery("file.0", from: input) == .init(delivered: count))
        }
    }

    /// - Parameter source: each recording is from a sender of its own.
    /// - Returns: the input it was sent to.
    private func send(
        _ name: String, _ counts: Samples.Expected, from source: UInt8, to agent: AgentProcess
    ) throws -> String {
        let input: String
        let client: Client
        if counts.framing != nil {
            let client = try Client(tcp: agent.port(of: "tcp"))
            client.send(try Samples.bytes(name))
            try client.finish()
            return "tcp"
        } else if name == "syslog.log.gz" {
            input = "unix"
            client = try Client(unix: directory.file("log"))
        } else {
            input = counts.port == 2055 ? "flows" : counts.port == 5141 ? "routeros" : "udp"
            client = try Client(udp: agent.port(of: input), source: source)
        }
        for (index, payload) in try Samples.payloads(name).enumerated() {
            if index % 16 == 0 { try client.waitForReceiver() }
            try #require(client.send(payload))
        }
        try client.waitForReceiver()
        return input
    }

    @Test func eachOutputGetsItsOwn() throws {
        let agent = try AgentProcess(
            configuration(
                """
                  inputs:
                    - {name: syslog, alias: one, tag: one, mode: tcp, listen: 127.0.0.1, port: 0}
                    - {name: syslog, alias: two, tag: two, mode: tcp, listen: 127.0.0.1, port: 0}
                  filters:
                    - {name: grep, match: one, regex: message ^keep}
                  outputs:
                    - {name: file, alias: gz, match: one, path: \(directory.path), compress: gzip}
                    - {name: file, alias: zst, match: '*', path: \(directory.path)/all, mkdir: on, \
                compress: zstd}
                """))
        try agent.waitForStart()
        for input in ["one", "two"] {
            let client = try Client(tcp: agent.port(of: input))
            for number in 0..<500 {
                let word = number % 5 == 0 ? "keep" : "other"
                client.send(Array("<13>Oct 11 22:14:15 host app: \(word) \(number)\n".utf8))
            }
            try client.finish()
        }
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)

        let kept = (0..<100).map { "keep \($0 * 5)" }
        #expect(try messages(in: "one.gz", with: "gzip") == kept)
        #expect(try messages(in: "all/one.zst", with: "zstd") == kept)
        #expect(try messages(in: "all/two.zst", with: "zstd").count == 500)
        let ledger = PrintedLedger(agent.errors)
        #expect(
            ledger.input("one") == .init(received: 500, filtered: 400, dropped: 0, journaled: 100))
        #expect(ledger.delivery("gz", from: "one") == .init(delivered: 100))
        #expect(ledger.delivery("gz", from: "two") == nil)
        #expect(ledger.delivery("zst", from: "two") == .init(delivered: 500))
    }

    /// The messages of a compressed file, read with the usual tool.
    private func messages(in file: String, with tool: String) throws -> [String] {
        let plain = directory.file("plain")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "exec \(tool) -dc '\(directory.file(file))' >'\(plain)'"]
        try shell.run()
        try #require(waits { !shell.isRunning })
        try #require(shell.terminationStatus == 0)
        return try lines(of: plain).map(message)
    }

    private func message(of line: Substring) throws -> String {
        let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(record?["message"] as? String)
    }

    @Test func nothingIsLostOrDoubledAcrossKills() throws {
        let arguments = try configuration(
            """
              inputs:
                - {name: syslog, alias: in, tag: all, mode: tcp, listen: 127.0.0.1, port: 0}
              outputs:
                - {name: file, alias: out, match: '*', path: \(directory.path)}
            """)
        var journaled: [Int] = []
        for round in 0..<3 {
            let agent = try AgentProcess(arguments)
            try agent.waitForStart()
            let stream = try NumberedStream(to: agent.port(of: "in"), word: "round\(round)")
            // In the middle of delivery: new lines are in the file, and more keep coming.
            let isDelivering = waits {
                let ledger = agent.ledger()
                guard let delivery = ledger?.delivery("out", from: "in") else { return false }
                return delivery.delivered > delivery.recovered
            }
            try #require(isDelivering, "\(agent.errors)")
            try agent.killAtOnce()
            #expect(stream.wait())
            journaled.append(try #require(PrintedLedger(agent.errors).input("in")?.journaled))
        }
        let last = try AgentProcess(arguments)
        try last.waitForStart()
        last.signal(SIGTERM)
        #expect(try last.status() == 0)
        let delivery = try #require(PrintedLedger(last.errors).delivery("out", from: "in"))
        #expect(delivery == .init(recovered: delivery.recovered, delivered: delivery.recovered))

        let messages = try lines(of: "all").map(message)
        var rest = messages[...]
        for (round, least) in journaled.enumerated() {
            let part = rest.prefix { $0.hasPrefix("round\(round) ") }
            #expect(part.elementsEqual((0..<part.count).map { "round\(round) \($0)" }))
            #expect(part.count >= least && least > 0)
            rest = rest.dropFirst(part.count)
        }
        #expect(rest.isEmpty)
    }
}

/// Sends numbered lines over one connection until it breaks.
private final class NumberedStream: Sendable {
    private let ended = DispatchSemaphore(value: 0)

    init(to port: UInt16, word: String) throws {
        let ended = ended
        let client = HandedOver(try Client(tcp: port))
        Thread.detachNewThread {
            var number = 0
            var isOpen = true
            while isOpen, number < 2_000_000 {
                let lines = (number..<number + 100).map {
                    "<13>Oct 11 22:14:15 host app: \(word) \($0)\n"
                }
                isOpen = client.value.send(Array(lines.joined().utf8))
                number += 100
            }
            ended.signal()
        }
    }

    /// - Returns: whether the sending ended in time.
    func wait() -> Bool { ended.wait(timeout: .now() + 20) == .success }
}

/// Hands a client to the one thread that uses it.
private struct HandedOver: @unchecked Sendable {
    // Sendable: after the hand-over only the thread touches it.
    let value: Client
    init(_ value: Client) { self.value = value }
}
