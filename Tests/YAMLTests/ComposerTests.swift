import Core
import Testing

@testable import YAML

@Suite struct ComposerTests {
    private func compose(_ text: String) -> (root: Setting?, problems: [SettingsProblem]) {
        var composer = Composer(file: "a.yaml")
        let root = composer.compose(Array(text.utf8))
        return (root, composer.problems)
    }

    @Test(arguments: [
        ("a: 1\nb: [x, 'y z']\n", "{a: 1, b: [x, y z]}"),
        ("a:\n  - name: n\n    k: v\n  - text\n", "{a: [{name: n, k: v}, text]}"),
        ("a: |\n  two\n  lines\n", "{a: two\nlines\n}"),
        ("a: &x {k: 1}\nb: *x\n", "{a: {k: 1}, b: {k: 1}}"),
        ("a: &t word\nb: [*t, *t]\n", "{a: word, b: [word, word]}"),
        ("a:\nb: ''\n", "{a: , b: }"),
        ("a: !!str 5\n", "{a: 5}"),
        ("\u{feff}a: 1\n", "{a: 1}"),
    ])
    func readsTrees(text: String, sketch: String) {
        let (root, problems) = compose(text)
        #expect(root?.sketch == sketch)
        #expect(problems == [])
    }

    @Test func remembersPlacesOfKeysAndValues() throws {
        let (root, _) = compose("a:\n  - näme:   value\n")
        let item = try #require(root?["a"]?.list?.first)
        #expect(item.location.description == "a.yaml:2:5")
        #expect(item.entries?.first?.keyLocation.description == "a.yaml:2:5")
        #expect(item.entries?.first?.value.location.description == "a.yaml:2:13")
    }

    @Test func tellsPlainFromQuotedText() {
        let (root, _) = compose("a: 5\nb: '5'\n")
        #expect(root?["a"]?.content == .scalar("5", isPlain: true))
        #expect(root?["b"]?.content == .scalar("5", isPlain: false))
    }

    @Test(arguments: [
        ("a: b: c\n", ErrorCode.yamlSyntax, 1, 5),
        ("a: [1, 2\n", .yamlSyntax, 2, 1),
        ("a:\n  b: 1\n c: 2\n", .yamlSyntax, 3, 2),
        ("a:\n\t- b\n", .yamlSyntax, 2, 1),
        ("a: 'open\n", .yamlSyntax, 2, 1),
        ("a: \"\\d\"\n", .yamlSyntax, 1, 5),
        ("a: @x\n", .yamlSyntax, 1, 4),
        ("a:\n  b: 1\n  b: 2\n", .duplicateKey, 3, 3),
        ("a: *nobody\n", .yamlUnsupported, 1, 4),
        ("a: !!int 5\n", .yamlUnsupported, 1, 4),
        ("a: 1\n---\nb: 2\n", .yamlUnsupported, 2, 1),
        ("a:\n  <<: x\n", .yamlUnsupported, 2, 3),
        ("? [a]\n: b\n", .yamlUnsupported, 1, 3),
    ])
    func reportsWhatAndWhere(text: String, code: ErrorCode, line: Int, column: Int) {
        let problem = compose(text).problems.first
        #expect(problem?.code == code)
        #expect(problem?.location == SourceLocation(file: "a.yaml", line: line, column: column))
    }

    @Test func explainsTabs() {
        let problem = compose("a:\n\t- b\n").problems.first
        #expect(problem?.message == "a tab cannot be used for indentation")
        #expect(problem?.hint == "use spaces")
    }

    @Test func namesThePlaceOfTheFirstDuplicate() {
        let problem = compose("a:\n  b: 1\n  c: 2\n  b: 3\n").problems.first
        #expect(problem?.message == "'b' is already set at line 2")
    }

    @Test func keepsWhatStoodBeforeASyntaxError() {
        let (root, problems) = compose("a:\n  - name: x\n  - name: y\n    k: [\n")
        #expect(root?.sketch.hasPrefix("{a: [{name: x}, {name: y") == true)
        #expect(problems.count == 1)
    }

    @Test func reportsInvalidUTF8AtItsPlace() {
        var composer = Composer(file: "a.yaml")
        _ = composer.compose(Array("a: 1\nb: ".utf8) + [0xff, 0x0a])
        #expect(composer.problems.first?.code == .yamlSyntax)
        #expect(composer.problems.first?.location.line == 2)
        #expect(composer.problems.first?.location.column == 4)
    }

    @Test func limitsDepth() {
        let text = "a: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(compose(text).problems.first?.code == .yamlUnsupported)
    }

    @Test func limitsDepthMadeOfAliases() {
        let nest = { (inner: String) in
            String(repeating: "[", count: 40) + inner + String(repeating: "]", count: 40)
        }
        let problems = compose("a: &a \(nest("x"))\nb: \(nest("*a"))\n").problems
        #expect(problems.map(\.code) == [.yamlUnsupported])
        #expect(problems.first?.location.line == 2)
    }

    @Test func limitsWhatAliasesMultiply() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(uses)]\n"
        }
        #expect(compose(text).problems.map(\.code) == [.yamlUnsupported])
    }

    @Test func survivesCutsAndFlips() {
        let text = Array(
            "env: {A: b}\npipeline:\n  inputs:\n    - &x name: 'sys'\n      p: \"q\\n\"\n  o: |\n    z\n"
                .utf8)
        for length in 0...text.count {
            var composer = Composer(file: "a.yaml")
            _ = composer.compose(Array(text.prefix(length)))
        }
        var seed: UInt64 = 7
        for _ in 0..<2_000 {
            var flipped = text
            for _ in 0..<3 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1
                flipped[Int(seed >> 33) % flipped.count] ^= 1 << UInt8(seed >> 60 & 7)
            }
            var composer = Composer(file: "a.yaml")
            _ = composer.compose(flipped)
        }
    }
}
