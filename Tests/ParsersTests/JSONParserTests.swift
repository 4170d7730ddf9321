import Core
import Parsers
import TestKit
import Testing

struct JSONParserTests {
    private static let source = PayloadSource(
        peer: Endpoint(address: .any, port: 0), transport: .file,
        received: Timestamp(seconds: 1_710_072_000))
    private static let received = #"{"time":"2024-03-10T12:00:00.000Z""#

    private func parse(
        _ options: [(String, String)], _ line: String
    ) throws -> (record: String?, time: Timestamp?, code: ErrorCode?) {
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(
            from: [ParserSetting.make([("name", "p"), ("format", "json")] + options)],
            problems: &problems)
        try #require(problems == [])
        let parser = try #require(library.makeParser(named: "p"))
        var batch = RecordBatch()
        let code = Array(line.utf8).withBytes {
            parser.parse($0, from: Self.source, into: &batch)
        }
        var time: Timestamp?
        batch.forEachRow { time = $0.eventTime }
        return (batch.jsonLines().first, time, code)
    }

    @Test(
        arguments: [
            ([], #"{"a":1,"b":{"c":[true,null]}}"#, received + #","a":1,"b":{"c":[true,null]}}"#),
            ([], "{}", received + "}"),
            (
                [], #"{"time":"2024-01-02T03:04:05Z","a":1}"#,
                #"{"time":"2024-01-02T03:04:05.000Z","a":1}"#
            ),
            ([], #"{"time":"noon","a":1}"#, received + #","time_text":"noon","a":1}"#),
            ([], #"{"time":5,"a":1}"#, received + #","time_text":5,"a":1}"#),
            (
                [("time_format", "%s.%L"), ("time_strict", "off")], #"{"time":1700000000.5}"#,
                #"{"time":"2023-11-14T22:13:20.500Z"}"#
            ),
            (
                [("time_format", "%s"), ("time_key", "ts"), ("time_keep", "on")],
                #"{"ts":"1700000000","time":"mine"}"#,
                #"{"time":"2023-11-14T22:13:20.000Z","ts":"1700000000","time_text":"mine"}"#
            ),
            (
                [("time_format", "%s"), ("time_key", "ts")], #"{"a":1,"ts":1700000000,"b":2}"#,
                #"{"time":"2023-11-14T22:13:20.000Z","a":1,"b":2}"#
            ),
            (
                [("time_format", "%s")], #"{"time":"noon"}"#,
                received + #","time_text":"noon","parse_error":"E2503"}"#
            ),
            (
                [("types", "a:integer b:string c:bool x:hex")],
                #"{"a":"12","b":7,"c":"off","d":"1"}"#,
                received + #","a":12,"b":"7","c":false,"d":"1"}"#
            ),
            (
                [("types", "a:integer")], #"{"a":"b"}"#,
                received + #","a":"b","parse_error":"E2504"}"#
            ),
            (
                [("time_key", "d t"), ("time_format", "%F %T")],
                #"{"d":"2024-01-02","t":"03:04:05","a":1}"#,
                #"{"time":"2024-01-02T03:04:05.000Z","a":1}"#
            ),
        ] as [([(String, String)], String, String)])
    func readsObjects(options: [(String, String)], line: String, record: String) throws {
        let result = try parse(options, line)
        #expect(result.record == record)
        #expect(result.code == nil)
        #expect(result.time != nil)
    }

    @Test(arguments: ["", "x", "[1]", "{", #"{"a":1"#, #"{"a":1} x"#, "{\"a\":}"])
    func refusesOtherText(_ line: String) throws {
        let result = try parse([], line)
        #expect(result.record == nil)
        #expect(result.code == .parserBadJSON)
    }

    @Test func startsAnewAfterAFailure() throws {
        let parser = JSONParser()
        var batch = RecordBatch()
        for line in [#"{"a":1,"b""#, #"{"c":2}"#] {
            _ = Array(line.utf8).withBytes { parser.parse($0, from: Self.source, into: &batch) }
        }
        #expect(batch.jsonLines() == [Self.received + #","c":2}"#])
    }
}
