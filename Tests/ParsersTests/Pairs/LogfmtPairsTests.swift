import Testing

struct LogfmtPairsTests {
    @Test(arguments: [
        ParserCase([], "at=info method=GET", #""at":"info","method":"GET""#),
        ParserCase(
            [], #"msg="a \"b\" c" n=1"#, #""msg":"a \"b\" c","n":"1""#),
        ParserCase([], "bare key=", #""bare":true,"key":true"#),
        ParserCase([], #"a="" b=2"#, #""b":"2""#),
        ParserCase([("skip_empty_values", "off")], #"a="" b=2"#, #""a":"","b":"2""#),
        ParserCase([], "url=/a?b=c&d=e x=1", #""url":"/a?b=c&d=e","x":"1""#),
        ParserCase([], "  a=1\t\tb=2  ", #""a":"1","b":"2""#),
        ParserCase([], #"= " a=1"#, #""a":"1""#),
        ParserCase(
            [], #"t="tab\there \u00e9 \ud83e\udd8a \x41\101 \q""#,
            #""t":"tab\there é 🦊 AA q""#),
        ParserCase([], #"a="open b=2"#, #""a":"open b=2","parse_error":"E2506""#),
        ParserCase([], #"a="open\"#, #""a":"open\\","parse_error":"E2506""#),
        ParserCase([], "a=1 a=2 a=3 a_2=4", #""a":"1","a_2":"2","a_3":"3","a_2_2":"4""#),
        ParserCase([], "time=x time_text=y", #""time_text":"x","time_text_2":"y""#),
        ParserCase([], "time_text=y time=x", #""time_text":"y","time_text_2":"x""#),
        ParserCase([], "", nil),
        ParserCase([], " \t", nil),
        ParserCase([("logfmt_no_bare_keys", "on")], "a=1 b", nil),
        ParserCase([("logfmt_no_bare_keys", "on")], "a=1 b= c=", #""a":"1","b":true,"c":true"#),
        ParserCase(
            [("types", "n:integer f:float b:bool h:hex")], "n=1 f=1.5 b=yes h=ff s=1",
            #""n":1,"f":1.5,"b":true,"h":255,"s":"1""#),
        ParserCase([("types", "n:integer")], "n=x", #""n":"x","parse_error":"E2504""#),
        ParserCase(
            [], "time=2024-01-02T03:04:05Z a=1", #"{"time":"2024-01-02T03:04:05.000Z","a":"1"}"#),
        ParserCase(
            [("time_format", "%s"), ("time_keep", "on"), ("time_key", "ts")], "ts=1700000000 a=1",
            #"{"time":"2023-11-14T22:13:20.000Z","ts":"1700000000","a":"1"}"#),
        ParserCase(
            [("time_format", "%s")], "time=soon", #""time_text":"soon","parse_error":"E2503""#),
        ParserCase(
            [("time_format", "%s"), ("time_strict", "off")], "time=soon", #""time_text":"soon""#),
        ParserCase(
            [("time_format", "%F %T"), ("time_offset", "+0200")],
            #"time="2024-01-02 03:04:05" a=1"#,
            #"{"time":"2024-01-02T01:04:05.000Z","a":"1"}"#),
    ])
    func readsLines(_ test: ParserCase) throws { try test.check("logfmt") }
}
