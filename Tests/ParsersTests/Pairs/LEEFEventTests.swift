import Testing

struct LEEFEventTests {
    private static let one =
        #""leef_version":"1.0","vendor":"V","product":"P","product_version":"1","event_id":"100""#
    private static let two = one.replacingOne

    @Test(arguments: [
        ParserCase(
            [], "LEEF:1.0|V|P|1|100|src=1\tmsg=a b=c\tx=", one + #","src":"1","msg":"a b=c""#),
        ParserCase([], "LEEF:1.0|V|P|1|100|", one),
        ParserCase([], "LEEF:1.0|V|P|1|100", one),
        ParserCase(
            [], "<13>Oct 11 22:14:15 host LEEF:1.0|V|P|1|100|src=1",
            #""pri":"13","header":"Oct 11 22:14:15 host",\#(one),"src":"1""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|^|a=1^b=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|0x5E|a=1^b=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|x5e|a=1^b=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|0x09|a=1\tb=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|\t|a=1\tb=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100||a=1\tb=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|||a=1|b=2", two + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:2.0|V|P|1|100|a=1\tb=2|3", two + #","a":"1","b":"2|3""#),
        ParserCase([], "LEEF:1.0|V|P|1|100|a=1#011b=2#011", one + #","a":"1","b":"2""#),
        ParserCase([], "LEEF:1.0|V|P|1|100|a=x\ty\tb=2\t\t", one + #","a":"x\ty","b":"2""#),
        ParserCase(
            [], "LEEF:1.0|V|P|1|100|text\ta=1", one + #","a":"1","attributes":"text""#),
        ParserCase(
            [], "LEEF:1.0|V|P|1|100|devTime=Oct 11 2026 22:14:15.250 GMT\ta=1",
            #"{"time":"2026-10-11T22:14:15.250Z",\#(one),"a":"1"}"#),
        ParserCase(
            [("types", "a:integer")], "LEEF:1.0|V|P|1|100|devTime=1700000000123\ta=1",
            #"{"time":"2023-11-14T22:13:20.123Z",\#(one),"a":1}"#),
        ParserCase([], "LEEF:1.0|V|P|1", nil),
        ParserCase([], "LEEF:1.0|V|P|1|", nil),
        ParserCase([], "LEEF", nil),
    ])
    func parsesLines(_ test: ParserCase) throws { try test.check("leef") }
}

extension String {
    fileprivate var replacingOne: String {
        #""leef_version":"2.0""# + dropFirst(#""leef_version":"1.0""#.count)
    }
}
