import Foundation
import TestKit
import Testing

/// The program delivers to an object store once, whatever ends it and whatever the store says.
@Suite(.serialized) struct ObjectStoreTests {
    let directory: TemporaryDirectory
    let store: FakeStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try FakeStore()
    }

    private func configuration(exitsAtEnd: Bool, second: String = "") throws -> String {
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
                - {name: s3, match: t, bucket: b, preset: minio, endpoint: '\(store.endpoint)',
                   aws_access_key_id: k, aws_secret_access_key: s, total_file_size: 1K, upload_timeout: 1s,
                   s3_key_format: '/$host/$UUID.gz', compression: gzip}
            \(second)
            """, to: "catchment.yaml")
    }

    private func append(_ numbers: Range<Int>) throws {
        let path = directory.file("in.log")
        if numbers.lowerBound == 0 { _ = try directory.write("", to: "in.log") }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        let text = numbers.map { "{\"n\":\($0),\"host\":\"h\($0 % 3)\"}\n" }.joined()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    private func numbers() throws -> [Int] {
        try store.objects.flatMap { try PackedFile($0.key, holding: $0.value).numbers() }.sorted()
    }

    @Test func deliversOnceThroughKills() throws {
        let file = try configuration(exitsAtEnd: false)
        var written = 0
        for round in 0..<12 {
            try append(written..<written + 500)
            written += 500
            let before = store.requests.count
            // Every third request fails, one way or another.
            store.fail { _, number in
                switch number % 9 {
                case 2: .reply(Reply(500))
                case 5: .after(.none)
                case 8: .resetBody
                default: nil
                }
            }
            let agent = try AgentProcess(["run", "-c", file])
            _ = waits(atMost: 0.4) { store.requests.count > before + round % 4 }
            try agent.killAtOnce()
        }
        // What fails now would wait for the next start when the agent's time is over.
        store.fail { _, _ in nil }
        let agent = try AgentProcess(["run", "-c", configuration(exitsAtEnd: true)])
        #expect(try agent.status() == 0)
        #expect(try numbers() == Array(0..<written), "\(agent.errors)")
    }

    @Test func holdsNoOtherOutputUpWhenTheStoreRefuses() throws {
        try append(0..<1_000)
        store.fail { _, _ in .reply(FakeStore.error(403, "AccessDenied")) }
        let file = try configuration(
            exitsAtEnd: false,
            second:
                "    - {name: file, match: t, path: \(directory.file("out")), file: o, mkdir: on}"
        )
        let agent = try AgentProcess(["run", "-c", file])
        let isDelivered = try waits {
            guard FileManager.default.fileExists(atPath: directory.file("out/o")) else {
                return false
            }
            return try PackedFile(directory.file("out/o")).numbers().count == 1_000
        }
        #expect(isDelivered)
        #expect(waits { agent.errors.contains("E3503: put s3://b/h") }, "\(agent.errors)")
        #expect(agent.errors.contains("the key may not do this"))
        try agent.killAtOnce()
        store.fail { _, _ in nil }
        let next = try AgentProcess(["run", "-c", configuration(exitsAtEnd: true)])
        #expect(try next.status() == 0)
        #expect(try numbers() == Array(0..<1_000))
    }

    @Test func readsBackWhatItDelivered() throws {
        try append(0..<1_000)
        let file = try configuration(exitsAtEnd: true)
        #expect(try AgentProcess(["run", "-c", file]).status() == 0)
        let parse = try AgentProcess(["parse", "-c", file, "s3://b/"])
        #expect(try parse.status() == 0, "\(parse.errors)")
        let sent = (0..<1_000).map { "{\"n\":\($0),\"host\":\"h\($0 % 3)\"}" }
        let lines = parse.output.split(separator: "\n").map { line in
            // The parser of the input has added the time.
            "{" + line.drop { $0 != "," }.dropFirst()
        }
        #expect(lines.sorted() == sent.sorted())
    }

    @Test func neverSaysItsSecret() throws {
        try append(0..<10)
        let file = try directory.write(
            try String(contentsOfFile: configuration(exitsAtEnd: true), encoding: .utf8)
                .replacingOccurrences(of: "_key: s,", with: "_key: hidden-words,"),
            to: "secret.yaml")
        let agent = try AgentProcess(["run", "-c", file])
        #expect(try agent.status() == 0)
        #expect(!agent.errors.contains("hidden-words") && !agent.output.contains("hidden-words"))
        #expect(try numbers() == Array(0..<10))
    }
}
