import Core
import Parsers
import TestKit
import Testing

@Suite struct SyslogBodyTests {
    // MARK: CEF and LEEF

    @Test(arguments: [
        SyslogLine(
            #"<134>Oct 11 22:14:15 fw1 CEF:0|Vend\|or|Prod|1.0|100|worm \\ stopped|10|"#
                + #"src=10.0.0.1 msg=a \= b\nc cs1=7 cs1Label=Rule rt=1700000000123"#,
            [
                "format": "rfc3164", "body_format": "cef", "hostname": "fw1", "app_name": nil,
                "vendor": "Vend|or", "product": "Prod", "product_version": "1.0",
                "event": "100", "event_name": #"worm \ stopped"#, "event_severity": "10",
                "fields": "{src:10.0.0.1,msg:a = b\nc,Rule:7,rt:1700000000123}",
                "time": "2026-10-11T22:14:15", "severity": "6",
                "message": #"CEF:0|Vend\|or|Prod|1.0|100|worm \\ stopped|10|"#
                    + #"src=10.0.0.1 msg=a \= b\nc cs1=7 cs1Label=Rule rt=1700000000123"#,
            ]),
        SyslogLine(
            "<134>CEF:0|V|P|1|100|N|5|rt=Oct 11 2026 22:14:15 dvchost=fw1 src=10.0.0.1",
            [
                "format": "cef", "body_format": "cef", "hostname": "fw1",
                "time": "2026-10-11T22:14:15", "time_source": nil, "parse_status": nil,
                "vendor": "V", "facility": "16",
            ]),
        SyslogLine(
            "CEF:0|V|P|1|100|N|5|", ["format": "cef", "fields": "{}", "pri_valid": "false"]),
        SyslogLine(
            "<134>fw1 CEF:0|V|P|1|100|N|5|a=b",
            ["hostname": "fw1", "format": "cef", "event": "100"]),
        SyslogLine(
            "<134>fw1 app: CEF:0|V|P|1|100|N|5|a=b",
            ["hostname": "fw1", "app_name": "app", "message": "CEF:0|V|P|1|100|N|5|a=b"]),
        SyslogLine(
            "<134>Sun Oct 11 22:14:15 2026 fw1 CEF:0|V|P|1|100|N|5|a=b",
            [
                "hostname": nil, "event": "100",
                "message": "Sun Oct 11 22:14:15 2026 fw1 CEF:0|V|P|1|100|N|5|a=b",
            ]),
        SyslogLine(
            "<134>1 2026-10-11T22:14:15Z fw1 cef - - - CEF:0|V|P|1|100|N|5|a=b a=c d=",
            ["format": "rfc5424", "app_name": "cef", "fields": "{a:[b,c],d:}"]),
        SyslogLine(
            "<134>Oct 11 22:14:15 fw1 CEF:0|V|P", ["body_format": nil, "message": "CEF:0|V|P"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 LEEF:1.0|V|P|1|4000|src=10.0.0.1\tdst=10.0.0.2\tsev=5",
            [
                "hostname": nil, "app_name": nil, "body_format": "leef", "vendor": "V",
                "event": "4000", "fields": "{src:10.0.0.1,dst:10.0.0.2,sev:5}",
            ]),
        SyslogLine(
            "<13>LEEF:2.0|V|P|1|4000|^|src=10.0.0.1^devTime=Oct 11 2026 22:14:15^a=b",
            ["format": "leef", "time": "2026-10-11T22:14:15", "product_version": "1"]),
    ])
    func readsEvents(example: SyslogLine) { #expect(SyslogRun().differences(example) == []) }

    // MARK: Pairs

    static let fortiGate =
        #"date=2026-10-11 time=22:14:15 devname="FG 1" devid="FGT60D46" logid="0100040704" "#
        + #"type="traffic" subtype="forward" level="notice" srcip=10.0.0.1 user="" msg="a \"b\" c=d""#

    @Test(arguments: [
        SyslogLine(
            "<189>Oct 11 22:14:20 fgt " + fortiGate,
            [
                "format": "rfc3164", "body_format": "kv", "hostname": "fgt",
                "time": "2026-10-11T22:14:20", "vendor": "Fortinet", "product": "FortiGate",
                "event": "traffic/forward", "message": fortiGate,
                "fields": "{date:2026-10-11,time:22:14:15,devname:FG 1,devid:FGT60D46,"
                    + "logid:0100040704,type:traffic,subtype:forward,level:notice,"
                    + "srcip:10.0.0.1,user:,msg:a \"b\" c=d}",
            ]),
        SyslogLine(
            "<189>" + fortiGate,
            [
                "format": "kv", "hostname": "FG 1", "time": "2026-10-11T22:14:15",
                "time_source": nil, "parse_status": nil, "facility": "23",
            ]),
        SyslogLine(
            #"<189>date=2026-10-11 time=22:14:15 tz="+0200" devid="FGX" logid="1" type="event""#,
            ["time": "2026-10-11T20:14:15", "event": "event"]),
        SyslogLine(
            #"<189>date=2026-10-11 time=22:14:15 eventtime=1791756855123456789 tz="-0700" a=b"#,
            ["time": "2026-10-11T22:14:15.123456789"]),
        SyslogLine(
            "<189>date=2026-10-11,time=22:14:15,devname=FG1,devid=FGT6,logid=1,type=utm,msg=\"a,b\"",
            [
                "hostname": "FG1", "event": "utm",
                "fields": "{date:2026-10-11,time:22:14:15,devname:FG1,devid:FGT6,logid:1,"
                    + "type:utm,msg:a,b}",
            ]),
        SyslogLine(
            #"<30>device="SFW" date=2026-10-11 time=22:14:15 timezone="CEST" device_name="XG125w" "#
                + #"log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed""#,
            [
                "vendor": "Sophos", "event": "Firewall/Allowed", "time": "2026-10-11T20:14:15",
            ]),
        SyslogLine(
            #"<134>  id=firewall sn=0017C5 time="2026-10-11 22:14:15 UTC" fw=192.0.2.1 pri=6 "#
                + #"c=1024 m=537 msg="Connection Closed" n=0 src=10.0.0.1:5:X1"#,
            [
                "vendor": "SonicWall", "event": "537", "hostname": "192.0.2.1",
                "time": "2026-10-11T22:14:15",
            ]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h kernel: IN=eth0 OUT= SRC=10.0.0.1 LEN=348 DF PROTO=UDP LEN=328",
            [
                "app_name": "kernel", "body_format": "kv", "vendor": nil,
                "fields": "{IN:eth0,OUT:,SRC:10.0.0.1,LEN:[348,328],DF:true,PROTO:UDP}",
            ]),
        SyslogLine(
            "<13>Oct 11 22:14:15 USG kernel: [WAN_LOCAL-D]IN=eth0 OUT= SRC=192.0.2.1 LEN=40",
            ["fields": "{prefix:WAN_LOCAL-D,IN:eth0,OUT:,SRC:192.0.2.1,LEN:40}"]),
        SyslogLine(
            #"<4>Oct 11 22:14:15 UDM [WAN_IN-D-4001] DESCR="a b" IN=eth8 OUT=br0 LEN=40 DF"#,
            [
                "hostname": "UDM",
                "fields": "{prefix:WAN_IN-D-4001,DESCR:a b,IN:eth8,OUT:br0,LEN:40,DF:true}",
            ]),
        SyslogLine(
            "<4>Oct 11 22:14:15 h kernel: [12345.678901] IN=eth0 OUT= SRC=192.0.2.1",
            ["app_name": "kernel", "fields": "{IN:eth0,OUT:,SRC:192.0.2.1}"]),
        SyslogLine(
            "<4>Oct 11 22:14:15 h kernel: [  1.5] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1",
            [
                "fields": "{prefix:UFW BLOCK,IN:eth0,OUT:,SRC:192.0.2.1}",
                "message": "[  1.5] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1",
            ]),
        SyslogLine(
            "<4>Oct 11 22:14:15 h kernel: [1.5] [ipv4-NAM-D]IN=eth0 OUT=eth1 SRC=192.0.2.1",
            ["fields": "{prefix:ipv4-NAM-D,IN:eth0,OUT:eth1,SRC:192.0.2.1}"]),
        SyslogLine(
            "<4>Oct 11 22:14:15 h kernel: DROP IN=eth0 OUT= SRC=192.0.2.1",
            ["fields": "{prefix:DROP,IN:eth0,OUT:,SRC:192.0.2.1}"]),
        SyslogLine(
            "<4>Oct 11 22:14:15 h kernel: [1.5] REJECT wan in: IN=eth0 OUT= SRC=192.0.2.1",
            ["fields": "{prefix:REJECT wan in,IN:eth0,OUT:,SRC:192.0.2.1}"]),
        SyslogLine(
            "<4>1 2026-10-11T22:14:15Z h kernel - - - DROP IN=eth0 OUT= SRC=192.0.2.1",
            ["fields": "{prefix:DROP,IN:eth0,OUT:,SRC:192.0.2.1}"]),
        SyslogLine(
            "<4>Oct 11 22:14:15 h kernel: x PHYSIN=a IN=eth0 OUT= SRC=192.0.2.1",
            ["fields": "{prefix:x PHYSIN=a,IN:eth0,OUT:,SRC:192.0.2.1}"]),
        // Too few pairs, another program, another text.
        SyslogLine("<4>Oct 11 22:14:15 h kernel: DROP IN=eth0 OUT=", ["fields": nil]),
        SyslogLine("<4>Oct 11 22:14:15 h ulogd: DROP IN=a OUT=b SRC=c", ["fields": nil]),
        SyslogLine("<4>Oct 11 22:14:15 h kernel: usb 1-1: new device", ["fields": nil]),
        SyslogLine("<13>Oct 11 22:14:15 h app: a=1, b=2, c=3", ["fields": "{a:1,b:2,c:3}"]),
        SyslogLine(
            #"<134>1 2026-10-11T22:14:15Z gw1 CheckPoint 12345 - [action:"Accept"; "#
                + #"flags:"411908"; product:"VPN-1 & FireWall-1"; src:"192.0.2.1"]"#,
            [
                "vendor": "Check Point", "product": "VPN-1 & FireWall-1", "event": "Accept",
                "hostname": "gw1", "app_name": "CheckPoint", "proc_id": "12345",
                "fields": "{action:Accept,flags:411908,product:VPN-1 & FireWall-1,src:192.0.2.1}",
                "parse_status": nil, "structured_data": nil,
            ]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h app: level=info msg=\"all pairs\" n=5",
            ["fields": "{level:info,msg:all pairs,n:5}", "time": "2026-10-11T22:14:15"]),
    ])
    func readsPairs(example: SyslogLine) { #expect(SyslogRun().differences(example) == []) }

    @Test(arguments: [
        "seq=12345 forward: in:ether1 out:bridge, proto TCP", "x=1 y=2", "a=b is what it says",
        "time=5 is up, date=6 too", "url=http://a/?b=c opened", "=a =b =c =d =e =f =g",
        "id=5 sn=6 failed", "user=root tty=pts/0 failed again", "a=\"b c=d e=f g=h i=j k=l m=n",
        "[12.5] nf_conntrack: table full", "[a:\"b\" c]x", "[IN] IN=eth0 is up",
        "CEFIR is no event", "CEF: nor this", "LEEF nor this one", "{curly} but no JSON",
        "{\"a\":1} and more", "@cee: nothing", "@cee {\"a\":1}", "100% of all, and more",
    ])
    func leavesOtherTextsAlone(text: String) {
        for head in ["<13>Oct 11 22:14:15 h app[1]: ", "<13>1 - h a - - - "] {
            let record = SyslogRun().read(head + text)
            #expect(record["fields"] == nil)
            #expect(record["message"] == text)
            #expect(record["parse_status"] == nil)
        }
    }

    // MARK: JSON

    @Test(arguments: [
        SyslogLine(
            #"<13>Oct 11 22:14:15 h app: {"a":1,"b":{"c":[true,null,"x"]}}"#,
            [
                "app_name": "app", "body_format": "json", "fields": "{a:1,b:{c:[true,null,x]}}",
                "message": #"{"a":1,"b":{"c":[true,null,"x"]}}"#,
            ]),
        SyslogLine(
            #"<13>Oct 11 22:14:15 h app: @cee: {"a":1}"#,
            ["fields": "{a:1}", "message": #"@cee: {"a":1}"#]),
        SyslogLine(
            #"<13>Oct 11 22:14:15 h @cee:{"a":1}"#,
            ["app_name": nil, "fields": "{a:1}", "message": #"@cee:{"a":1}"#]),
        SyslogLine(
            #"<13>{"a":1}"#, ["format": "json", "fields": "{a:1}", "message": #"{"a":1}"#]),
        SyslogLine(
            #"<13>1 2026-10-11T22:14:15Z h a - - [x y="z"] {"a":1}"#,
            ["fields": "{a:1}", "structured_data": "{x:{y:z}}", "format": "rfc5424"]),
    ])
    func readsJSON(example: SyslogLine) { #expect(SyslogRun().differences(example) == []) }

    // MARK: RouterOS

    @Test(arguments: [
        "system,info,account user admin logged in from 192.0.2.1 via ssh",
        "<30>system,info,account user admin logged in from 192.0.2.1 via ssh",
        "<30>2026-10-11T22:14:15.1+0200 r1 system,info,account user admin logged in from "
            + "192.0.2.1 via ssh",
        "<30>Oct 11 22:14:15 r1 CEF:0|MikroTik|RB|7.15|10|system,info,account|Low|dvchost=r1 "
            + "msg=user admin logged in from 192.0.2.1 via ssh",
        "<30>CEF:0|MikroTik|RB|7.15|10|system,info,account|Low|dvchost=r1 "
            + "msg=user admin logged in from 192.0.2.1 via ssh",
    ])
    func handsRouterOSOver(line: String) {
        let record = SyslogRun().read(line)
        #expect(record["format"] == "routeros")
        #expect(record["event"] == "login")
        #expect(record["user_name"] == "admin")
        #expect(record["src_addr"] == "192.0.2.1")
    }

    @Test func handsTopicsOverWithAnyText() {
        let line = "<30>2026-10-11T22:14:15.1+0200 r1 dns,info a=b is a text of no known form"
        #expect(SyslogRun().read(line)["topics"] == "[dns,info]")
    }

    @Test(arguments: [
        "<134>Oct 11 22:14:15 r1 firewall,info: seq=5 forward", "<13>error something happened",
        "<13>Oct 11 22:14:15 h system went down, info follows", "<13>info,please read",
    ])
    func keepsLinesOfOthers(line: String) {
        #expect(SyslogRun().read(line)["format"] != "routeros")
    }

    @Test func keepsLinesWhereColumnsHaveOtherNames() {
        var names = SyslogParser.Names()
        names.raw = "original"
        let line = "<30>system,info,account user admin logged in"
        let record = SyslogRun(parser: SyslogParser(names: names)).read(line)
        #expect(record["original"] == line)
        #expect(record["message"] == line)
    }

    // MARK: Options

    @Test func readsNoBodiesWhenOff() {
        let run = SyslogRun(parser: SyslogParser(body: .off))
        for text in [
            "CEF:0|V|P|1|100|N|5|a=b", Self.fortiGate, #"{"a":1}"#, "%SYS-5-CONFIG_I: x",
        ] {
            let record = run.read("<13>Oct 11 22:14:15 h app: " + text)
            #expect(record["message"] == text)
            #expect(record["fields"] == nil)
            #expect(record["vendor"] == nil)
            #expect(run.read("<13>" + text)["parse_status"] == "raw")
        }
    }

    @Test(arguments: SyslogParser.Body.allCases)
    func readsOneKindWhenForced(body: SyslogParser.Body) {
        let run = SyslogRun(parser: SyslogParser(body: body))
        for (format, text) in [
            ("cef", "CEF:0|V|P|1|100|N|5|a=b"), ("leef", "LEEF:1.0|V|P|1|4000|a=b"),
            ("json", #"{"a":"b"}"#), ("kv", "a=b c=d e=f g=h"),
        ] {
            let isWanted = body == .auto || body.rawValue == format
            let found = run.read("<13>Oct 11 22:14:15 h app: " + text)["body_format"]
            #expect(found == (isWanted ? format : nil))
        }
        let single = run.read("<13>Oct 11 22:14:15 h app: seq=5 forward: in:ether1")
        #expect((single["fields"] != nil) == (body == .kv))
    }

    // MARK: Damage

    static let corpus = [
        #"<134>Oct 11 22:14:15 fw1 CEF:0|Vend\|or|P|1|100|N|10|a=b \= c cs1=7 cs1Label=R a=\n"#,
        "<13>LEEF:2.0|V|P|1|4000|^|src=10.0.0.1^devTime=Oct 11 2026 22:14:15^a=b",
        "<189>" + fortiGate, #"<13>@cee: {"a":1,"b":{"c":[true,null,"x"]},"a":2}"#,
        "<30>Oct 11 22:14:15 r1 CEF:0|MikroTik|RB|7|10|system,info|Low|dvchost=r1 msg=user",
    ]

    @Test(arguments: corpus)
    func survivesDamage(line: String) {
        #expect(SyslogRun().lost(damaging: line) == nil)
    }

    @Test func keepsTheTextOfMorePairsThanItReads() {
        let text = (0..<2000).map { "k\($0)=v" }.joined(separator: " ")
        let record = SyslogRun().read("<13>Oct 11 22:14:15 h app: " + text)
        #expect(record["message"] == text)
        #expect(record["fields"]?.hasSuffix("k255:v}") == true)
    }
}
