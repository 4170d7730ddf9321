import Testing

struct KeyValuePairsTests {
    @Test(arguments: [
        // FortiGate.
        ParserCase(
            [],
            #"date=2026-10-11 time=22:14:15 devname="FW 1" user="" srcip=::1 msg="a b""#,
            #""date":"2026-10-11","time_text":"22:14:15","devname":"FW 1","srcip":"::1","msg":"a b""#
        ),
        ParserCase(
            [("time_key", "date time tz"), ("time_format", "%Y-%m-%d %H:%M:%S %z")],
            #"date=2026-10-11 time=22:14:15 tz="+0200" vd=root"#,
            #"{"time":"2026-10-11T20:14:15.000Z","vd":"root"}"#),
        ParserCase(
            [
                ("time_key", "date time"), ("time_format", "%Y-%m-%d %H:%M:%S"),
                ("time_keep", "on"),
            ], "date=2026-10-11 time=22:14:15",
            #"{"time":"2026-10-11T22:14:15.000Z","date":"2026-10-11","time_text":"22:14:15"}"#),
        ParserCase(
            [("time_key", "date time"), ("time_format", "%Y-%m-%d %H:%M:%S")], "date=2026-10-11",
            #""date":"2026-10-11","parse_error":"E2503""#),
        // Sophos: everything quoted, and backslashes of Windows.
        ParserCase(
            [], #"device="SFW" user_name="DOM\nora" path="C:\\x" q="say \"hi\"" n=5"#,
            #""device":"SFW","user_name":"DOM\\nora","path":"C:\\x","q":"say \"hi\"","n":"5""#),
        // SonicWall.
        ParserCase(
            [],
            #"id=firewall sn=0017C5 fw=192.0.2.1 pri=6 src=10.0.0.1:80:X0 note="Policy: 0, x" fw_action="NA""#,
            #""id":"firewall","sn":"0017C5","fw":"192.0.2.1","pri":"6","src":"10.0.0.1:80:X0","note":"Policy: 0, x","fw_action":"NA""#
        ),
        ParserCase(
            [("time_key", "date time"), ("time_format", "%Y-%m-%d %H:%M:%S")],
            "<189>date=2026-10-11 time=22:14:15 a=1",
            #"{"time":"2026-10-11T22:14:15.000Z","pri":"189","a":"1"}"#),
        ParserCase(
            [], "<189>Oct 11 22:14:15 fw date=x",
            #""pri":"189","header":"Oct 11 22:14:15 fw","date":"x""#),
        ParserCase([], "Login failed: user=x", #""header":"Login failed:","user":"x""#),
        ParserCase([], "<999>a=1", #""<999>a":"1""#),
        // Quotes that a device forgot to escape.
        ParserCase([], #"a="say"hi" now" b="x""#, #""a":"say\"hi","now\"":true,"b":"x""#),
        ParserCase([], #"a="x",b="y"; c=z"#, #""a":"x","b":"y","c":"z""#),
        // netfilter.
        ParserCase(
            [], "IN=eth0 OUT= DF LEN=348 LEN=328",
            #""IN":"eth0","DF":true,"LEN":"348","LEN_2":"328""#),
        ParserCase([], "a=1, b=2; c=3,", #""a":"1","b":"2","c":"3""#),
        ParserCase([], "a=1,2 b=, c=x", #""a":"1,2","c":"x""#),
        ParserCase([], "a=b=c =x y=", #""a":"b=c","=x":true"#),
        ParserCase(
            [("unquoted_spaces", "on")], #"msg=user logged in src=1 note="x y=z" end=a  b "#,
            #""msg":"user logged in","src":"1","note":"x y=z","end":"a  b""#),
        ParserCase(
            [("pair_separator", ";"), ("key_separator", ":")], "a: 1 2 ;b : x=y;; c;d:",
            #""a":"1 2","b":"x=y","c":true"#),
        ParserCase(
            [("pair_separator", "||"), ("key_separator", "=>"), ("quotes", "'")],
            "a=>1|2||b=>'x||y'||c=>\"z\"", #""a":"1|2","b":"x||y","c":"\"z\"""#),
        ParserCase([("pair_separator", "\\t")], "a=x y\tb=2", #""a":"x y","b":"2""#),
        ParserCase([], #"a=1 b="cut off"#, #""a":"1","b":"cut off","parse_error":"E2506""#),
        ParserCase([("types", "n:integer")], "n=12 s=1", #""n":12,"s":"1""#),
        ParserCase([], "no pair at all", nil),
        ParserCase([], "", nil),
    ])
    func readsLines(_ test: ParserCase) throws { try test.check("kv") }
}
