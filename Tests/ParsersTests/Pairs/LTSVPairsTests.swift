import Testing

struct LTSVPairsTests {
    @Test(arguments: [
        ParserCase(
            [], "host:192.0.2.1\tstatus:200\tpath:/a b:c",
            #""host":"192.0.2.1","status":"200","path":"/a b:c""#),
        ParserCase([], "a:1\t\tb:2\t", #""a":"1","b":"2""#),
        ParserCase([], "a:\tb-.9_:2", #""b-.9_":"2""#),
        ParserCase([("skip_empty_values", "off")], "a:\tb:2", #""a":"","b":"2""#),
        ParserCase(
            [("time_format", "%d/%b/%Y:%H:%M:%S %z"), ("types", "status:integer")],
            "time:10/Oct/2000:13:55:36 -0700\tstatus:200",
            #"{"time":"2000-10-10T20:55:36.000Z","status":200}"#),
        ParserCase([], "a:1\tno label", nil),
        ParserCase([], "a:1\t:2", nil),
        ParserCase([], "a b:1", nil),
        ParserCase([], "", nil),
        ParserCase([], "\t\t", nil),
    ])
    func readsLines(_ test: ParserCase) throws { try test.check("ltsv") }
}
