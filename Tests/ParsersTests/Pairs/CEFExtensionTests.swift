import Core
import Testing

@testable import Parsers

struct CEFExtensionTests {
    private static let header =
        #""cef_version":"0","vendor":"V","product":"P","product_version":"1","device_event_class_id":"100","name":"N","severity":"5""#

    private func pairs(_ text: String, named: Bool = false) -> [String] {
        var all: [String] = []
        Array(text.utf8).withBytes { line in
            func add(_ key: PairText, _ value: PairText) {
                var plain = ByteBuffer()
                key.append(from: line, to: &plain)
                plain.append(UInt8(ascii: ">"))
                value.append(from: line, to: &plain)
                all.append(plain.bytes.makeString())
            }
            let lead =
                named
                ? CEFExtension.forEachNamed(line, from: 0, add)
                : CEFExtension.forEach(line, from: 0, add)
            if !lead.isEmpty { all.append(line.extracting(lead).makeString()) }
        }
        return all
    }

    @Test(
        arguments: [
            ("", []),
            ("src=1 dst=2", ["src>1", "dst>2"]),
            ("  src=1   dst=2  ", ["src>1", "dst>2"]),
            ("src=  1   dst=   a=", ["src>  1", "dst>", "a>"]),
            ("msg=a long text app=ssh", ["msg>a long text", "app>ssh"]),
            (#"msg=a key\=b c act=x"#, ["msg>a key=b c", "act>x"]),
            ("request=http://h/?a=b&c=d cat=1", ["request>http://h/?a=b&c=d", "cat>1"]),
            ("msg=see http://h/p=1 x=2", ["msg>see http://h/p=1", "x>2"]),
            ("a= b= c=", ["a>", "b>", "c>"]),
            ("a==b c=d=e", ["a>=b", "c>d=e"]),
            ("a.b=1 c[0].d=2 _e-f=3", ["a.b>1", "c[0].d>2", "_e-f>3"]),
            (#"a=x\\ b=y\"#, [#"a>x\"#, #"b>y\"#]),
            (
                #"suser=DOM\user path=C:\temp q=\"x\""#,
                [
                    #"suser>DOM\user"#, #"path>C:\temp"#, #"q>\"x\""#,
                ]
            ),
            (#"a=1\n2\r3 b=\q"#, ["a>1\n2\r3", #"b>\q"#]),
            ("a=1\tb=2", ["a>1", "b>2"]),
            ("text first a=1", ["a>1", "text first"]),
            ("no pair", ["no pair"]),
            ("=x a=1", ["a>1", "=x"]),
            ("a=(b c=d", ["a>(b", "c>d"]),
            ("a=(b) (c=d", ["a>(b) (c=d"]),
        ] as [(String, [String])])
    func findsPairs(text: String, expected: [String]) { #expect(pairs(text) == expected) }

    @Test(
        arguments: [
            ("cs1=7 cs1Label=Rule Name x=1", ["Rule Name>7", "x>1"]),
            ("cs1Label=Rule cs1=7", ["Rule>7"]),
            ("cn2Label=Count cs2=a", ["cn2Label>Count", "cs2>a"]),
            ("cs1=a cs1Label=", ["cs1>a", "cs1Label>"]),
            (#"flexString1=a flexString1Label=x\=y"#, ["x=y>a"]),
            (
                "c6a2=::1 c6a2Label=Source deviceCustomDate1=0 deviceCustomDate1Label=Day "
                    + "cfp4=1.5 cfp4Label=Score flexNumber9=1 flexNumber9Label=N flexDate1=1 "
                    + "flexDate1Label=D",
                ["Source>::1", "Day>0", "Score>1.5", "N>1", "D>1"]
            ),
            ("cs1Label=A cs1Label=B cs1=1", ["A>1"]),
            ("cs0=1 cs0Label=A Label=x", ["cs0>1", "cs0Label>A", "Label>x"]),
        ] as [(String, [String])])
    func namesCustomFields(text: String, expected: [String]) {
        #expect(pairs(text, named: true) == expected)
    }

    @Test(arguments: [
        ParserCase([], "CEF:0|V|P|1|100|N|5|", header),
        ParserCase([], "CEF:0|V|P|1|100|N|5", header),
        ParserCase([], "CEF: 0|V|P|1|100|N|5|src=1", header + #","src":"1""#),
        ParserCase([], "<134>CEF:0|V|P|1|100|N|5|", #""pri":"134","# + header),
        ParserCase(
            [], "<134>Oct 11 22:14:15 fw CEF:0|V|P|1|100|N|5|src=1",
            #""pri":"134","header":"Oct 11 22:14:15 fw",\#(header),"src":"1""#),
        ParserCase(
            [],
            "<134>1 2026-10-11T22:14:15Z fw CEF - - [a b=\"c\"] \u{feff}CEF:0|V|P|1|100|N|5|src=1",
            #""pri":"134","header":"1 2026-10-11T22:14:15Z fw CEF - - [a b=\"c\"]","#
                + header + #","src":"1""#),
        ParserCase(
            [], #"CEF:1|V\|W|P\\|1.0|a=b|N|Very-High|msg=x"#,
            #""cef_version":"1","vendor":"V|W","product":"P\\","product_version":"1.0","device_event_class_id":"a=b","name":"N","severity":"Very-High","msg":"x""#
        ),
        ParserCase(
            [], "CEF:0|V|P|1|100|N|5|rt=1700000000123 a=1",
            #"{"time":"2023-11-14T22:13:20.123Z",\#(header),"a":"1"}"#),
        ParserCase(
            [], "CEF:0|V|P|1|100|N|5|rt=Oct 11 2026 22:14:15 a=1",
            #"{"time":"2026-10-11T22:14:15.000Z",\#(header),"a":"1"}"#),
        ParserCase(
            [("time_offset", "+0200"), ("time_keep", "on")],
            "CEF:0|V|P|1|100|N|5|rt=Oct 11 2026 22:14:15",
            #"{"time":"2026-10-11T20:14:15.000Z",\#(header),"rt":"Oct 11 2026 22:14:15"}"#),
        ParserCase([], "CEF:0|V|P|1|100|N|5|rt=noon", header + #","rt":"noon""#),
        ParserCase(
            [("time_key", "end"), ("time_format", "%s")], "CEF:0|V|P|1|100|N|5|end=1700000000",
            #"{"time":"2023-11-14T22:13:20.000Z",\#(header)}"#),
        ParserCase(
            [("types", "spt:integer severity:integer")], "CEF:0|V|P|1|100|N|5|spt=80 name=x",
            header.replacingSeverity + #","spt":80,"name_2":"x""#),
        ParserCase(
            [], "CEF:0|V|P|1|100|N|5|text only", header + #","extension":"text only""#),
        ParserCase([], "CEF:0|V|P|1|100|N", nil),
        ParserCase([], "CEF:0|V|P", nil),
        ParserCase([], "XCEF:0|V|P|1|100|N|5|", nil),
        ParserCase([], "CEF:|V|P|1|100|N|5|", nil),
        ParserCase([], "plain", nil),
    ])
    func parsesLines(_ test: ParserCase) throws { try test.check("cef") }
}

extension String {
    fileprivate var replacingSeverity: String {
        split(separator: ",").map { $0 == #""severity":"5""# ? #""severity":5"# : $0 }
            .joined(separator: ",")
    }
}
