import Core
import Parsers
import TestKit
import Testing

struct RegexParserTests {
    private static let source = PayloadSource(
        peer: Endpoint(address: .any, port: 0), transport: .file,
        received: Timestamp(seconds: 1_710_072_000))

    private func parser(_ options: [(String, String)]) throws -> any LineParser {
        let all = [("name", "p"), ("format", "regex")] + options
        var problems: [SettingsProblem] = []
        let library = ParserLibrary.load(
            from: [ParserSetting.make(all)], problems: &problems)
        try #require(problems == [])
        return try #require(library.makeParser(named: "p"))
    }

    private func parse(_ parser: any LineParser, _ line: String) -> (String?, ErrorCode?) {
        var batch = RecordBatch()
        let code = Array(line.utf8).withBytes {
            parser.parse($0, from: Self.source, into: &batch)
        }
        return (batch.jsonLines().first, code)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var options: [(String, String)]
        var line: String
        var record: String?

        init(_ options: [(String, String)], _ line: String, _ record: String?) {
            self.options = options
            self.line = line
            self.record = record
        }

        var testDescription: String { "\(line) with \(options.map(\.1))" }
    }

    private static let received = #"{"time":"2024-03-10T12:00:00.000Z""#

    @Test(arguments: [
        Case([("regex", "^(?<a>\\w+) (?<b>.*)$")], "x y z", received + #","a":"x","b":"y z"}"#),
        Case([("regex", "^(?<a>\\w+) (?<b>.*)$")], "x ", received + #","a":"x"}"#),
        Case(
            [("regex", "^(?<a>\\w+) (?<b>.*)$"), ("skip_empty_values", "off")], "x ",
            received + #","a":"x","b":""}"#),
        Case([("regex", "^(?<a>\\w+)(?: (?<b>\\d+))?$")], "x", received + #","a":"x"}"#),
        Case([("regex", "^(?<a>\\d+)$")], "x", nil),
        Case([("regex", "/^(?<a>X)$/i")], "x", received + #","a":"x"}"#),
        Case(
            [
                ("regex", "^(?<i>\\S+) (?<f>\\S+) (?<b>\\S+) (?<h>\\S+) (?<s>\\S+)$"),
                ("types", "i:integer f:float b:bool h:hex s:string"),
            ], "-42 1.5 True 0xfF 7",
            received + #","i":-42,"f":1.5,"b":true,"h":255,"s":"7"}"#),
        // What is not of its type stays text and is reported.
        Case(
            [("regex", "^(?<i>\\S+)$"), ("types", "i:integer")], "12x",
            received + #","i":"12x","parse_error":"E2504"}"#),
        Case(
            [("regex", "^(?<i>\\S+)$"), ("types", "i:integer")], "99999999999999999999",
            received + #","i":"99999999999999999999","parse_error":"E2504"}"#),
        Case(
            [("regex", "^(?<i>\\S+)$"), ("types", "i:integer")], "-9223372036854775808",
            received + #","i":-9223372036854775808}"#),
        // Times.
        Case(
            [("regex", "^(?<time>\\S+) (?<m>.*)$"), ("time_format", "%s")], "1700000000 x",
            #"{"time":"2023-11-14T22:13:20.000Z","m":"x"}"#),
        Case(
            [("regex", "^(?<time>\\S+) (?<m>.*)$"), ("time_format", "%s"), ("time_keep", "on")],
            "1700000000 x",
            #"{"time":"2023-11-14T22:13:20.000Z","time_text":"1700000000","m":"x"}"#),
        Case(
            [
                ("regex", "^(?<ts>\\S+) (?<m>.*)$"), ("time_format", "%s"), ("time_keep", "on"),
                ("time_key", "ts"),
            ], "1700000000 x",
            #"{"time":"2023-11-14T22:13:20.000Z","ts":"1700000000","m":"x"}"#),
        Case(
            [("regex", "^(?<time>\\S+) (?<m>.*)$"), ("time_format", "%s")], "soon x",
            received + #","time_text":"soon","m":"x","parse_error":"E2503"}"#),
        Case(
            [
                ("regex", "^(?<time>\\S+) (?<m>.*)$"), ("time_format", "%s"),
                ("time_strict", "off"),
            ], "soon x", received + #","time_text":"soon","m":"x"}"#),
        Case(
            [("regex", "^(?<time>.*)$"), ("time_format", "%F %T"), ("time_offset", "+0200")],
            "2024-01-02 03:04:05", #"{"time":"2024-01-02T01:04:05.000Z"}"#),
        Case(
            [("regex", "^(?<time>.*)$"), ("time_format", "%F %T"), ("time_zone", "-01:00")],
            "2024-01-02 03:04:05", #"{"time":"2024-01-02T04:04:05.000Z"}"#),
        // Without time_format RFC 3339 is understood, other texts are left alone.
        Case(
            [("regex", "^(?<time>\\S+) (?<m>.*)$")], "2024-01-02T03:04:05+01:00 x",
            #"{"time":"2024-01-02T02:04:05.000Z","m":"x"}"#),
        Case(
            [("regex", "^(?<time>\\S+) (?<m>.*)$")], "noon x",
            received + #","time_text":"noon","m":"x"}"#),
    ])
    func makesRecordsOfNamedGroups(_ test: Case) throws {
        let result = parse(try parser(test.options), test.line)
        #expect(result.0 == test.record)
        #expect(result.1 == (test.record == nil ? .parserNoMatch : nil))
    }

    @Test(arguments: [
        (
            "apache2",
            #"192.0.2.1 - bob [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326 "http://x/" "Mozilla/4 (x)""#,
            #"{"time":"2000-10-10T20:55:36.000Z","host":"192.0.2.1","user":"bob","method":"GET","path":"/a.gif","code":"200","size":"2326","referer":"http://x/","agent":"Mozilla/4 (x)"}"#
        ),
        (
            "nginx",
            #"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 304 0 "-" "curl/8""#,
            #"{"time":"2000-10-10T13:55:36.000Z","remote":"192.0.2.1","host":"-","user":"-","method":"GET","path":"/","code":"304","size":"0","referer":"-","agent":"curl/8"}"#
        ),
        (
            "cri", "2024-01-02T03:04:05.123456789+01:00 stderr F it broke",
            #"{"time":"2024-01-02T02:04:05.123456789Z","stream":"stderr","logtag":"F","message":"it broke"}"#
        ),
        (
            "docker",
            #"{"log":"hi\n","stream":"stdout","time":"2024-01-02T03:04:05.123456789Z"}"#,
            #"{"time":"2024-01-02T03:04:05.123456789Z","log":"hi\n","stream":"stdout"}"#
        ),
        (
            "apache",
            #"192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326"#,
            #"{"time":"2000-10-10T20:55:36.000Z","host":"192.0.2.1","user":"-","method":"GET","path":"/a.gif","code":"200","size":"2326"}"#
        ),
        (
            "apache_error",
            #"[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.1:5] File does not exist"#,
            #"{"time":"2011-09-09T10:42:29.902022Z","level":"core:error","pid":"35708:tid 4328636416","client":"192.0.2.1:5","message":"File does not exist"}"#
        ),
        (
            "apache_error", "[Wed Oct 11 14:32:52 2000] [error] denied",
            #"{"time":"2000-10-11T14:32:52.000Z","level":"error","message":"denied"}"#
        ),
        (
            "k8s-nginx-ingress",
            #"192.0.2.1 - [192.0.2.1] - bob [10/Oct/2000:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8" 80 0.002 [ns-app-80] 10.0.0.1:80 5 0.002 200 abcdef"#,
            #"{"time":"2000-10-10T13:55:36.000Z","host":"192.0.2.1","real_ip":"192.0.2.1","user":"bob","method":"GET","path":"/a","code":"200","size":"5","referer":"-","agent":"curl/8","request_length":"80","request_time":"0.002","proxy_upstream_name":"ns-app-80","upstream_addr":"10.0.0.1:80","upstream_response_length":"5","upstream_response_time":"0.002","upstream_status":"200","last":"abcdef"}"#
        ),
        (
            "k8s-nginx-ingress",
            #"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8" 80 0.002 [ns-app-80] [] 10.0.0.1:80, 10.0.0.2:80 0, 5 0.001, 0.002 502, 200 abcdef"#,
            #"{"time":"2000-10-10T13:55:36.000Z","host":"192.0.2.1","user":"-","method":"GET","path":"/a","code":"200","size":"5","referer":"-","agent":"curl/8","request_length":"80","request_time":"0.002","proxy_upstream_name":"ns-app-80","upstream_addr":"10.0.0.1:80, 10.0.0.2:80","upstream_response_length":"0, 5","upstream_response_time":"0.001, 0.002","upstream_status":"502, 200","last":"abcdef"}"#
        ),
        (
            "docker-daemon",
            #"time="2024-01-02T03:04:05.123456789Z" level=info msg="container \"x\" started" id=1"#,
            #"{"time":"2024-01-02T03:04:05.123456789Z","time_text":"2024-01-02T03:04:05.123456789Z","level":"info","msg":"container \\\"x\\\" started"}"#
        ),
        (
            "syslog-rfc3164-local", "<13>Mar  9 22:14:15 su[230]: it: failed",
            #"{"time":"2024-03-09T22:14:15.000Z","pri":"13","time_text":"Mar  9 22:14:15","ident":"su","pid":"230","message":"it: failed"}"#
        ),
        (
            "mongodb", "2024-01-02T03:04:05.678+0100 I COMMAND  [conn1] command a.b 12ms",
            #"{"time":"2024-01-02T02:04:05.678Z","time_text":"2024-01-02T03:04:05.678+0100","severity":"I","component":"COMMAND","context":"conn1","message":"command a.b","ms":"12"}"#
        ),
        (
            "envoy",
            #"[2024-01-02T03:04:05.678Z] "GET /a HTTP/1.1" 200 - 0 11 3 2 "-" "curl/8" "id-1" "h" "10.0.0.1:80""#,
            #"{"time":"2024-01-02T03:04:05.678Z","start_time":"2024-01-02T03:04:05.678Z","method":"GET","path":"/a","protocol":"HTTP/1.1","code":"200","response_flags":"-","bytes_received":"0","bytes_sent":"11","duration":"3","x_envoy_upstream_service_time":"2","x_forwarded_for":"-","user_agent":"curl/8","request_id":"id-1","authority":"h","upstream_host":"10.0.0.1:80"}"#
        ),
        (
            "istio-envoy-proxy",
            #"[2024-01-02T03:04:05.678Z] "GET /a HTTP/1.1" 200 - via_upstream - "-" 0 11 3 2 "-" "curl/8" "id-1" "h" "10.0.0.1:80" inbound|80|| 127.0.0.6:1 10.0.0.2:80 10.0.0.3:5 - default"#,
            #"{"time":"2024-01-02T03:04:05.678Z","start_time":"2024-01-02T03:04:05.678Z","method":"GET","path":"/a","protocol":"HTTP/1.1","response_code":"200","response_flags":"-","response_code_details":"via_upstream","connection_termination_details":"-","upstream_transport_failure_reason":"\"-\"","bytes_received":"0","bytes_sent":"11","duration":"3","x_envoy_upstream_service_time":"2","x_forwarded_for":"-","user_agent":"curl/8","x_request_id":"id-1","authority":"h","upstream_host":"10.0.0.1:80","upstream_cluster":"inbound|80||","upstream_local_address":"127.0.0.6:1","downstream_local_address":"10.0.0.2:80","downstream_remote_address":"10.0.0.3:5","requested_server_name":"-","route_name":"default"}"#
        ),
        (
            "kube-custom",
            "kube.pod-1_ns_app-0123456789012345678901234567890123456789012345678901234567890123.log",
            received
                + #","tag":"kube","pod_name":"pod-1","namespace_name":"ns","container_name":"app","docker_id":"0123456789012345678901234567890123456789012345678901234567890123"}"#
        ),
    ])
    func readsWithStockParsers(name: String, line: String, record: String) throws {
        let parser = try #require(ParserLibrary.stock.makeParser(named: name))
        let result = parse(parser, line)
        #expect(result.0 == record)
        #expect(result.1 == nil)
        for damaged in Array(Damage.truncations(of: Array(line.utf8)))
            + Damage.flips(of: Array(line.utf8), count: 500)
        {
            var batch = RecordBatch()
            let code = damaged.withBytes { parser.parse($0, from: Self.source, into: &batch) }
            #expect(batch.count == (code == nil ? 1 : 0))
        }
    }
}
