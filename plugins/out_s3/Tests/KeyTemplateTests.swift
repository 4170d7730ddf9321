import Core
import Parsers
import Testing

@testable import OutS3

@Suite struct KeyTemplateTests {
    private func key(
        _ format: String, tag: String = "net.fw.edge", values: [String] = [],
        appendsUUID: Bool = false, delimiters: String = "."
    ) throws -> String {
        let template = try KeyTemplate.parse(
            format, delimiters: delimiters, appendsUUID: appendsUUID
        ).get()
        let time = Timestamp(seconds: 1_769_860_799)
        let partition = template.partition(tag: tag, time: time, values: values)
        return template.key(
            of: partition, KeyTemplate.First(time: time, uuid: "AbCd1234", index: 7, record: 42))
    }

    @Test(
        arguments: [
            (
                "/fluent-bit-logs/$TAG/%Y/%m/%d/%H/%M/%S",
                "fluent-bit-logs/net.fw.edge/2026/01/31/11/59/59"
            ),
            ("no/slash/$TAG[0]-$TAG[2]$TAG[9]", "no/slash/net-edgeunknown"),
            ("/$UUID/$INDEX/$POSITION", "AbCd1234/7/00000000000000000042"),
            (
                "/a$$b%%c %F %j %y %T %s %b %B",
                "a$b%c 2026-01-31 031 26 11:59:59 1769860799 Jan January"
            ),
        ])
    func fillsPlaceholders(format: String, expected: String) throws {
        #expect(try key(format) == expected)
    }

    @Test func appendsANameUnlessThereIsOne() throws {
        #expect(try key("/a", appendsUUID: true) == "a-objectAbCd1234")
        for format in ["/$UUID", "/$INDEX", "/$POSITION"] {
            #expect(try !key(format, appendsUUID: true).contains("-object"))
        }
    }

    @Test func splitsTagsAtTheDelimitersGiven() throws {
        #expect(try key("/$TAG[1]", tag: "a-b_c", delimiters: "-_") == "b")
        #expect(try key("/$TAG[2]", tag: "a-b_c", delimiters: "-_") == "c")
    }

    @Test(
        arguments: [
            ("../etc", "_._etc"), ("", "unknown"), ("a/b", "a_b"), ("a\u{1}Mb\n", "a_Mb_"),
            ("$UUID %M", "$UUID %M"), ("ü☃", "ü☃"),
        ])
    func takesValuesThatAreHarmless(value: String, expected: String) throws {
        #expect(try key("/x/$host", values: [value]) == "x/\(expected)")
    }

    @Test func keepsKeysShortEnough() throws {
        let long = String(repeating: "ü", count: 300)
        let format = "/" + (0..<8).map { "$f\($0)" }.joined(separator: "/")
        let made = try key(format, values: Array(repeating: long, count: 8))
        #expect(made.utf8.count <= 1024)
        #expect(made.hasSuffix("-AbCd1234"))
        #expect(try key("/$host", values: [long]).utf8.count == 200)
    }

    @Test(arguments: ["/$", "/%Q", "/%", "/$TAG[x]", "/$a[", "/$-"])
    func refusesWhatIsNoPlaceholder(format: String) {
        #expect(throws: TemplateError.self) { try KeyTemplate.parse(format).get() }
    }
}
