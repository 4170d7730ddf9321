import Core
import Patterns
import Testing

extension Matcher {
    fileprivate func matches(_ text: String) -> Bool {
        Array(text.utf8).withBytes { matches($0) }
    }

    /// The text of a named group in the last match of `text`.
    fileprivate func capture(_ name: String, in text: String) -> String? {
        guard matches(text), let range = range(named: name) else { return nil }
        return String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }
}

struct MatcherTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var pattern: String
        var text: String
        var isMatch: Bool
        init(_ pattern: String, _ text: String, _ isMatch: Bool) {
            self.pattern = pattern
            self.text = text
            self.isMatch = isMatch
        }
        var testDescription: String { "\(pattern) on \(text.debugDescription): \(isMatch)" }
    }

    @Test func takesNamesOfAnyLength() throws {
        let name = String(repeating: "upstream_", count: 5)
        let pattern = try Pattern("^(?<\(name)>a+)(?<b>-)\\k<\(name)>(?:(?<\(name)>x))?$")
        #expect(pattern.groups.map(\.name) == [name, "b"])
        let matcher = pattern.makeMatcher()
        #expect(matcher.capture(name, in: "aa-aa") == "aa")
        #expect(!matcher.matches("aa-b"))
    }

    @Test(arguments: [
        Case("error", "an error here", true),
        Case("^error$", "an error here", false),
        Case("/error/", "an error here", true),
        Case("/ERROR/i", "an error here", true),
        Case("/ERROR/", "an error here", false),
        Case("/e r r o r # all of it/x", "an error here", true),
        // Slashes without a valid end are part of the pattern.
        Case("/var/log", "in /var/log/x", true),
        Case("/var/log/q", "in /var/log/q", true),
        Case("/", "a/b", true),
        // Ruby: anchors stand at line ends, the dot stops there unless `m` is given.
        Case("^b$", "a\nb\nc", true),
        Case("a.b", "a\nb", false),
        Case("/a.b/m", "a\nb", true),
        Case("(?m)a.b", "a\nb", true),
        Case("(?m:a.)b", "a\nb", true),
        Case("(?i-m:A.b)", "a\nb", false),
        Case("(?i:A)b", "ab", true),
        Case("\\A\\h+\\z", "0aF9", true),
        Case("\\A\\h+\\z", "0aFg", false),
        Case("^[\\h:]+$", "aa:bb:0f", true),
        Case("^[\\h:]+$", "aa:bb:0g", false),
        Case("^\\H$", "g", true),
        Case("^[]a]+$", "a]", true),
        Case("^[^]a]+$", "bc", true),
        Case("^[^]a]+$", "b]", false),
        Case("^[[:alpha:]\\h]+$", "xyz09", true),
        Case("^[\\[\\]]+$", "[]", true),
        Case("^\\<(?<pri>[0-9]+)\\>", "<13>x", true),
        Case("^(?<a>x)\\k<a>$", "xx", true),
        Case("", "", true),
        Case("^$", "", true),
        Case("ä", "ä", true),
        Case("^[äö]$", "ö", true),
        Case("/Ä/i", "ä", true),
        Case("(*UTF)^.$", "é", true),
        Case("^.$", "é", false),
    ])
    func readsFluentBitPatterns(_ test: Case) throws {
        let pattern = try Pattern(test.pattern)
        #expect(pattern.makeMatcher().matches(test.text) == test.isMatch)
    }

    @Test func namesGroupsInTheirOrder() throws {
        let pattern = try Pattern("(?<z>a)(b)(?<a>c)|(?<z>d)")
        #expect(pattern.groups.map(\.name) == ["z", "a"])
        #expect(pattern.groups.map(\.numbers) == [[1, 4], [3]])
        let matcher = pattern.makeMatcher()
        #expect(matcher.capture("z", in: "abc") == "a")
        #expect(matcher.capture("a", in: "abc") == "c")
        #expect(matcher.capture("z", in: "--d") == "d")
        #expect(matcher.capture("a", in: "--d") == nil)
        #expect(matcher.capture("nobody", in: "--d") == nil)
        #expect(matcher.range(ofGroup: 0) == 2..<3)
        #expect(matcher.range(ofGroup: 5) == nil)
        #expect(matcher.range(ofGroup: -1) == nil)
    }

    @Test func forgetsCapturesAfterAMiss() throws {
        let matcher = try Pattern("(?<a>x)").makeMatcher()
        #expect(matcher.matches("x"))
        #expect(!matcher.matches("y"))
        #expect(matcher.range(named: "a") == nil)
        #expect(matcher.range(ofGroup: 0) == nil)
    }

    struct Mistake: Sendable {
        var pattern: String
        var offset: Int
    }

    @Test(arguments: [
        Mistake(pattern: "a[bc", offset: 4), Mistake(pattern: "/a(b/", offset: 5),
        Mistake(pattern: "\\h\\h(", offset: 5),
        Mistake(pattern: "(?<1a>x)", offset: 3), Mistake(pattern: "a\\", offset: 2),
    ])
    func saysWhereAPatternFails(_ mistake: Mistake) {
        let error = #expect(throws: PatternError.self) { try Pattern(mistake.pattern) }
        #expect(error?.offset == mistake.offset)
        #expect(error?.reason.isEmpty == false)
    }

    @Test(arguments: ["(a+)+$", "^(a|aa)+$", "(?:a*)*b", "(x+x+)+y|(a|a?)+$"])
    func givesUpOnCatastrophicPatterns(_ text: String) throws {
        let matcher = try Pattern(text).makeMatcher()
        let hostile = String(repeating: "a", count: 2000) + "!"
        #expect(!matcher.matches(hostile))
        // Later texts are matched as ever.
        #expect(matcher.matches("aaab") || matcher.matches("aaa"))
    }

    @Test func countsTextsGivenUp() throws {
        let matcher = try Pattern("^(a|aa)+$").makeMatcher()
        #expect(matcher.limitHits == 0)
        #expect(!matcher.matches(String(repeating: "a", count: 200) + "!"))
        #expect(matcher.limitHits == 1)
    }

    @Test func matchesLongTexts() throws {
        let matcher = try Pattern("^(?<head>(?:[^ ]| )*)end$").makeMatcher()
        let long = String(repeating: "word ", count: 8000)
        #expect(matcher.matches(long + "end"))
        #expect(matcher.range(named: "head") == 0..<long.utf8.count)
    }

    @Test(arguments: ["a.c", "(*UTF)a.c", "[ä]|a.c", "(*UTF)\\w+"])
    func takesAnyBytes(_ text: String) throws {
        let matcher = try Pattern(text).makeMatcher()
        var generator = SplitMix(state: 7)
        for count in 0..<400 {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            _ = bytes.withBytes { matcher.matches($0) }
        }
        #expect([0xff, 0x61, 0x62, 0x63, 0xff].withBytes { matcher.matches($0) })
    }
}

/// A small seeded generator, so that every run sees the same bytes.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
