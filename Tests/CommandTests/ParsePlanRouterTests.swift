import Core
import TestKit
import Testing

@testable import catchment

@Suite struct ParsePlanRouterTests {
    let directory: TemporaryDirectory
    let configuration: String

    init() throws {
        directory = try TemporaryDirectory()
        configuration = try directory.write(
            """
            pipeline:
              inputs:
                - name: syslog
                  alias: core
                  port: 514
                  tag: core.log
                - name: syslog
                  alias: edge
                  port: 1514
                  tag: edge.log
              filters:
                - name: halve
                  match: core.*
              outputs:
                - name: paths
                  path: /var/log
                  match: '*'
                - name: paths
                  alias: copy
                  path: /copy
                  match: edge.*

            """, to: "c.yaml")
    }

    func run(_ arguments: [String]) throws -> ParseRun {
        try ParseRun(["-c", configuration] + arguments)
    }

    @Test func sendsPayloadsThroughTheInputOfTheirPort() throws {
        let file = try directory.write(
            TinyCapture.pcap([
                (514, Array("a".utf8)), (514, Array("b".utf8)), (1514, Array("c".utf8)),
            ]), to: "a.pcap")
        let run = try run([file])
        #expect(run.status == 0)
        let record = { (time: String, message: String) in
            "\"record\":{\"time\":\"2023-11-14T22:13:20.\(time)Z\",\"peer\":\"192.0.2.1:40000\","
                + "\"message\":\"\(message)\"}}"
        }
        #expect(
            run.lines
                == [
                    "{\"output\":\"paths.0\",\"destination\":\"/var/log/core.log\\n\","
                        + record("000", "a"),
                    "{\"output\":\"paths.0\",\"destination\":\"/var/log/edge.log\\n\","
                        + record("000002", "c"),
                    "{\"output\":\"copy\",\"destination\":\"/copy/edge.log\\n\","
                        + record("000002", "c"),
                ].map { $0[...] })
        #expect(
            run.messages.contains("core: 2 records; halve.0 dropped 1; paths.0 gets 1\n"))
        #expect(run.messages.contains("edge: 1 records; paths.0 gets 1; copy gets 1\n"))
    }

    @Test func showsDestinationsInTables() throws {
        let file = try directory.write(
            TinyCapture.pcap([(1514, Array("c".utf8))]), to: "a.pcap")
        let run = try run([file, "--format", "table", "-q"])
        #expect(
            run.output == """
                OUTPUT   TO                  TIME                     MESSAGE
                paths.0  /var/log/edge.log\u{fffd}  2023-11-14 22:13:20.000  c
                copy     /copy/edge.log\u{fffd}     2023-11-14 22:13:20.000  c

                """)
    }

    @Test func saysWhenNoInputListens() throws {
        let file = try directory.write(
            TinyCapture.pcap([(999, Array("c".utf8)), (999, [0, 1, 2])]), to: "a.pcap")
        let run = try run([file])
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(run.messages.contains("1 to 198.51.100.2 port 999, no input takes them"))
        #expect(run.messages.contains("several inputs could take them (choose with --as)"))
    }

    @Test(arguments: ["edge", "core"])
    func handsEverythingToAChosenInput(name: String) throws {
        let file = try directory.write("one\ntwo\n", to: "a.log")
        let run = try run([file, "--as", name])
        #expect(run.messages.contains("\(name): 2 records"))
    }

    @Test func refusesAnUnknownInput() throws {
        let file = try directory.write("one\n", to: "a.log")
        let run = try run([file, "--as", "egde"])
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(run.messages.contains("did you mean 'edge'?"))
    }

    @Test func refusesABadConfiguration() throws {
        let bad = try directory.write("pipeline:\n  inputs:\n    - name: sylog\n", to: "bad.yaml")
        let file = try directory.write("one\n", to: "a.log")
        let run = try ParseRun(["-c", bad, file])
        #expect(run.status == 2 && run.messages.contains("E1103"))
    }
}
