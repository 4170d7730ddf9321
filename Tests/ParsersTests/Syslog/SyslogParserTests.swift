import Core
import Parsers
import TestKit
import Testing

@Suite struct SyslogParserTests {
    static let received = Timestamp(2026, 10, 12)

    static func source(
        _ received: Timestamp = received, transport: Transport = .udp
    ) -> PayloadSource {
        PayloadSource(
            peer: Endpoint(address: IPAddress(v4: 0xc000_0201), port: 514), transport: transport,
            received: received)
    }

    /// The record of one line.
    func read(
        _ line: [UInt8], received: Timestamp = received, transport: Transport = .udp,
        parser: SyslogParser = SyslogParser()
    ) -> [String: String] {
        var batch = RecordBatch()
        _ = line.withBytes {
            parser.decode(
                $0, from: Self.source(received, transport: transport), into: &batch)
        }
        #expect(batch.count == 1)
        return records(batch).first ?? [:]
    }

    func read(
        _ line: String, received: Timestamp = received, parser: SyslogParser = SyslogParser()
    ) -> [String: String] {
        read(Array(line.utf8), received: received, parser: parser)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var line: String
        var expected: [String: String?]
        var testDescription: String { line }

        init(_ line: String, _ expected: [String: String?]) {
            self.line = line
            self.expected = expected
        }
    }

    func check(_ example: Case, received: Timestamp = received) {
        let record = read(example.line, received: received)
        for (name, value) in example.expected {
            #expect(record[name] == value, "\(name)")
        }
    }

    // MARK: PRI

    @Test(arguments: [
        Case(
            "<34>Oct 11 22:14:15 h t: m",
            [
                "facility": "4", "facility_name": "auth", "severity": "2",
                "severity_name": "crit", "pri_valid": nil, "parse_status": nil,
            ]),
        Case("<0>Oct 11 22:14:15 h t: m", ["facility": "0", "severity_name": "emerg"]),
        Case("<191>Oct 11 22:14:15 h t: m", ["facility_name": "local7", "severity": "7"]),
        Case("<007>Oct 11 22:14:15 h t: m", ["facility": "0", "severity": "7"]),
        Case(
            "<999>x",
            [
                "facility": nil, "severity": nil, "pri_valid": "false", "message": "<999>x",
                "parse_status": "raw", "parse_error": "E2202",
            ]),
        Case("<192>Oct 11 22:14:15 h a: b", ["parse_status": "raw", "facility": nil]),
        Case("<>x", ["pri_valid": "false", "message": "<>x", "parse_status": "raw"]),
        Case("<3", ["pri_valid": "false", "message": "<3", "parse_status": "raw"]),
        Case("<0034>x", ["pri_valid": "false", "parse_error": "E2202"]),
        Case(
            "<13>no header here",
            [
                "facility": "1", "message": "<13>no header here", "parse_status": "raw",
                "parse_error": "E2201",
            ]),
        Case("", ["message": "", "parse_error": "E2206"]),
        Case(
            "Oct 11 22:14:15 h t: m",
            ["pri_valid": "false", "hostname": "h", "parse_status": nil, "format": "rfc3164"]),
    ])
    func readsPriority(example: Case) { check(example) }

    // MARK: RFC 5424

