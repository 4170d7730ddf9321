import Core
import Foundation

/// Lines and streams of logs.
enum LogSeeds {
    static func syslog() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds = (messages + samples { $0.contains("syslog") }).map { [$0] }
        corpus.dictionary = SeedCorpus.words([
            "<34>", "<191>", "<192>", "<0>", "<", ">", "1 ", " - ", "- - - ", "[", "]", "\"",
            "\\\"",
            "\\]", "=\"", "@32473", "[a b=\"c\"]", "\u{feff}", "Oct 11 22:14:15", "Feb 29 23:59:60",
            "2026-10-11T22:14:15.003Z", "2026-02-30T24:00:00+14:00", "%ASA-6-302013: ", "*Mar  1 ",
            "000123: ", ": ", "[123]: ", "\r\n", "\n", "\0", "CEF:0|", "2026", "UTC", " GMT+02:00",
            ".000000000001", "host ", "tag[1]:", "last message repeated 2 times", "\u{1f98a}",
        ])
        corpus.seeds += bodies.map { [$0] }
        corpus.dictionary += pairs().dictionary.prefix(24)
        corpus.dictionary += SeedCorpus.words([
            "@cee: ", "{\"a\":", "LEEF:1.0|", "%%01IFNET/4/X(l)[1]:", "RP/0/RSP0/CPU0:",
            "proc[1]: ",
            "system,info ", "|MikroTik|", "1w2d: ", " CEST: ", "%$VDC-1%$ ",
            "[meta sequenceId=\"1\"]",
        ])
        corpus.dictionary.append([0xff])
        corpus.dictionary.append([0xc3])
        let head = "<13>Oct 11 22:14:15 h a: "
        corpus.shapes = [
            RepeatedShape(head: head, piece: "a=b "), RepeatedShape(head: head, piece: "a=\""),
            RepeatedShape(head: head + "CEF:0|a|b|c|d|e|f|", piece: "a=b c "),
            RepeatedShape(head: "<13>", piece: "CEF:0|"), RepeatedShape(head: "<13>", piece: "1: "),
            RepeatedShape(head: head + "{\"a\":", piece: "[{\"a\":"),
            RepeatedShape(head: "<13>1 - - - - - ", piece: "[meta sequenceId=\"1\"]"),
        ]
        return corpus
    }

    /// Messages whose texts are of a vendor, or made of fields.
    private static let bodies = SeedCorpus.words([
        "<189>29: rtr-a1: 634: *Oct 11 02:35:28.123 UTC: %SEC-6-IPACCESSLOGP: list A permitted",
        "<189>77: H RP/0/RSP0/CPU0:Oct 11 22:14:15.1 CEST: proc[123]: %FAC-SUB-6-MNEM : text",
        "<189>Oct 11 2026 22:14:15+08:00 HW1 %%01IFNET/4/LINK_STATE(l)[123]:The line is down",
        #"<189>date=2026-10-11 time=22:14:15 tz="+0200" devname="FG 1" devid="FGT6" type="utm" a="\"""#,
        #"<134>  id=firewall sn=0017C5 time="2026-10-11 22:14:15 UTC" fw=192.0.2.1 m=537 msg="x""#,
        #"<13>Oct 11 22:14:15 h @cee: {"a":1,"b":{"c":[true,null,"x"]},"a":2}"#,
        #"<134>fw1 app: CEF:0|Vend\|or|P|1|100|N|10|a=b \= c cs1=7 cs1Label=R rt=1700000000123"#,
        "<13>LEEF:2.0|V|P|1|4000|^|src=10.0.0.1^devTime=Oct 11 2026 22:14:15^a=b",
        "<30>CEF:0|MikroTik|RB|7|10|system,info,account|Low|dvchost=r1 msg=user a logged in",
        "<30>system,info,account user admin logged in from 192.0.2.1 via ssh",
        "<4>Oct 11 22:14:15 h kernel: [  1.5] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 LEN=40 DF",
        "<86>Oct 11 22:14:15 [2001:db8::1] (sd-pam)[123]: message repeated 2 times: [ x]",
        "<13>2026:10:11-22:14:15 fe80::1%eth0 802aa8000000,U6-Lite-6.5.28+14491: hostapd[1]: x",
        "<189>Oct 11 22:14:15:123 2026 Oct 11 22:14:14 GMT+1: %STKUNIT0-M:CP %A-5-B: x",
        "<189>1 2026-10-11T22:14:15Z r 45 - - -  SW1: 000046: Oct 11 22:14:14: %SYS-5-X: x",
        "<189>1 2026-10-11T22:14:15Z r %SYS-6-CONFIG_I - - -  Configured",
        "<13>1 2026-10-11T22:14:15Z h CEF - - - 0|V|P|1|100|n|5|src=192.0.2.1",
        #"<189>45: [syslog@9 s_id="rtr:514"]: Oct 11 22:14:15 Paris: %CDP-4-X: y"#,
    ])

    static func routeros() -> SeedCorpus {
        var corpus = SeedCorpus()
        let lines = SeedCorpus.lines("conf/samples/routeros.log") + patterns
        let heads = [
            "", "<30>Oct 11 22:14:15 MikroTik ", "<30>1 2026-10-11T22:14:15.003Z r1 - - - - ",
        ]
        corpus.seeds =
            lines.enumerated().map { [[UInt8](heads[$0 % 3].utf8) + $1] }
            + samples { $0.contains("routeros") }.map { [$0] }
        corpus.dictionary = SeedCorpus.words([
            "firewall,info ", "system,error,critical ", "dhcp,info ", "script,warning ", " in:",
            " out:", "(unknown 0)", "src-mac ", "proto TCP (SYN)", "->", ", NAT ", "(", ")", "len ",
            "connection-state:", "[2001:db8::1]:", "192.0.2.1:", "198.51.100.1", "CEF:0|MikroTik|",
            "|", "\\|", "\\=", " msg=", "Oct 11 22:14:15", "2026-10-11T22:14:15.003Z",
            "oct/11/2026 22:14:15 ", "password=", "secret", "user ", " logged in from ", " via ",
            "login failure for user ", "by admin", "<30>", "00:00:5e:00:53:01", ", ", ": ", " - ",
            "\"", "\\", "\u{1f98a}", "memory ", "echo: ", "@", "#",
        ])
        corpus.dictionary.append([0xff])
        let firewall = "firewall,info input: in:e out:e, proto TCP "
        corpus.shapes = [
            RepeatedShape(head: firewall, piece: ", [2001:)"),
            RepeatedShape(head: firewall, piece: ", proto TCP ("),
        ]
        return corpus
    }

    /// Lines of web servers and containers, and those of the other targets.
    static func parsers() -> SeedCorpus {
        var corpus = syslog()
        corpus.dictionary += json().dictionary.prefix(40)
        corpus.seeds += SeedCorpus.words([
            "192.0.2.1 - frank [10/Oct/2026:13:55:36 -0700] \"GET /a?b=c HTTP/1.1\" 200 2326",
            "192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] \"-\" 408 - \"-\" \"Mozilla/5.0 (X11)\"",
            "192.0.2.9 host bob [29/Feb/2028:23:59:60 +1400] \"POST\" 500 0 \"a\" \"b\"",
            "2026-10-06T00:17:09.669794202Z stdout F a message with text",
            "2026-10-06T00:17:09.669794202+02:00 stderr P part ",
            #"{"log":"a line\n","stream":"stdout","time":"2026-10-06T00:17:09.669794202Z"}"#,
        ]).map { [$0] }
        corpus.seeds += json().seeds + pairs().seeds
        corpus.dictionary += pairs().dictionary.prefix(20)
        return corpus
    }

    /// Lines of pairs, as programs and firewalls write them.
    static func pairs() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds = SeedCorpus.words([
            #"ts=2026-10-11T22:14:15Z level=info msg="a \"quoted\" text" bare n=12 empty= x="\u00e9\x41""#,
            "time:11/Oct/2026:22:14:15 +0200\thost:192.0.2.1\tstatus:200\ta:\tb:x:y",
            #"2026-10-11 22:14:15,10.0.0.1,"a ""quoted"" field",,"b,c",5"#,
            #"date=2026-10-11 time=22:14:15 devname="FW 1" srcip=::1 msg="{\"a\":1}" action=deny"#,
            #"device="SFW" user="DOM\\nora" a="say"hi" now", b=0x1f; c=yes d=1.5"#,
            "a=>1||b=>'x||y'||date=>2026-10-11||time=>22:14:15",
            #"<13>Oct 11 22:14:15 fw CEF:0|V\|W|P|1|100|N|5|rt=1700000000123 cs1=a b cs1Label=Rule "#
                + #"msg=x \= y\nz request=http://a/?b=c&d=e c6a2= a=12"#,
            "CEF:0|V|P|1|100|N|High|rt=Oct 11 2026 22:14:15 msg='it\\'s' cs1Label=a cs2=b",
            "LEEF:1.0|V|P|1|100|src=1\tdevTime=Oct 11 2026 22:14:15.250 GMT\tmsg=a b=c\ta=7",
            "LEEF:2.0|V|P|1|100|0x5E|a=1^b=2^devTime=1700000000123", "LEEF:1.0|V|P|1|1|a=1#011b=2",
        ]).map { [$0] }
        corpus.dictionary = SeedCorpus.words([
            "=", "\"", "\\\"", "\\", "\\=", "\\n", " a=", "\ta:", "|", "||", "=>", ",", "\"\"", ";",
            "CEF:0|", "LEEF:1.0|", "LEEF:2.0|", "#011", "cs1=", "cs1Label=", "'", " ", "\t", "a=\"",
            "date=2026-10-11", "time=22:14:15", "rt=", "devTime=", "0x5E|", "x09|", "\\u00e9",
            "msg={\"a\":1}", "a_2=", "a=1 a=2", "CEF:0|a|b|c|d|e|f|", "[0].b=", "\u{1f98a}",
        ])
        corpus.dictionary += [[0xff], [0], [0xc3]]
        corpus.shapes = [
            RepeatedShape(control: 0, piece: "a=b c "), RepeatedShape(control: 0, piece: "\\="),
            RepeatedShape(control: 0, head: "CEF:0|a|b|c|d|e|f|", piece: "a b "),
            RepeatedShape(control: 0, piece: "CEF:0|"),
            RepeatedShape(control: 3, head: "LEEF:1|a|b|c|d|x=", piece: "#"),
            RepeatedShape(control: 1, piece: "\"\"a"),
        ]
        return corpus
    }

    static func json() -> SeedCorpus {
        var corpus = SeedCorpus()
        corpus.seeds = SeedCorpus.words([
            "{}", #"{"a":1,"b":-2,"c":1.5e-3,"d":true,"e":false,"f":null,"g":"text"}"#,
            #"{"time":"2026-10-06T00:17:09Z","level":"info","msg":"x","n":{"a":[1,"b",{"c":[]}]}}"#,
            #"{"a":[[[[1]]]],"b":{"c":{"d":{"e":"\u00e9\ud83e\udd8a\n\t\"\\\/"}}}}"#,
            #"{"a":18446744073709551615,"b":9223372036854775808,"c":-9223372036854775808}"#,
            #"{"a":1e308,"b":1E-320,"c":-0,"d":0.1,"e":123456789012345678901234567890}"#,
            #"{ "a" : [ 1 , 2 ] , "a" : 3 , "" : "" }"#,
        ]).map { [$0] }
        corpus.dictionary = SeedCorpus.words([
            "{", "}", "[", "]", ",", ":", "\"", "\\\"", "\\u0000", "\\ud83e", "\\udd8a", "\\u",
            "null", "true", "false", "-", "1e", "e+", ".", "0", "1e999", "4.9e-324", "1e-400",
            "9223372036854775807", "18446744073709551616", "\"a\":", "\"time\":", "{\"a\":", "[[[[",
            "]]]]", "}}", "\"\"", "\u{1f98a}", "\u{2028}", "\n", " ",
        ])
        corpus.dictionary += [[0xff], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0]]
        return corpus
    }

    /// Streams as TCP connections and files have them.
    static func streams() -> SeedCorpus {
        var corpus = syslog()
        for path in SeedCorpus.files(below: "conf/samples", ".bin") where path.contains("tcp") {
            corpus.seeds.append([[UInt8](SeedCorpus.file(path).prefix(700))])
        }
        for messages in [messages, SeedCorpus.words(["<1>a", "<2>Oct 11 b", "", "c"])] {
            let counted: [UInt8] = messages.flatMap { [UInt8]("\($0.count) ".utf8) + $0 }
            let lines: [UInt8] = messages.flatMap { $0 + [10] }
            corpus.seeds += [[counted], [lines], [messages.flatMap { $0 }], [counted + lines]]
        }
        corpus.seeds.append([
            [UInt8]("java.lang.Error: x\n\tat a.b(C.java:1)\nCaused by: y\r\nplain\n".utf8)
        ])
        corpus.dictionary += SeedCorpus.words([
            "5 <1>a", "99999999 <", "64 <1>", "0 <", "1 <", "\r", "\r\n\r\n", "<1>Oct", "<13>2026-",
            "goroutine 1 [running]:\n", "Traceback (most recent call last):\n", "  File \"a\"\n",
            "\tat ", "Exception: ",
        ])
        // The framer's format without separators.
        corpus.shapes = [RepeatedShape(control: 3, piece: "<")]
        return corpus
    }

    private static let messages = SeedCorpus.words([
        "<34>1 2026-10-11T22:14:15.003Z host su - ID47 - 'su root' failed",
        "<165>1 2026-10-11T22:14:16.000003-07:00 192.0.2.1 app 8710 ID47 "
            + "[x@32473 iut=\"3\" a=\"\\\"q\\\"\"][y@32473 class=\"high\"] \u{feff}text",
        "<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for alice on /dev/pts/8",
        "<13>Feb  5 17:32:18 2001:db8::1 %LINK-3-UPDOWN: Interface Gi0/1, changed state to up",
        "<189>29: host: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: Configured from console",
        "<166>Oct 11 2026 22:14:15: %ASA-6-302013: Built inbound TCP connection 1",
        "<14>2026-10-11T22:14:15+02:00 host app: text", "<14>1 - - - - - -", "no header at all",
        "<30>date=2026-10-11 time=22:14:15 devname=\"fw\" type=traffic", "<34>",
    ])

    private static func samples(_ isWanted: (String) -> Bool) -> [[UInt8]] {
        SeedCorpus.files(below: "conf/samples", "").filter(isWanted).flatMap { path in
            path.hasSuffix(".pcap")
                ? SeedCorpus.datagrams(path) : path.hasSuffix(".log") ? SeedCorpus.lines(path) : []
        }
    }

    /// The texts of the message tables with something in the place of each capture.
    private static var patterns: [[UInt8]] {
        var topic = "system"
        var lines: [String] = []
        for path in SeedCorpus.files(below: "Sources/Parsers/RouterOS/Messages", ".swift")
        where path.contains("MessageTable") {
            for line in SeedCorpus.lines(path) {
                let text = String(decoding: line, as: UTF8.self)
                guard let quote = text.firstIndex(of: "\""),
                    let end = text.lastIndex(of: "\""), quote < end
                else { continue }
                let inside = String(text[text.index(after: quote)..<end])
                if text.contains("[\"") {
                    topic = inside.split(separator: "\"").first.map(String.init) ?? topic
                } else if inside.contains(" ") || inside.contains("%") {
                    lines.append("\(topic),info " + filled(inside))
                }
            }
        }
        return SeedCorpus.words(lines)
    }

    private static func filled(_ pattern: String) -> String {
        pattern.replacingOccurrences(of: "%[", with: "").replacingOccurrences(of: "%]", with: "")
            .replacingOccurrences(
                of: "%\\{[^}:]*:mac\\}", with: "00:00:5e:00:53:01", options: .regularExpression
            )
            .replacingOccurrences(
                of: "%\\{[^}:]*:ip\\}", with: "192.0.2.1", options: .regularExpression
            )
            .replacingOccurrences(
                of: "%\\{[^}=]*=([^}]*)\\}", with: "$1", options: .regularExpression
            )
            .replacingOccurrences(of: "%\\{[^}]*\\}", with: "x1", options: .regularExpression)
    }
}
