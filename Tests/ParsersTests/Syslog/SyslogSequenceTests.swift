import Core
import Parsers
import Testing

@Suite struct SyslogSequenceTests {
    @Test(
        arguments: [
            (
                #"<13>1 - h a - - [meta sequenceId="29" sysUpTime="5"] t"#, 29,
                MessageSequence.Kind.rfc5424
            ),
            (
                #"<13>1 - h a - - [x y="z"][meta a="b" sequenceId="2147483647"]"#, 2_147_483_647,
                .rfc5424
            ),
            ("<189>123: 456: *Oct 11 18:48:50 UTC: %SYS-5-CONFIG_I: x", 123, .cisco),
            ("<189>4294967295: Oct 11 18:48:50: %SYS-5-CONFIG_I: x", 4_294_967_295, .cisco),
        ] as [(String, UInt32, MessageSequence.Kind)])
    func tellsTheNumberOfTheLastMessage(
        line: String, number: UInt32, kind: MessageSequence.Kind
    ) {
        let run = SyslogRun()
        let record = run.read(line)
        #expect(run.parser.lastSequence == MessageSequence(number: number, kind: kind))
        #expect(record["sequence"] == "\(number)")
        _ = run.read("<13>Oct 11 22:14:15 h t: m")
        #expect(run.parser.lastSequence == nil)
    }

    @Test(arguments: [
        #"[meta sequenceId="0"]"#, #"[meta sequenceId="2147483648"]"#, #"[meta sequenceId="x1"]"#,
        #"[meta sequenceId=""]"#, #"[meta@1 sequenceId="5"]"#, #"[metb sequenceId="5"]"#,
        #"[meta sequenceID="5"]"#, #"[meta sequenceId="99999999999"]"#, "-",
    ])
    func takesNoOtherNumbers(data: String) {
        let run = SyslogRun()
        let record = run.read("<13>1 - h a - - \(data) t")
        #expect(run.parser.lastSequence == nil)
        #expect(record["sequence"] == nil)
        #expect(record["message"] == "t")
    }

    // MARK: Limits of RFC 5424

    @Test(arguments: [
        (String(repeating: "h", count: 256), "a", "p", "m", "-"),
        ("h", String(repeating: "a", count: 49), "p", "m", "-"),
        ("h", "a", String(repeating: "p", count: 129), "m", "-"),
        ("h", "a", "p", String(repeating: "m", count: 33), "-"),
        ("h", "a", "p", "m", "[" + String(repeating: "i", count: 33) + "]"),
        ("h", "a", "p", "m", "[x " + String(repeating: "n", count: 33) + "=\"v\"]"),
    ])
    func takesLongFieldsAndSaysSo(
        host: String, app: String, process: String, message: String, data: String
    ) {
        let record = SyslogRun().read("<13>1 - \(host) \(app) \(process) \(message) \(data) t")
        #expect(record["hostname"] == host)
        #expect(record["app_name"] == app)
        #expect(record["proc_id"] == process)
        #expect(record["msg_id"] == message)
        #expect(record["message"] == "t")
        #expect(record["parse_error"] == "E2209")
        #expect(record["parse_status"] == nil)
        #expect(record["raw"] == nil)
    }

    @Test func saysNothingOfTheLongestFieldsAllowed() {
        let line =
            "<13>1 - \(String(repeating: "h", count: 255)) \(String(repeating: "a", count: 48)) "
            + "\(String(repeating: "p", count: 128)) \(String(repeating: "m", count: 32)) "
            + "[\(String(repeating: "i", count: 32)) \(String(repeating: "n", count: 32))=\"v\"] t"
        #expect(SyslogRun().read(line)["parse_error"] == nil)
    }
}