    @Test(arguments: [
        Case(
            "<34>1 2003-10-11T22:14:15.003Z m.example su - ID47 - \u{feff}text",
            [
                "facility_name": "auth", "severity_name": "crit", "app_name": "su",
                "msg_id": "ID47", "hostname": "m.example", "proc_id": nil,
                "structured_data": nil, "message": "text", "format": "rfc5424",
                "time_device": "2003-10-11T22:14:15.3000000", "time_source": "received",
                "time_suspect": "true", "time": "2026-10-12T00:00:00",
            ]),
        Case(
            #"<165>1 - - - - - [a@1 k="x\]y\"z\q"]"#,
            [
                "structured_data": #"{a@1:{k:x]y"z\q}}"#, "message": "", "time_device": nil,
                "time_source": "received", "hostname": nil, "parse_status": nil,
            ]),
        Case(
            #"<165>1 2026-10-11T22:14:15Z h a p m [a x="1" x="2"][b][a y=""] t"#,
            ["structured_data": "{a:{x:[1,2],y:},b:{}}", "message": "t"]),
        Case(
            #"<165>1 2026-10-11T22:14:15Z h a p m [a x="1"] [b y="2"]"#,
            ["structured_data": "{a:{x:1}}", "message": #"[b y="2"]"#]),
        Case(
            #"<165>1 2026-10-11T22:14:15Z h a p m [a x= "1"]"#,
            ["structured_data": "{a:{x:1}}", "message": ""]),
        Case(
            #"<165>1 2026-10-11T22:14:15Z h a p m [a x="1 t"#,
            [
                "structured_data": nil, "message": #"[a x="1 t"#, "parse_status": "partial",
                "parse_error": "E2204",
            ]),
        Case(
            "<165>1 2026-10-11T22:14:15.123456789+02:00 h a p m -",
            ["time": "2026-10-11T20:14:15.123456789", "message": "", "parse_status": nil]),
        Case(
            "<165>1 2026-13-11T22:14:15Z h a p m - t",
            [
                "raw": "<165>1 2026-13-11T22:14:15Z h a p m - t", "time_device": nil,
                "parse_error": "E2203", "hostname": "h", "message": "t",
            ]),
        Case(
            "<165>1 2026-10-11T22:14:60Z h a p m - t", ["time": "2026-10-11T22:15:00"]),
        Case(
            "<165>1 2026-10-11t22:14:15z h a p m - t", ["time": "2026-10-11T22:14:15"]),
        Case(
            "<165>1 2026-10-11T22:14:15Z h",
            ["hostname": "h", "parse_status": "partial", "parse_error": "E2201"]),
        Case("<165>12 - h a p m - t", ["hostname": "h", "message": "t"]),
        Case("<165>0 - h a p m - t", ["parse_status": "raw"]),
    ])
    func readsRFC5424(example: Case) { check(example) }

    // MARK: RFC 3164

    @Test(arguments: [
        Case(
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
            [
                "hostname": "mymachine", "app_name": "su", "proc_id": nil,
                "message": "'su root' failed for lonvick on /dev/pts/8",
                "time": "2026-10-11T22:14:15", "time_source": nil, "time_device": nil,
                "format": "rfc3164",
                "peer_address": "192.0.2.1", "peer_port": "514", "transport": "udp",
                "record_type": "log", "time_received": "2026-10-12T00:00:00",
            ]),
        Case(
            "<13>Oct 11 22:14:15 h app[77]: text",
            ["hostname": "h", "app_name": "app", "proc_id": "77", "message": "text"]),
        Case(
            "<13>Oct 11 22:14:15 h app[77] text",
            ["app_name": "app", "proc_id": "77", "message": "text"]),
        Case(
            "<13>Oct 11 22:14:15 h app(77): text",
            ["app_name": "app", "proc_id": "77", "message": "text"]),
        Case("<13>Oct 11 22:14:15 h app[-]: text", ["app_name": "app", "proc_id": nil]),
        Case(
            "<13>Oct 11 22:14:15 app[77]: text",
            ["hostname": nil, "app_name": "app", "proc_id": "77", "message": "text"]),
        Case(
            "<13>Oct 11 22:14:15 app: text",
            ["hostname": nil, "app_name": "app", "message": "text"]),
        Case(
            "<13>Oct 11 22:14:15 2001:db8::1 app: text",
            ["hostname": "2001:db8::1", "app_name": "app", "message": "text"]),
        Case(
            "<13>Oct 11 22:14:15 h just some text",
            ["hostname": "h", "app_name": nil, "message": "just some text"]),
        Case("<13>Oct 11 22:14:15 h app:  text", ["message": " text"]),
        Case(
            "<13>Oct 11 22:14:15 h date=2026-10-11 devname=\"f\" msg=x: y",
            ["hostname": "h", "app_name": nil, "message": "date=2026-10-11 devname=\"f\" msg=x: y"]),
        Case(
            "<13>Oct 11 22:14:15 {\"a\":1}",
            ["hostname": nil, "app_name": nil, "message": "{\"a\":1}"]),
        Case(
            "<13>Oct 11 22:14:15 h https://example.net/ is down",
            ["app_name": nil, "message": "https://example.net/ is down"]),
        Case(
            "<13>Oct 11 22:14:15 Message forwarded from aix1: su: text",
            ["hostname": "aix1", "app_name": "su", "message": "text"]),
        Case(
            "<13>Oct 11 22:14:15 h last message repeated 3 times",
            ["hostname": "h", "repeat_count": "3", "message": "last message repeated 3 times"]),
        Case(
            "<30>Oct 11 22:14:15 U7,fcecda000000,v4.3.20: logread[5]: text",
            ["hostname": "U7", "app_name": "logread", "proc_id": "5", "message": "text"]),
        Case("<13>Oct 11 22:14:15", ["message": "", "parse_status": nil]),
        Case("<13>Oct 11 22:14:15 ", ["message": "", "parse_status": nil]),
        Case("<13>Oct 11 22:14:15 word", ["hostname": nil, "message": "word"]),
    ])
    func readsRFC3164(example: Case) { check(example) }

    @Test(arguments: [
        ("Oct  1 22:14:15", "2026-10-01T22:14:15"), ("Oct 1 22:14:15", "2026-10-01T22:14:15"),
        ("oct 11 22:14:15", "2026-10-11T22:14:15"), ("OCT 11 22:14:15", "2026-10-11T22:14:15"),
        ("Oct 11 22:14:15.123", "2026-10-11T22:14:15.123000000"),
        ("Oct 11 2025 22:14:15", "2025-10-11T22:14:15"),
        ("2025 Oct 11 22:14:15", "2025-10-11T22:14:15"),
        ("Oct 11 22:14:15 2025", "2025-10-11T22:14:15"),
        ("Oct 11 22:14:15:", "2026-10-11T22:14:15"),
        ("*Oct 11 22:14:15", "2026-10-11T22:14:15"), (".Oct 11 22:14:15", "2026-10-11T22:14:15"),
        (" Oct 11 22:14:15", "2026-10-11T22:14:15"),
        ("2026-10-11T22:14:15.123+02:00", "2026-10-11T20:14:15.123000000"),
        ("2026-10-11T22:14:15+0200", "2026-10-11T20:14:15"),
        ("2026-10-11T22:14:15-0530", "2026-10-12T03:44:15"),
        ("2026-10-11 22:14:15", "2026-10-11T22:14:15"),
        ("1791757255.774", "2026-10-11T22:20:55.774000000"),
        ("1 1791757255.774", "2026-10-11T22:20:55.774000000"),
    ])
    func readsTimestampForms(text: String, expected: String) {
        let record = read("<13>\(text) host app: text")
        #expect(record["time"] == expected)
        #expect(record["hostname"] == "host")
        #expect(record["app_name"] == "app")
        #expect(record["message"] == "text")
        #expect(record["parse_status"] == nil)
    }

    @Test func skipsZoneNamesBeforeColons() {
        let record = read("<189>Oct 11 22:14:15.123 CEST: %SYS-5-CONFIG_I: Configured")
        #expect(record["hostname"] == nil)
        #expect(record["app_name"] == "%SYS-5-CONFIG_I")
        #expect(record["message"] == "Configured")
    }

    // MARK: Time

    struct Moment: Sendable {
        var text: String
        var received: Timestamp
        var device: String
        var isSuspect: Bool
        var isUsed: Bool
    }

    @Test(arguments: [
        Moment(
            text: "Dec 31 23:59:58", received: Timestamp(2027, 1, 1, 0, 0, 3),
            device: "2026-12-31T23:59:58", isSuspect: false, isUsed: true),
        Moment(
            text: "Jan  1 00:00:02", received: Timestamp(2026, 12, 31, 23, 59, 59),
            device: "2027-01-01T00:00:02", isSuspect: false, isUsed: true),
        Moment(
            text: "Feb 29 12:00:00", received: Timestamp(2027, 1, 5),
            device: "2028-02-29T12:00:00", isSuspect: true, isUsed: false),
        Moment(
            text: "Feb 29 12:00:00", received: Timestamp(2028, 3, 1),
            device: "2028-02-29T12:00:00", isSuspect: false, isUsed: true),
        Moment(
            text: "Oct  1 00:00:00", received: Timestamp(2026, 10, 12),
            device: "2026-10-01T00:00:00", isSuspect: true, isUsed: true),
        Moment(
            text: "1970-01-02T00:00:10Z", received: Timestamp(2026, 10, 12),
            device: "1970-01-02T00:00:10", isSuspect: true, isUsed: false),
    ])
    func choosesTheYearClosestToReceipt(moment: Moment) {
        let record = read("<13>\(moment.text) h t: m", received: moment.received)
        // The sender's time is said once.
        #expect(record["time_device"] == (moment.isUsed ? nil : moment.device))
        #expect(record["time_suspect"] == (moment.isSuspect ? "true" : nil))
        #expect(record["time_source"] == (moment.isUsed ? nil : "received"))
        #expect(record["time"] == (moment.isUsed ? moment.device : clockText(moment.received)))
    }

    @Test func remembersTheLastSecondWithoutMixingLines() {
        let parser = SyslogParser(timeZone: TimeZone(offsetSeconds: 7200))
        let lines = [
            ("Oct 11 22:14:15", "2026-10-11T20:14:15"), ("Oct 11 22:14:15", "2026-10-11T20:14:15"),
            ("Oct 11 22:14:16", "2026-10-11T20:14:16"),
            ("2026-10-11T22:14:15.5Z", "2026-10-11T22:14:15.500000000"),
            ("2026-10-11T22:14:15.25Z", "2026-10-11T22:14:15.250000000"),
            ("2026-10-11T22:14:15.25+02:00", "2026-10-11T20:14:15.250000000"),
            ("2026-10-11T22:14:15Z", "2026-10-11T22:14:15"),
            ("Oct 11 22:14:16 2025", "2025-10-11T20:14:16"),
            ("Oct 11 22:14:16", "2026-10-11T20:14:16"),
        ]
        for (text, expected) in lines {
            #expect(read("<13>\(text) h t: m", parser: parser)["time"] == expected)
        }
        let later = read(
            "<13>Oct 11 22:14:16 h t: m", received: Timestamp(2028, 1, 1), parser: parser)
        #expect(later["time"] == "2027-10-11T20:14:16")
    }

    @Test func trustsTimesOfFiles() {
        let record = read(
            Array("<13>2003-10-11T22:14:15Z h t: m".utf8), transport: .file)
        #expect(record["time"] == "2003-10-11T22:14:15")
        #expect(record["time_suspect"] == nil)
        #expect(record["peer_address"] == nil)
    }

    // MARK: Batches

    @Test func sharesARunAmongRecordsOfOneRound() {
        let parser = SyslogParser()
        var batch = RecordBatch()
        for line in ["<13>Oct 11 22:14:15 a t: m", "<14>Oct 11 22:14:15 b u[1]: n"] {
            _ = Array(line.utf8).withBytes {
                parser.decode($0, from: Self.source(), into: &batch)
            }
        }
        #expect(batch.runs.count == 1)
        _ = Array("<13>Oct 11 22:14:15 a t: m".utf8).withBytes {
            parser.decode($0, from: Self.source(Timestamp(2026, 10, 13)), into: &batch)
        }
        #expect(batch.runs.count == 2)
        #expect(records(batch).map { $0["hostname"] } == ["a", "b", "a"])
    }

    @Test func marksTruncatedMessages() {
        var batch = RecordBatch()
        _ = Array("<13>Oct 11 22:14:15 a t: m".utf8).withBytes {
            SyslogParser().decode($0, isTruncated: true, from: Self.source(), into: &batch)
        }
        #expect(records(batch).first?["truncated"] == "true")
    }

    @Test func namesColumnsAsTold() {
        var names = SyslogParser.Names()
        names.raw = "original"
        names.peerAddress = "source_ip"
        let line = "<165>1 - h a p m [x y=\"z\"] t"
        let record = read(line, parser: SyslogParser(names: names))
        #expect(record["original"] == line)
        #expect(record["source_ip"] == "192.0.2.1")
        #expect(record["structured_data"] == "{x:{y:z}}")
    }

    // MARK: Forced forms and Fluent Bit's names

    @Test func forcedFormsRefuseOtherLines() {
        let modern = Array("<34>1 2026-10-11T22:14:15Z h a p m - t".utf8)
        let old = Array("<34>Oct 11 22:14:15 h t: m".utf8)
        var batch = RecordBatch()
        for (form, line) in [(SyslogParser.Form.rfc3164, modern), (.rfc5424, old)] {
            let code = line.withBytes {
                SyslogParser(form: form).parse($0, from: Self.source(), into: &batch)
            }
            #expect(code == .syslogNoHeader)
        }
        #expect(batch.count == 0)
        for (form, line) in [(SyslogParser.Form.rfc5424, modern), (.rfc3164, old)] {
            let code = line.withBytes {
                SyslogParser(form: form).parse($0, from: Self.source(), into: &batch)
            }
            #expect(code == nil)
        }
        #expect(batch.count == 2)
    }

    @Test func speaksFluentBitsNames() {
        let old = read(
            "<34>Oct 11 22:14:15 h t[9]: m",
            parser: SyslogParser(form: .rfc3164, schema: .fluentBit))
        #expect(
            old == [
                "pri": "34", "time": "Oct 11 22:14:15", "host": "h", "ident": "t", "pid": "9",
                "message": "m",
            ])
        let modern = read(
            "<34>1 2026-10-11T22:14:15Z h a - ID [x y=\"z\"] t",
            parser: SyslogParser(form: .rfc5424, schema: .fluentBit))
        #expect(
            modern == [
                "pri": "34", "time": "2026-10-11T22:14:15Z", "host": "h", "ident": "a",
                "pid": "-", "msgid": "ID", "extradata": "[x y=\"z\"]", "message": "t",
            ])
    }

