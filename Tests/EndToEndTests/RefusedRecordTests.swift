import Foundation
import TestKit
import Testing

/// Records that an output can never take are kept, and delivered when the reason is gone.
@Suite struct RefusedRecordTests {
    @Test func areKeptAndDeliveredAgain() throws {
        let directory = try TemporaryDirectory()
        let lines = (0..<60).map { "{\"n\":\($0),\"host\":\"\($0 % 3 == 0 ? "bad" : "good")\"}\n" }
        _ = try directory.write(lines.joined(), to: "in.log")
        // A file stands where the records of one host need a directory.
        try FileManager.default.createDirectory(
            atPath: directory.file("out"), withIntermediateDirectories: false)
        let obstacle = try directory.write("", to: "out/bad")
        let file = try directory.write(
            """
            service: {flush: 0.02, storage.path: \(directory.file("s")), storage.type: filesystem}
            pipeline:
              inputs:
                - {name: tail, tag: t, path: \(directory.file("in.log")), parser: json,
                   read_from_head: on, exit_on_eof: on}
              outputs:
                - {name: file, match: t, path: \(directory.file("out")), file: $host/records}
            """, to: "catchment.yaml")
        let agent = try AgentProcess(["run", "-c", file])
        #expect(try agent.status() == 0)
        let ledger = try #require(PrintedLedger(agent.errors).delivery("file.0", from: "tail.0"))
        #expect(ledger == .init(delivered: 40, quarantined: 20))
        #expect(agent.errors.contains("E3401"))
        func numbers(_ host: String) throws -> [Int] {
            try PackedFile(directory.file("out/\(host)/records")).numbers()
        }
        #expect(try numbers("good") == (0..<60).filter { $0 % 3 != 0 })

        let early = try AgentProcess(["journal", "replay", "-c", file])
        #expect(try early.status() == 1)
        #expect(early.errors.contains("file.0: 0 delivered, 20 refused again"))

        try FileManager.default.removeItem(atPath: obstacle)
        let replay = try AgentProcess(["journal", "replay", "-c", file, "file.0"])
        #expect(try replay.status() == 0, "\(replay.errors)")
        #expect(replay.errors.contains("file.0: 20 delivered"))
        #expect(try numbers("bad") == (0..<60).filter { $0 % 3 == 0 })
        #expect(try numbers("good").count == 40)

        let again = try AgentProcess(["journal", "replay", "-c", file])
        #expect(try again.status() == 0)
        #expect(try numbers("bad").count == 20)
    }
}
