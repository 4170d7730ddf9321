import Foundation
import TestKit
import Testing

/// An agent that is killed again and again while it delivers loses nothing, doubles nothing and
/// leaves nothing torn.
@Suite(.serialized) struct CrashTests {
    static let kills = 20
    static let outputs = ["plain", "gzip", "zstd", "slow"]

    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func configuration(exitsAtEnd: Bool = false) throws -> String {
        try directory.write(
            """
            service:
              flush: 0.02
              storage.path: \(directory.file("storage"))
              storage.type: filesystem
            pipeline:
              inputs:
                - {name: tail, tag: t, path: \(directory.file("in.log")), parser: json,
                   read_from_head: on, exit_on_eof: \(exitsAtEnd)}
              outputs:
                - {name: file, alias: plain, match: t, path: \(directory.file("plain")), file: o,
                   mkdir: on, rotate_max_size: 20K}
                - {name: file, alias: gzip, match: t, path: \(directory.file("gzip")), file: o,
                   mkdir: on, rotate_max_size: 4K, compress: gzip}
                - {name: file, alias: zstd, match: t, path: \(directory.file("zstd")), file: o,
                   mkdir: on, rotate_max_size: 4K, compress: zstd}
                - {name: file, alias: slow, match: t, path: \(directory.file("slow")), file: o,
                   mkdir: on, rotate_max_size: 20K, sync: full}
            """, to: "catchment.yaml")
    }

    private func append(_ numbers: Range<Int>) throws {
        let path = directory.file("in.log")
        if numbers.lowerBound == 0 { _ = try directory.write("", to: "in.log") }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        let text = numbers.map { "{\"n\":\($0),\"words\":\"of a line\"}\n" }.joined()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    private func files(of output: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory.file(output))
        return (names ?? []).map { directory.file(output + "/" + $0) }
    }

    private func size() -> Int {
        Self.outputs.flatMap { files(of: $0) }.reduce(0) { sum, path in
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return sum + (size ?? 0)
        }
    }

    @Test func deliversOnceIntoEveryOutputThroughTwentyKills() throws {
        let file = try configuration()
        var random = SeededRandom(seed: 20)
        var written = 0
        for _ in 0..<Self.kills {
            try append(written..<written + 1_000)
            written += 1_000
            let agent = try AgentProcess(["run", "-c", file])
            // Somewhere between the first byte that it writes and the last.
            let wanted = size() + Int.random(in: 1...60_000, using: &random)
            _ = waits(atMost: 0.3) { size() >= wanted }
            try agent.killAtOnce()
        }
        let agent = try AgentProcess(["run", "-c", configuration(exitsAtEnd: true)])
        #expect(try agent.status() == 0)
        for output in Self.outputs {
            let numbers = try files(of: output).flatMap { try PackedFile($0).numbers() }.sorted()
            #expect(numbers == Array(0..<written), "\(output)")
        }
    }
}
