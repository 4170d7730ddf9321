import Foundation
import TestKit
import Testing

/// Files that grow and are renamed while the agent is killed are delivered whole and once.
@Suite(.serialized) struct TailTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func append(_ numbers: Range<Int>) throws {
        let path = URL(filePath: directory.file("x.log"))
        if !FileManager.default.fileExists(atPath: path.path) { try Data().write(to: path) }
        let file = try FileHandle(forWritingTo: path)
        try file.seekToEnd()
        for number in numbers { try file.write(contentsOf: Data("line \(number)\n".utf8)) }
        try file.close()
    }

    private func delivered() -> [Substring] {
        let bytes = (try? directory.read("out/lines")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    @Test func survivesKillsAndRotation() throws {
        let file = try directory.write(
            """
            service:
              flush: 0.05
              storage.path: \(directory.file("storage"))
              storage.type: filesystem
            pipeline:
              inputs:
                - {name: tail, path: \(directory.file("*.log")), tag: lines, read_from_head: on}
              outputs:
                - {name: file, match: '*', path: \(directory.file("out")), file: lines, mkdir: on}
            """, to: "catchment.yaml")
        var written = 0
        for round in 0..<4 {
            let agent = try AgentProcess(["run", "-c", file])
            try agent.waitForStart()
            try append(written..<written + 250)
            // A file that no agent ever saw could not be found under its next name.
            let first = "line \(written)\""
            #expect(waits { delivered().contains { $0.contains(first) } })
            try append(written + 250..<written + 500)
            written += 500
            try agent.killAtOnce()
            try append(written..<written + 100)
            written += 100
            try FileManager.default.moveItem(
                atPath: directory.file("x.log"), toPath: directory.file("x.\(round)"))
            try append(written..<written + 100)
            written += 100
        }
        let agent = try AgentProcess(["run", "-c", file])
        #expect(waits { delivered().count >= written })
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        let numbers = delivered().compactMap { line in
            line.firstMatch(of: #/line (\d+)/#).flatMap { Int($0.output.1) }
        }
        #expect(numbers.sorted() == Array(0..<written))
    }
}
