import Core
import Testing

struct CSVFieldsTests {
    @Test(arguments: [
        ParserCase([], "a,b c,", #""column1":"a","column2":"b c""#),
        ParserCase(
            [("skip_empty_values", "off")], "a,,", #""column1":"a","column2":"","column3":"""#),
        ParserCase(
            [], #""a ""q"", b","x,y",z"#, #""column1":"a \"q\", b","column2":"x,y","column3":"z""#),
        ParserCase([("fields", "one two")], "1,2,3", #""one":"1","two":"2","column3":"3""#),
        ParserCase([("keys", "one, two,three")], "1,2", #""one":"1","two":"2""#),
        ParserCase(
            [("delimiter", "\\t"), ("quote", "'")], "'it''s'\t\"b\"",
            #""column1":"it's","column2":"\"b\"""#),
        ParserCase([("delimiter", ";")], "a;b", #""column1":"a","column2":"b""#),
        ParserCase([], #"a"b,"c"d",e"#, #""column1":"a\"b","column2":"c\"d","column3":"e""#),
        ParserCase([], #""""#, ""),
        ParserCase([], #"x,"open, y"#, #""column1":"x","column2":"open, y","parse_error":"E2506""#),
        ParserCase([], #"x,""#, #""column1":"x","parse_error":"E2506""#),
        ParserCase([("fields", "a a_2")], "1,2", #""a":"1","a_2":"2""#),
        ParserCase(
            [("fields", "time,n"), ("time_format", "%Y/%m/%d %H:%M:%S"), ("types", "n:integer")],
            "2024/01/02 03:04:05,7", #"{"time":"2024-01-02T03:04:05.000Z","n":7}"#),
        ParserCase([], "", nil),
        ParserCase([], String(repeating: ",", count: 5000), nil),
    ])
    func readsLines(_ test: ParserCase) throws {
        guard test.line.count < 1000 else {
            let parser = try ParserRun.parser([("format", "csv")])
            #expect(ParserRun.parse(parser, test.line).1 == .parserNoMatch)
            return
        }
        try test.check("csv")
    }
}
