import Foundation
import TestKit
import Testing

/// More than the agent, or its outputs, can take: what is lost is counted, to the last datagram.
@Suite(.serialized) struct OverloadTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// - Parameters:
    ///   - buffer: bytes of the receive buffer.
    ///   - output: more settings of the output, each behind a comma.
    private func start(
        storage: String = "memory", buffer: String = "64K", output: String = ""
    ) throws -> AgentProcess {
        let file = try directory.write(
            """
            service:
              flush: 0.05
              grace: 2
              storage.path: \(directory.file("storage"))
              storage.type: \(storage)
            pipeline:
              inputs:
                - {name: syslog, alias: in, tag: t, listen: 127.0.0.1, port: 0,
                   receive_buffer_size: \(buffer)}
              outputs:
                - {name: file, alias: out, match: t, path: \(directory.file("out")), file: o,
                   mkdir: off\(output)}
            """, to: "catchment.yaml")
        let agent = try AgentProcess(["run", "-c", file])
        try agent.waitForStart()
        return agent
    }

    private func makeTarget() throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("out"), withIntermediateDirectories: false)
    }

    private static let padding = String(repeating: "x", count: 500)

    /// Sends numbered messages flat out.
    private func flood(_ client: Client, _ numbers: Range<Int>) throws {
        for number in numbers {
            let text = "<13>Oct 11 22:14:15 host app: \(number) \(Self.padding)"
            try #require(client.send(Array(text.utf8)))
        }
    }

    /// The numbers of the delivered messages, in their order.
    private func delivered() throws -> [Int] {
        let bytes = try directory.read("out/o")
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.firstMatch(of: #/:"(\d+) xxx/#).flatMap { Int($0.output.1) }
        }
    }

    /// Ends the agent and compares what was sent with its accounts and its file.
    ///
    /// - Returns: the accounts.
    @discardableResult
    private func expectBalance(
        _ agent: AgentProcess, sent: Int
    ) throws -> (kernel: Int, delivery: PrintedLedger.Delivery) {
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        let ledger = PrintedLedger(agent.errors)
        let input = try #require(ledger.input("in"))
        let delivery = try #require(ledger.delivery("out", from: "in"))
        let kernel = ledger.kernelDrops("in")
        #expect(input.received + kernel == sent)
        #expect(input.received == input.dropped + input.journaled)
        #expect(input.journaled == delivery.delivered + delivery.dropped + delivery.waiting)
        let numbers = try delivered()
        #expect(numbers.count == delivery.delivered)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        return (kernel, delivery)
    }

    @Test func countsWhatTheKernelDropsWhileTheAgentDoesNotRun() throws {
        try makeTarget()
        let agent = try start()
        let client = try Client(udp: agent.port(of: "in"))
        for round in 0..<3 {
            agent.signal(SIGSTOP)
            try flood(client, round * 1_000..<(round + 1) * 1_000)
            agent.signal(SIGCONT)
            try client.waitForReceiver()
        }
        let end = try expectBalance(agent, sent: 3_000)
        #expect(end.kernel > 1_000)
        #expect(end.delivery.delivered == 3_000 - end.kernel)
    }

    /// The journal is full and the input waits: everything that comes then is the kernel's loss.
    @Test func countsWhatTheKernelDropsWhileTheJournalIsFull() throws {
        let agent = try start(
            storage: "filesystem",
            output: ", storage.total_limit_size: 256K, storage.overflow: block")
        let client = try Client(udp: agent.port(of: "in"))
        var sent = 0
        let isFull = try waits {
            try flood(client, sent..<sent + 100)
            sent += 100
            return agent.errors.contains("E3204")
        }
        #expect(isFull)
        #expect(agent.lines(with: "[in] E3204: ", "the input waits").count == 1)
        try flood(client, sent..<sent + 1_000)
        sent += 1_000
        try makeTarget()
        #expect(agent.says("[in] there is room in the journal again after"))
        try client.waitForReceiver()
        let end = try expectBalance(agent, sent: sent)
        #expect(end.kernel > 0)
        #expect(end.delivery == .init(delivered: end.delivery.delivered))
    }

    @Test(arguments: ["drop_oldest", "drop_newest"])
    func countsWhatAnOutputsLimitDrops(_ policy: String) throws {
        let agent = try start(
            buffer: "1M",
            output: ", storage.total_limit_size: 2M, storage.overflow: \(policy)")
        let client = try Client(udp: agent.port(of: "in"))
        let sent = 6_000
        for start in stride(from: 0, to: sent, by: 100) {
            try flood(client, start..<start + 100)
            try client.waitForReceiver()
        }
        // It tells of the loss while the output still fails.
        let isTold = waits {
            (agent.ledger()?.delivery("out", from: "in")?.dropped ?? 0) > sent / 4
        }
        #expect(isTold, "\(agent.errors)")
        try makeTarget()
        #expect(agent.says("[out] goes on after"))
        let end = try expectBalance(agent, sent: sent)
        #expect(end.kernel == 0)
        #expect(end.delivery.waiting == 0)
        #expect(end.delivery.dropped > sent / 4)
        let numbers = try delivered()
        #expect(numbers.first == 0 || policy == "drop_oldest")
        #expect(numbers.last == sent - 1 || policy == "drop_newest")
        #expect((1..<20).contains(agent.lines(with: "[out] E3206: ", "output's limit").count))
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
    func countsWhatTheKernelDropsWhileTheJournalsDiskIsFull() throws {
        try makeTarget()
        try FileManager.default.createDirectory(
            atPath: directory.file("storage"), withIntermediateDirectories: false)
        let disk = try #require(try SmallDisk(bytes: 1 << 20, at: directory.file("storage")))
        let agent = try start(storage: "filesystem")
        let client = try Client(udp: agent.port(of: "in"))
        disk.fill(leaving: 8_192)
        try flood(client, 0..<1_000)
        #expect(agent.says("[in] E3102: write", "the input waits"))
        disk.makeRoom()
        #expect(agent.says("[in] goes on after"))
        try client.waitForReceiver()
        let end = try expectBalance(agent, sent: 1_000)
        #expect(end.kernel > 100)
        #expect(end.delivery.delivered == 1_000 - end.kernel)
    }

    /// What cannot be read again is kept until the time is over, and then counted.
    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a tmpfs"))
    func countsWhatItHadToDropAtTheEnd() throws {
        try makeTarget()
        try FileManager.default.createDirectory(
            atPath: directory.file("storage"), withIntermediateDirectories: false)
        let disk = try #require(try SmallDisk(bytes: 1 << 20, at: directory.file("storage")))
        let agent = try start(storage: "filesystem")
        let client = try Client(udp: agent.port(of: "in"))
        try flood(client, 0..<10)
        #expect(waits { (try? delivered().count) == 10 })
        disk.fill()
        try flood(client, 10..<1_000)
        #expect(agent.says("[in] E3102: write", "the input waits"))
        let end = try expectBalance(agent, sent: 1_000)
        #expect(end.delivery == .init(delivered: end.delivery.delivered))
        let dropped = try #require(PrintedLedger(agent.errors).input("in")?.dropped)
        #expect(dropped > 0)
        #expect(agent.errors.contains(#/E3102 +in +[0-9]/#))
        #expect(agent.lines(with: "E3301: input in did not end in time").count == 1)
    }
}
