import Core
import TestKit
import Testing

@testable import catchment

@Suite struct ParseCommandTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func printsDatagramsAsJSONLines() throws {
        let file = try directory.write(
            TinyCapture.pcap([(514, Self.bytes("<34>one")), (9, Self.bytes("two"))]), to: "a.pcap")
        let run = try ParseRun([file])
        #expect(run.status == 0)
        #expect(
            run.output == """
                {"time":"2023-11-14T22:13:20.000Z","peer":"192.0.2.1:40000","message":"<34>one"}
                {"time":"2023-11-14T22:13:20.000001Z","peer":"192.0.2.1:40000","message":"two"}

                """)
        #expect(
            run.messages == """
                read: 1 file, 2 packets, 2 UDP datagrams, 66 bytes, 2 records

                INPUT   SENDER     PAYLOADS  BYTES  RECORDS
                syslog  192.0.2.1         2     10        2

                """)
    }

    @Test func printsLinesOfTextFiles() throws {
        let file = try directory.write("one\n\ntwo\r\n", to: "a.log")
        let run = try ParseRun([file])
        #expect(
            run.output == """
                {"time":"2023-11-14T22:13:20.005Z","peer":"0.0.0.0:0","message":"one"}
                {"time":"2023-11-14T22:13:20.005Z","peer":"0.0.0.0:0","message":"two"}

                """)
    }

    @Test func printsAlignedTables() throws {
        let file = try directory.write("short\nbad and a rather long line \u{1b}[2J\n", to: "a.log")
        let run = try ParseRun([file, "--format", "table"], columns: 39)
        #expect(
            run.output == """
                2023-11-14 UTC
                TIME          MESSAGE
                22:13:20.005  short
                22:13:20.005  bad and a rather long li…

                """)
        #expect(run.messages.contains("problems: 1 E2201 syslog no header\n"))
        #expect(run.messages.contains("1 × E2201 syslog no header\n"))
        let wide = try ParseRun([file, "--format", "table", "-q"])
        #expect(wide.output.hasSuffix("long line \u{fffd}[2J\n") && wide.messages.isEmpty)
    }

    @Test func stopsAtTheLimit() throws {
        let first = try directory.write("1\n2\n3\n", to: "a.log")
        let second = try directory.write("4\n", to: "b.log")
        #expect(try ParseRun([first, second, "--limit", "2"]).lines.count == 2)
        #expect(try ParseRun([first, second, "--limit", "4"]).lines.count == 4)
        #expect(try ParseRun([first, second, "--limit", "0"]).lines.isEmpty)
    }

    @Test func readsWithANamedParser() throws {
        let file = try directory.write("{\"a\":1}\nno json\n", to: "a.log")
        let run = try ParseRun([file, "--as", "json"])
        #expect(run.status == 0 && run.lines.first?.contains("\"a\":1") == true)
        #expect(run.lines.last?.contains("\"parse_error\":\"E25") == true)
        let error = #expect(throws: UsageError.self) { try ParseRun([file, "--as", "jsn"]) }
        #expect(error?.hint == "did you mean 'json'?")
    }

    @Test func readsAnythingAsLinesWhenToldSo() throws {
        let file = try directory.write(
            Self.bytes("<13>Oct 11 22:14:15 h a: x\0\0\n") + [1, 2, 3, 0x0a], to: "a.log")
        let run = try ParseRun([file, "--as", "syslog"])
        #expect(run.status == 0 && run.lines.count == 2)
        #expect(run.lines.first?.contains("Oct 11 22:14:15 h a: x") == true)
        #expect(try ParseRun([file]).messages.contains("E2401"))
    }

    @Test func saysWhatNobodyReads() throws {
        let file = try directory.write(
            TinyCapture.pcap([(53, [0, 1, 2, 3]), (6344, [0, 0, 0, 5])]), to: "a.pcap")
        let run = try ParseRun([file])
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(
            run.messages.contains(
                "left out: 1 to port 53, neither flow nor log, "
                    + "1 to port 6344, neither flow nor log\n"))
    }

    @Test func goesOnAfterAFileThatCannotBeRead() throws {
        let binary = try directory.write([1, 2, 3, 4, 5, 6, 7, 8], to: "a.bin")
        let good = try directory.write("one\n", to: "b.log")
        let missing = directory.file("missing")
        let run = try ParseRun([missing, binary, good])
        #expect(run.status == 1 && run.lines.count == 1)
        #expect(run.messages.contains("\(missing): error E3101: No such file or directory\n"))
        #expect(run.messages.contains("\(binary): error E2401: neither pcap"))
        #expect(run.messages.contains("unreadable: 2 files\n"))
    }

    @Test func saysWhereACaptureIsDamaged() throws {
        let capture = TinyCapture.pcap([(514, Self.bytes("one")), (514, Self.bytes("two"))])
        let file = try directory.write(capture + [0, 0, 0], to: "a.pcap")
        let run = try ParseRun([file])
        #expect(run.status == 0 && run.lines.count == 2)
        #expect(
            run.messages.hasPrefix(
                "\(file): error E2402: capture truncated at byte \(capture.count)\n"))
        #expect(run.messages.contains("damaged: 1 E2402 capture truncated\n"))
    }

    @Test func showsProgressOfLargeFiles() throws {
        let lines = String(repeating: String(repeating: "x", count: 999) + "\n", count: 9000)
        let file = try directory.write(lines, to: "a.log")
        let run = try ParseRun([file, "-q"], progress: true)
        #expect(run.messages.contains("\r[##########----------] 5"))
        #expect(run.messages.hasSuffix("\r\u{1b}[K"))
        let small = try directory.write("x\n", to: "b.log")
        #expect(try ParseRun([small, "-q"], progress: true).messages.isEmpty)
    }
}
