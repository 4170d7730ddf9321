import Core
import Testing

@Suite struct OptionValueTests {
    @Test(arguments: [
        ("10", 10), ("64k", 64_000), ("1M", 1_000_000), ("2g", 2_000_000_000), ("5KiB", 5_120),
        ("1 MiB", 1 << 20), ("7b", 7), ("false", 0),
    ])
    func readsSizes(_ text: String, _ bytes: Int) {
        #expect(OptionValue.parse(text, as: .size) == .size(bytes))
    }

    @Test(arguments: [
        ("1", 1_000_000_000), ("0.5", 500_000_000), ("500ms", 500_000_000),
        ("10s", 10_000_000_000), ("5m", 300_000_000_000), ("1h", 3_600_000_000_000),
    ])
    func readsDurations(_ text: String, _ nanoseconds: Int64) {
        #expect(OptionValue.parse(text, as: .duration) == .duration(nanoseconds))
    }

    @Test(arguments: [
        ("abc", OptionSpec.Kind.size), ("-1", .size), ("99999999999g", .size), ("1x", .duration),
        ("", .duration), ("1", .boolean), ("x", .integer(0...9)), ("10", .integer(0...9)),
        ("tcp", .choice(["udp"])), ("key", .pair), (" v", .pair),
    ])
    func refusesOthers(_ text: String, _ kind: OptionSpec.Kind) {
        #expect(OptionValue.parse(text, as: kind) == nil)
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("prot", ["port", "path"], "port"), ("Listne", ["listen", "port"], "listen"),
        ("zzz", ["listen", "port"], nil), ("mdoe", ["mode", "name"], "mode"),
    ])
    func givesTheNearestNameOrNone(_ name: String, _ names: [String], _ expected: String?) {
        #expect(Suggestion.nearest(to: name, among: names) == expected)
    }
}
