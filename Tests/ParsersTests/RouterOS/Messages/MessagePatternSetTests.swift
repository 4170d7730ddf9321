import Core
import Testing

@testable import Parsers

@Suite struct MessagePatternSetTests {
    func matches(_ pattern: String, _ text: String) throws -> Bool {
        var matcher = MessageMatcher(try MessagePatternSet([MessageFamily([], [("e", pattern)])]))
        return Array(text.utf8).withBytes { matcher.match($0, from: 0, topics: nil) != nil }
    }

    @Test(arguments: [
        ("a %{x} b", "a 1 b", true), ("a %{x} b", "a  b", false), ("a %{x} b", "a b b b", true),
        ("a%[ %{x}%]", "a", true), ("a%[ %{x}%]", "a 1", true), ("a%[ %{x}%]b", "a 1b", true),
        ("50%% %{x:number}", "50% 7", true), ("%{x:number}%[s%]", "7s ", true),
        ("%{x:ip}", "192.0.2.1", true), ("%{x:ip}", "192.0.2.1:5", false),
        ("%{x:endpoint}", "[2001:db8::1]:5", true), ("%{}", "anything", true),
        ("%{a} from %{b:ip}", "x from y from 192.0.2.1", true), ("%{x:mac}", "00:00:5e", false),
        ("%{x:name} b", "a 1:2 b", true), ("%{x:name} b", "a 00:00:5E:00:53:01 b", false),
    ])
    func matchesWholeTexts(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test(arguments: ["%{x", "a%[b", "%{x:unheard}", "%{x}%{y}", "%{x:ip} %{x}"])
    func refusesMistakes(pattern: String) {
        #expect(throws: PatternProblem.self) {
            try MessagePatternSet([MessageFamily([], [("e", pattern)])])
        }
    }

    @Test(arguments: [
        ("alone", PatternProblem.noText("alone")), ("e %{message}", .reservedField("message")),
        ("e %{event=x}", .reservedField("event")), ("e %{src_addr}", .fieldConflict("src_addr")),
        ("e %{client_ip:number}", .fieldConflict("client_ip")),
        ("e %{x", .unclosed("%{x")), ("e %{x:y}", .unknownType("x:y")),
    ])
    func refusesPatternsThatCannotBe(pattern: String, expected: PatternProblem) {
        #expect(throws: expected) { try RouterOSPatterns([pattern]) }
    }

    @Test func refusesTooManyPatterns() {
        #expect(throws: PatternProblem.tooManyPatterns) {
            try RouterOSPatterns((0..<256).map { "event text\($0)" })
        }
        #expect(throws: PatternProblem.self) {
            try RouterOSPatterns(["e " + (0..<40).map { "%{f\($0)} x " }.joined()])
        }
    }

    @Test func triesOwnPatternsFirst() throws {
        let patterns = try RouterOSPatterns([
            "backup_done backup of %{router} to %{target:ip} took %{seconds:duration}",
            "uplink_lost ether1 link down",
        ])
        let parser = RouterOSParser(patterns: patterns)
        let backup = RouterOSParserTests().read(
            Array("script,info backup of r 1 to 192.0.2.1 took 1m5s".utf8), parser: parser)
        #expect(backup["event"] == "backup_done")
        #expect(backup["router"] == "r 1")
        #expect(backup["target"] == "192.0.2.1")
        #expect(backup["seconds"] == "65")
        let link = RouterOSParserTests().read(
            Array("interface,info ether1 link down".utf8), parser: parser)
        #expect(link["event"] == "uplink_lost")
    }

    @Test func worksBoundedly() throws {
        let pattern = "%{a} x %{b} x %{c} x %{d} x %{e} y"
        let text = String(repeating: " x", count: 8_000)
        #expect(try !matches(pattern, text))
        #expect(try !matches("%{a}", text + text))
    }

    @Test func findsPatternsByTheirLongestWord() {
        #expect(MessagePatternSet.stock.unanchored.count <= 3)
        #expect(MessagePatternSet.stock.patterns.count <= MessagePatternSet.patternLimit)
    }

    /// One field has one type, whatever message it is in.
    @Test func agreesWithOtherRecordsAboutTypes() {
        var encodings: [String: Encoding] = [:]
        for event in RouterOSLayout.Event.allCases {
            let key = RouterOSLayout.Key(event: event, status: .ok, hasDeviceTime: true)
            for column in RouterOSLayout(key).shape.columns where !column.isHidden {
                encodings[column.name] = column.encoding
            }
        }
        for event in MessagePatternSet.stock.events {
            for column in event.columns {
                #expect(encodings[column.name] ?? column.encoding == column.encoding)
            }
        }
    }
}
