import Foundation
import TestKit
import Testing

/// Texts inside records become fields on their way through the program.
@Suite(.serialized) struct ParsingTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func readsAFieldOfEveryRecord() throws {
        let input = try directory.write(
            #"{"n":1,"message":"{\"level\":\"high\",\"time\":\"2024-05-06T07:08:09Z\"}"}"# + "\n"
                + #"{"n":2,"message":"plain"}"# + "\n", to: "input")
        let agent = try AgentProcess(
            [
                "-i", "stdin", "-F", "parser", "-m", "*", "-p", "key_name=message", "-p",
                "parser=json", "-p", "reserve_data=on", "-o", "stdout", "-m", "*",
            ], input: input)
        #expect(try agent.status() == 0)
        let lines = agent.output.split(separator: "\n")
        try #require(lines.count == 2, "\(agent.output) \(agent.errors)")
        #expect(lines[0].contains(#""level":"high","n":1"#))
        #expect(lines[0].contains(#""time":"2024-05-06T07:08:09.000Z""#))
        #expect(lines[1].contains(#""n":2,"message":"plain""#))
    }

    /// A file of a container: JSON in lines that are cut, two streams at a time.
    @Test func parsesLinesOfContainersAcrossARestart() throws {
        let file = try directory.write(
            """
            service:
              flush: 0.05
              storage.path: \(directory.file("storage"))
              storage.type: filesystem
            pipeline:
              inputs:
                - {name: tail, path: \(directory.file("*.log")), tag: pod, read_from_head: on, \
            multiline.parser: 'docker, cri'}
              filters:
                - {name: parser, match: pod, key_name: log, parser: json, reserve_data: on}
              outputs:
                - {name: file, match: '*', path: \(directory.file("out")), file: lines, mkdir: on}
            """, to: "catchment.yaml")
        func write(_ lines: [String]) throws {
            let path = URL(filePath: directory.file("x.log"))
            if !FileManager.default.fileExists(atPath: path.path) { try Data().write(to: path) }
            let file = try FileHandle(forWritingTo: path)
            try file.seekToEnd()
            for line in lines {
                try file.write(contentsOf: Data("2024-05-06T07:08:09.5Z \(line)\n".utf8))
            }
            try file.close()
        }
        func delivered() -> [String] {
            let bytes = (try? directory.read("out/lines")) ?? []
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        try write([#"stderr P {"n":1,"#, #"stdout F {"n":2}"#, "stdout F plain"])
        var agent = try AgentProcess(["run", "-c", file])
        try agent.waitForStart()
        #expect(waits { delivered().count == 2 })
        try agent.killAtOnce()
        try write([#"stdout P {"n":3,"#, #"stderr F "m":1}"#, #"stdout F "m":3}"#])
        agent = try AgentProcess(["run", "-c", file])
        #expect(waits { delivered().count >= 4 })
        agent.signal(SIGTERM)
        #expect(try agent.status() == 0)
        let time = #""time":"2024-05-06T07:08:09.500Z""#
        #expect(
            delivered() == [
                #"{\#(time),"n":2,"stream":"stdout"}"#,
                #"{\#(time),"stream":"stdout","log":"plain"}"#,
                #"{\#(time),"n":1,"m":1,"stream":"stderr"}"#,
                #"{\#(time),"n":3,"m":3,"stream":"stdout"}"#,
            ])
    }
}
