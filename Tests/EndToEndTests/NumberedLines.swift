import Foundation
import TestKit
import Testing

/// A file of numbered lines for an agent to follow, and the files that it writes them into.
struct NumberedLines {
    let directory: TemporaryDirectory
    /// Where the agent keeps its journal.
    var storage: String
    /// The directory it writes into.
    var target: String

    init() throws {
        directory = try TemporaryDirectory()
        storage = directory.file("storage")
        target = directory.file("out")
        _ = try directory.write("", to: "in.log")
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: false)
    }

    /// Writes the configuration of an agent for them.
    ///
    /// - Parameters:
    ///   - output: more settings of the output, each behind a comma.
    /// - Returns: its path.
    func configuration(output: String = "") throws -> String {
        try directory.write(
            """
            service:
              flush: 0.02
              grace: 2
              storage.path: \(storage)
              storage.type: filesystem
            pipeline:
              inputs:
                - {name: tail, alias: in, tag: t, path: \(directory.file("in.log")), parser: json,
                   read_from_head: on}
              outputs:
                - {name: file, alias: out, match: t, path: \(target), file: o\(output)}
            """, to: "catchment.yaml")
    }

    /// Starts an agent on them.
    func start(output: String = "", under command: [String] = []) throws -> AgentProcess {
        let agent = try AgentProcess(
            ["run", "-c", configuration(output: output)], under: command)
        try agent.waitForStart()
        return agent
    }

    func append(_ numbers: Range<Int>) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: directory.file("in.log")))
        try file.seekToEnd()
        let text = numbers.map { "{\"n\":\($0),\"words\":\"of a line\"}\n" }.joined()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    private func files() throws -> [PackedFile] {
        try FileManager.default.contentsOfDirectory(atPath: target)
            .filter { $0.hasPrefix("o") }.map { PackedFile(target + "/" + $0) }
    }

    /// What is in all files of the target, sorted.
    func delivered() throws -> [Int] { try files().flatMap { try $0.numbers() }.sorted() }

    /// Waits for so many lines in the target; a file that is being written may look torn.
    func waitForDelivery(_ count: Int) -> Bool {
        waits {
            let lines = try? files().reduce(0) { sum, file in
                try sum + file.text().utf8.count { $0 == 0x0a }
            }
            return lines == count
        }
    }

    /// Ends the agent in order and compares its accounts with the files.
    func expectAll(_ count: Int, from agent: AgentProcess) throws {
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        #expect(try delivered() == Array(0..<count))
        let ledger = PrintedLedger(agent.errors)
        #expect(ledger.input("in") == .init(received: count, journaled: count))
        #expect(ledger.delivery("out", from: "in") == .init(delivered: count))
    }
}

extension AgentProcess {
    /// Lines of the log that hold all these words.
    func lines(with words: String...) -> [Substring] {
        errors.split(separator: "\n").filter { line in words.allSatisfy { line.contains($0) } }
    }

    /// Waits for a line of the log.
    func says(_ words: String...) -> Bool {
        waits {
            errors.split(separator: "\n").contains { line in
                words.allSatisfy { line.contains($0) }
            }
        }
    }
}