    // MARK: Hostile input

    static let corpus = [
        "<34>1 2003-10-11T22:14:15.003Z m.example su 77 ID47 [a@1 k=\"x\\]y\" l=\"\"][b c=\"d\"] t",
        "<34>Oct 11 22:14:15 mymachine su[123]: 'su root' failed for lonvick",
        "<189>Oct 11 22:14:15.123 CEST: %SYS-5-CONFIG_I: Configured",
        "<13>Oct 11 22:14:15 Message forwarded from aix1: last message repeated 3 times",
        "<30>Oct 11 22:14:15 U7,fcecda000000,v4.3.20: logread(5): text",
        "<13>2026 Oct 11 22:14:15 2001:db8::1 app: text",
        "<134>1 1791757255.774 name events type=vpn",
    ]

    @Test(arguments: corpus)
    func survivesTruncationAtEveryByte(line: String) {
        for bytes in Damage.truncations(of: Array(line.utf8)) {
            #expect(read(bytes)["message"] != nil)
        }
    }

    @Test(arguments: corpus)
    func survivesFlippedBits(line: String) {
        for bytes in Damage.flips(of: Array(line.utf8), count: 1000) {
            #expect(read(bytes)["message"] != nil)
        }
    }

    @Test func survivesLongAndBinaryMessages() {
        let long = Array("<13>Oct 11 22:14:15 h t: ".utf8) + [UInt8](repeating: 0, count: 70_000)
        #expect(read(long)["message"]?.utf8.count == 70_000)
        #expect(read([0xff])["parse_status"] == "raw")
        let elements = String(repeating: "[a b=\"c\"]", count: 2000)
        let record = read("<13>1 - h a p m \(elements) t")
        #expect(record["message"] == "t")
    }
}
