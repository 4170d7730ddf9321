import Foundation
import TestKit
import Testing

/// The program as its user meets it: streams, exit statuses, messages.
@Suite(.serialized) struct CommandLineTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test func pipesRecordsThrough() throws {
        let input = try directory.write("{\"n\":1}\n{\"n\":2,\"text\":\"ü\"}\n", to: "input")
        let agent = try AgentProcess(
            ["-i", "stdin", "-p", "parser=json", "-o", "stdout"], input: input)
        #expect(try agent.status() == 0)
        let lines = agent.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains("\"n\":1") == true)
        #expect(lines.last?.contains("\"n\":2,\"text\":\"ü\"") == true)
        #expect(PrintedLedger(agent.errors).input("stdin.0") == .init(received: 2, journaled: 2))
    }

    @Test func namesThePlaceOfEveryMistake() throws {
        let file = try directory.write(
            """
            service:
              flsh: 1
            pipeline:
              inputs:
                - name: syslog
                  port: many
              outputs:
                - name: file
                  match: nothing
            """, to: "broken.yaml")
        let check = try AgentProcess(["check", "-c", file])
        #expect(try check.status() == 2)
        for place in ["2:3: error E1102", "6:13: error E1106", "9:14: error E1112"] {
            #expect(check.errors.contains("\(file):\(place)"), "\(check.errors)")
        }
        #expect(check.output.isEmpty)
        let run = try AgentProcess(["run", "-c", file])
        #expect(try run.status() == 2)
        #expect(run.errors == check.errors)
    }

    /// A configuration whose ports are taken.
    private func configuration(_ port: TakenPort) throws -> String {
        try directory.write(
            """
            service:
              storage.path: \(directory.path)/storage
              storage.type: filesystem
            pipeline:
              inputs:
                - {name: dummy, tag: made, flush_on_startup: on}
                - {name: netflow, tag: flows, listen: 127.0.0.1, port: \(port.number)}
              outputs:
                - {name: file, match: '*', path: \(directory.path)/out, mkdir: on}
            """, to: "catchment.yaml")
    }

    @Test func aDryRunTouchesNothing() throws {
        let port = try TakenPort()
        let capture = Samples.folder.appendingPathComponent("netflow-v5-softflowd.pcap").path
        let parse = try AgentProcess(["parse", "-c", try configuration(port), capture])
        #expect(try parse.status() == 0, "\(parse.errors)")
        #expect(parse.output.split(separator: "\n").count == 158)
        #expect(try directory.names() == ["catchment.yaml"])
        let check = try AgentProcess(["check", "-c", directory.file("catchment.yaml")])
        #expect(try check.status() == 0)
        #expect(try directory.names() == ["catchment.yaml"])
    }

    @Test func aPortInUseStopsTheStart() throws {
        let port = try TakenPort()
        let agent = try AgentProcess(["run", "-c", try configuration(port)])
        #expect(try agent.status() == 1)
        #expect(agent.errors.contains("[netflow.0] E3002: bind udp 127.0.0.1:\(port.number): "))
        #expect(!agent.errors.contains(" started: "))
        #expect(!FileManager.default.fileExists(atPath: directory.file("out")))
    }

    @Test(
        arguments: [
            ([], 2, "E4003"), (["foo"], 2, "E4001"), (["run", "--confg", "x"], 2, "E4002"),
            (["describe", "in_file"], 2, "E1103"), (["parse", "/nonexistent"], 1, "E3101"),
            (["check", "-c", "/nonexistent.yaml"], 2, "E1003"), (["help"], 0, "catchment run"),
            (["version"], 0, "catchment "), (["describe", "out_file"], 0, "rotate_max_size"),
        ] as [([String], Int32, String)])
    func endsWithAStatusAndAReason(arguments: [String], status: Int32, text: String) throws {
        let agent = try AgentProcess(arguments)
        #expect(try agent.status() == status)
        #expect((status == 0 ? agent.output : agent.errors).contains(text))
    }
}
