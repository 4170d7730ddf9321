import Core
import FilterParser
import Parsers
import TestKit
import Testing

@Suite struct ParserFilterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var options: [(String, String)]
        var records: [String]
        var expected: [String]

        init(
            _ name: String, _ options: [(String, String)], _ records: [String],
            gives expected: [String]
        ) {
            testDescription = name
            self.options = options
            self.records = records
            self.expected = expected
        }

        init(
            _ name: String, _ options: [(String, String)], _ record: String,
            gives expected: String
        ) {
            self.init(name, options, [record], gives: [expected])
        }
    }

    static func filter(_ options: [(String, String)]) throws -> ParserFilter {
        var problems: [SettingsProblem] = []
        let own = Setting(
            .list(
                [
                    ("pair", #"^(?<name>\w+)=(?<value>\d+)$"#, "value:integer"),
                    ("word", #"^(?<word>[a-z]+)$"#, nil),
                    ("number", #"^(?<whole>-?\d+)(?:\.(?<part>\d+))?$"#, nil),
                    ("octet", #"^(?<first>\d+)\.(?<rest>.*)$"#, "first:integer"),
                ].map(definition)), at: Self.place)
        let library = ParserLibrary.load(from: [own], problems: &problems)
        #expect(problems.isEmpty)
        return try ParserFilter(
            settings: PluginSettings(testing: ParserFilter.info, options, parsers: library))
    }

    private static let place = SourceLocation(file: "test.yaml", line: 1, column: 1)

    private static func definition(
        _ name: String, _ pattern: String, _ types: String?
    ) -> Setting {
        var entries = [("name", name), ("format", "regex"), ("regex", pattern)]
        if let types { entries.append(("types", types)) }
        return Setting(
            .map(
                entries.map { key, value in
                    Setting.Entry(
                        key: key, keyLocation: place,
                        value: Setting(.scalar(value, isPlain: true), at: place))
                }), at: place)
    }

    /// The records after the filter; those without a time come at second 1.
    private func filtered(
        _ records: [String], _ options: [(String, String)]
    ) throws -> [String] {
        var batch = RecordBatch(tag: "t")
        batch.received = Timestamp(seconds: 1)
        for record in records { try batch.append(json: record) }
        try Self.filter(options).apply(to: &batch)
        #expect(batch.count == records.count && batch.tag == "t")
        return batch.jsonLines()
    }

    private static let first = #""time":"1970-01-01T00:00:01.000Z""#
    private static let log = [("key_name", "log")]
    private static let pair = log + [("parser", "pair")]
    private static let kept = [("reserve_data", "on")]
    private static let keptKey = [("preserve_key", "on")]

    static let cases: [Case] = [
        Case(
            "the fields alone", pair, #"{"a":1,"log":"x=5"}"#,
            gives: #"{\#(first),"name":"x","value":5}"#),
        Case(
            "reserve_data", pair + kept, #"{"a":1,"log":"x=5","b":[2]}"#,
            gives: #"{\#(first),"name":"x","value":5,"a":1,"b":[2]}"#),
        Case(
            "preserve_key", pair + keptKey, #"{"a":1,"log":"x=5"}"#,
            gives: #"{\#(first),"name":"x","value":5,"log":"x=5"}"#),
        Case(
            "both", pair + kept + keptKey, #"{"a":1,"log":"x=5"}"#,
            gives: #"{\#(first),"name":"x","value":5,"a":1,"log":"x=5"}"#),
        Case(
            "parsed fields win", pair + kept, #"{"name":"old","log":"x=5","value":null}"#,
            gives: #"{\#(first),"name":"x","value":5}"#),
        Case("a missing key", pair, #"{"a":1}"#, gives: #"{"a":1}"#),
        Case("a text that is refused", pair, #"{"a":1,"log":"x"}"#, gives: #"{"a":1,"log":"x"}"#),
        Case("null", pair, #"{"a":1,"log":null}"#, gives: #"{"a":1}"#),
        Case("an empty text", pair, #"{"log":""}"#, gives: #"{"log":""}"#),
        Case("a map", pair, #"{"log":{"x":"x=5"}}"#, gives: #"{"log":{"x":"x=5"}}"#),
        Case(
            "parsers in order", log + [("parser", "pair"), ("parser", "json"), ("parser", "word")],
            [#"{"log":"x=5"}"#, #"{"log":"{\"a\":true}"}"#, #"{"log":"x"}"#, #"{"log":"X"}"#],
            gives: [
                #"{\#(first),"name":"x","value":5}"#, #"{\#(first),"a":true}"#,
                #"{\#(first),"word":"x"}"#, #"{"log":"X"}"#,
            ]),
        Case(
            "key in some records", pair + kept,
            [#"{"log":"x=5","n":1}"#, #"{"n":2}"#, #"{"n":3,"log":"y=6"}"#, #"{"n":4,"log":"?"}"#],
            gives: [
                #"{\#(first),"name":"x","value":5,"n":1}"#, #"{"n":2}"#,
                #"{\#(first),"name":"y","value":6,"n":3}"#, #"{"n":4,"log":"?"}"#,
            ]),
        Case(
            "a key in a map", [("key_name", "$a['b'][0]"), ("parser", "pair")] + kept,
            #"{"a":{"b":["x=5"],"c":1},"d":2}"#,
            gives: #"{\#(first),"name":"x","value":5,"a":{"b":["x=5"],"c":1},"d":2}"#),
        Case(
            "a key in a map alone", [("key_name", "a['b']"), ("parser", "pair")],
            #"{"a":{"b":"x=5"},"d":2}"#, gives: #"{\#(first),"name":"x","value":5}"#),
        Case(
            "numbers as text", log + [("parser", "number")], #"{"log":-12}"#,
            gives: #"{\#(first),"whole":"-12"}"#),
        Case(
            "fractions as text", log + [("parser", "number")], #"{"log":1.5}"#,
            gives: #"{\#(first),"whole":"1","part":"5"}"#),
        Case(
            "booleans as text", log + [("parser", "word")], #"{"log":true}"#,
            gives: #"{\#(first),"word":"true"}"#),
        Case(
            "maps of parsed and reserved fields", log + [("parser", "json")] + kept,
            #"{"log":"{\"m\":{\"a\":1}}","m":{"b":2},"k":{"c":3}}"#,
            gives: #"{\#(first),"m":{"a":1},"k":{"c":3}}"#),
        Case(
            "null gives way", log + [("parser", "json")] + kept,
            #"{"log":"{\"a\":null,\"b\":1}","a":2}"#, gives: #"{\#(first),"a":2,"b":1}"#),
        Case(
            "a field with the key's name", log + [("parser", "json")] + kept,
            #"{"log":"{\"log\":\"inner\"}","a":2}"#, gives: #"{\#(first),"log":"inner","a":2}"#),
        Case(
            "the time found", log + [("parser", "json")] + kept,
            #"{"log":"{\"time\":\"2024-05-06T07:08:09Z\",\"a\":1}","time":"old"}"#,
            gives: #"{"time":"2024-05-06T07:08:09.000Z","a":1}"#),
        Case(
            "syslog", log + [("parser", "syslog-rfc3164")] + kept,
            #"{"log":"<34>Oct 11 22:14:15 host su[5]: failed","file":"a"}"#,
            gives: #"{"pri":"34","time":"Oct 11 22:14:15","host":"host","ident":"su","#
                + #""pid":"5","message":"failed","file":"a"}"#),
        Case(
            "what syslog keeps raw is refused", log + [("parser", "syslog"), ("parser", "word")],
            #"{"log":"word"}"#, gives: #"{\#(first),"word":"word"}"#),
        Case(
            "apache2", log + [("parser", "apache2")],
            #"{"log":"192.0.2.1 - - [06/May/2024:07:08:09 +0000] \"GET /x HTTP/1.1\" 200 5"}"#,
            gives: #"{"time":"2024-05-06T07:08:09.000Z","host":"192.0.2.1","user":"-","#
                + #""method":"GET","path":"/x","code":"200","size":"5"}"#),
    ]

    @Test(arguments: cases)
    func readsTheField(_ test: Case) throws {
        #expect(try filtered(test.records, test.options) == test.expected)
    }

    @Test(arguments: cases)
    func readsOneBatchAfterTheOther(_ test: Case) throws {
        let filter = try Self.filter(test.options)
        for _ in 0..<3 {
            var batch = RecordBatch()
            batch.received = Timestamp(seconds: 1)
            for record in test.records { try batch.append(json: record) }
            filter.apply(to: &batch)
            #expect(batch.jsonLines() == test.expected)
        }
    }

    // MARK: Records of inputs

    /// A message as the syslog input gives it, that holds `text`.
    private func syslog(_ text: String, time: String = "2023-11-14T22:13:00Z") -> RecordBatch {
        var batch = RecordBatch(tag: "t")
        let source = PayloadSource(
            peer: Endpoint(address: IPAddress(v4: 0xc000_0201), port: 514), transport: .udp,
            received: Timestamp(seconds: 1_700_000_000))
        batch.received = source.received
        Array("<165>1 \(time) fw app - - - \(text)".utf8).withBytes { line in
            _ = SyslogParser().parse(line, from: source, into: &batch)
        }
        return batch
    }

    @Test(arguments: ["syslog", "routeros"])
    func leavesTheWayOfTheRecordAlone(parser: String) throws {
        let options = [("key_name", "message"), ("parser", parser)]
        let inner =
            parser == "syslog"
            ? "<13>Nov 14 22:12:00 inner su: hello" : "system,info,account user a logged in"
        var batch = syslog(inner)
        try Self.filter(options + Self.kept).apply(to: &batch)
        let line = try #require(batch.jsonLines().first)
        for field in [
            #""transport":"udp""#, #""peer_address":"192.0.2.1""#, #""peer_port":514"#,
            #""time_received":"2023-11-14T22:13:20.000Z""#,
        ] {
            #expect(line.contains(field), "\(line)")
        }
        #expect(line.contains(parser == "syslog" ? #""hostname":"inner""# : #""hostname":"fw""#))

        batch = syslog(inner)
        try Self.filter(options).apply(to: &batch)
        let alone = try #require(batch.jsonLines().first)
        for name in ["transport\"", "peer_address", "peer_port", "time_received"] {
            #expect(!alone.contains(name), "\(alone)")
        }
    }

    @Test func infersTheYearFromTheTimeOfTheRecord() throws {
        var batch = syslog("<13>Oct 11 22:14:15 inner su: hello")
        try Self.filter([("key_name", "message"), ("parser", "syslog")]).apply(to: &batch)
        var times: [Timestamp?] = []
        batch.forEachRow { times.append($0.eventTime) }
        #expect(times.map { $0?.description } == ["2023-10-11T22:14:15.000Z"])
    }

    /// What a record says about its time is about the time that it has.
    @Test(arguments: [
        ("2023-11-14T22:13:00Z", "<13>inner su: hello", false),
        ("2023-11-14T22:13:00Z", "<13>Nov 14 22:12:00 inner su: hello", false),
        ("-", "<13>inner su: hello", true),
        ("-", "<13>Nov 14 22:12:00 inner su: hello", false),
        ("-", #"{"time":"2023-11-14T22:12:00Z"}"#, false), ("-", #"{"a":1}"#, true),
    ])
    func saysWhereTheTimeIsFrom(outer: String, inner: String, isReceived: Bool) throws {
        var batch = syslog(inner, time: outer)
        let parsers = [("parser", "json"), ("parser", "syslog")]
        try Self.filter([("key_name", "message")] + parsers + Self.kept).apply(to: &batch)
        let line = try #require(batch.jsonLines().first)
        #expect(line.contains(#""time_source":"received""#) == isReceived, "\(line)")
        let time = try #require(line.firstMatch(of: #/"time":"[^"]*T(..:..:..)/#)).output.1
        let expected =
            inner.contains("22:12:00") ? "22:12:00" : isReceived ? "22:13:20" : "22:13:00"
        #expect(time == expected)
    }

    @Test(arguments: [false, true])
    func keepsTheTimeOfTheRecordWhenThereIsNoOther(reserves: Bool) throws {
        var batch = syslog("x=5")
        let options = [("key_name", "message"), ("parser", "pair")]
        try Self.filter(reserves ? options + Self.kept : options).apply(to: &batch)
        var times: [Timestamp?] = []
        batch.forEachRow { times.append($0.eventTime) }
        #expect(times.map { $0?.description } == ["2023-11-14T22:13:00.000Z"])
    }

    /// Rows as a flow decoder makes them: fixed values, constants and a derivation.
    @Test func readsTypedValuesOfFlows() throws {
        let shape = Shape.known(
            columns: [
                Column("src_addr", .address, .row(offset: 0, length: 4)),
                Column("flags", .bytes, .row(offset: 4, length: 3)),
                Column("exporter", .address, .constant(offset: 0, length: 4)),
                Column("low", .unsigned, .derived(.bits(of: 4, shift: 0, mask: 3))),
                Column("number", .unsigned, .row(offset: 7, length: 1), hidden: true),
            ], rowLength: 8, hasVariablePart: false, constantsLength: 4)
        let rows: [UInt8] = [10, 0, 0, 1, 0x61, 0x3d, 0x37, 6, 10, 0, 0, 2, 0x61, 0x3d, 0x38, 7]
        let constants: [UInt8] = [192, 0, 2, 9]
        func batch() -> RecordBatch {
            var batch = RecordBatch()
            batch.received = Timestamp(seconds: 1)
            rows.withBytes { rows in
                constants.withBytes {
                    batch.append(rows: rows, count: 2, shape: shape, constants: $0)
                }
            }
            return batch
        }
        var addresses = batch()
        try Self.filter([("key_name", "src_addr"), ("parser", "octet")] + Self.kept)
            .apply(to: &addresses)
        #expect(
            addresses.jsonLines() == [
                #"{\#(Self.first),"first":10,"rest":"0.0.1","flags":"613d37","exporter":"192.0.2.9","low":2}"#,
                #"{\#(Self.first),"first":10,"rest":"0.0.2","flags":"613d38","exporter":"192.0.2.9","low":3}"#,
            ])
        #expect(addresses.runs.count == 1)
        var octets = batch()
        try Self.filter([("key_name", "flags"), ("parser", "pair")]).apply(to: &octets)
        #expect(
            octets.jsonLines() == [
                #"{\#(Self.first),"name":"a","value":7}"#,
                #"{\#(Self.first),"name":"a","value":8}"#,
            ])
    }

    // MARK: Hostile input

    @Test func survivesDamagedTexts() throws {
        let texts = [
            #"{"a":{"b":[1,2,{"c":"d"}]},"time":"2024-05-06T07:08:09Z"}"#,
            "<165>1 2023-11-14T22:13:00Z fw app 1 2 [a b=\"c\"] hello",
            "system,info,account user a logged in from 192.0.2.1 via ssh", "x=5",
        ]
        let parsers = ["pair", "json", "routeros", "syslog"].map { ("parser", $0) }
        for options in [[], Self.kept, Self.kept + Self.keptKey] {
            let filter = try Self.filter(Self.log + parsers + options)
            for text in texts {
                let bytes = Array(text.utf8)
                let damages = Damage.truncations(of: bytes) + Damage.flips(of: bytes, count: 100)
                for damaged in damages {
                    var batch = RecordBatch()
                    var builder = RecordBuilder()
                    for member in 0..<3 {
                        builder.begin()
                        builder.add("n\(member)", unsigned: UInt64(member))
                        damaged.withBytes { bytes in
                            if member == 1 {
                                builder.add("log", bytes: bytes)
                            } else {
                                builder.add("log", text: bytes)
                            }
                        }
                        builder.finish(into: &batch)
                    }
                    filter.apply(to: &batch)
                    #expect(batch.count == 3 && batch.jsonLines().count == 3)
                }
            }
        }
    }

    @Test func boundsWhatManyFieldsCost() throws {
        let filter = try Self.filter(Self.log + [("parser", "json")] + Self.kept)
        for number in 0..<2000 {
            var batch = RecordBatch()
            try batch.append(json: #"{"log":"{\"f\#(number)\":1}","g\#(number % 7)":2}"#)
            filter.apply(to: &batch)
            #expect(
                batch.jsonLines().first?.contains(#""f\#(number)":1,"g\#(number % 7)":2"#) == true)
        }
    }

    @Test(arguments: [
        ([("key_name", "$a["), ("parser", "json")], ErrorCode.invalidValue),
        ([("parser", "json")], .missingKey), ([("key_name", "a")], .missingKey),
        ([("key_name", "a"), ("parser", "cobol")], .unknownParser),
    ])
    func refusesBadSettings(options: [(String, String)], code: ErrorCode) throws {
        let error = #expect(throws: SettingsError.self) { try Self.filter(options) }
        #expect(error?.problems.map(\.code) == [code])
    }
}
