import Core
import Testing

@testable import OutFile

@Suite struct PathTemplateTests {
    private let time = Timestamp(nanoseconds: 1_769_860_799_000_000_000)

    private func path(
        _ text: String, tag: String = "net.fw.edge", values: [String] = []
    ) throws -> String {
        try PathTemplate.parse(text).get().path(tag: tag, time: time, values: values)
    }

    @Test(arguments: [
        ("flows", "flows"), ("/var/log/a", "/var/log/a"), ("./a//b/", "a/b"), ("a$$b%%c", "a$b%c"),
        ("$TAG", "net.fw.edge"), ("$TAG[0]/$TAG[2].log", "net/edge.log"), ("$TAG[9]", "unknown"),
        ("%Y/%m/%d/%H", "2026/01/31/11"), ("%F-%H%M%S", "2026-01-31-115959"), ("%j.%y", "031.26"),
    ])
    func expands(template: String, expected: String) throws {
        #expect(try path(template) == expected)
    }

    @Test(arguments: [
        "$", "$-", "%", "%Q", "a$[0]", "$TAG[x]", "$TAG[-1]", "$TAG[99999999999999999999]", "$a['b",
        "$a[b]",
    ])
    func refusesPlaceholdersThatAreNone(text: String) {
        #expect(throws: TemplateError.self) { try PathTemplate.parse(text).get() }
    }

    @Test func readsFieldsWithSteps() throws {
        let template = try PathTemplate.parse("$host/$sd['a/b'][0].log").get()
        #expect(template.fields.map(\.description) == ["$host", "$sd['a/b'][0]"])
        #expect(template.components.count == 2)
        #expect(template.root == ".")
    }

    @Test func knowsTheDirectoryBeforePlaceholders() throws {
        #expect(try PathTemplate.parse("/var/log/x/$TAG/a").get().root == "/var/log/x")
        #expect(try PathTemplate.parse("/a.log").get().root == "/")
        #expect(try PathTemplate.parse("logs/a.log").get().root == "logs")
    }

    /// Whatever a record says stays one harmless component below the directory.
    @Test(arguments: [
        ("", "unknown"), (".", "_"), ("..", "_."), ("...", "_.."),
        ("../../etc/passwd", "_._.._etc_passwd"),
        ("/etc/passwd", "_etc_passwd"), ("a/../b", "a_.._b"), ("a\0b", "a_b"), ("\n", "_"),
        ("a\u{7f}\u{85}b", "a__b"), ("\u{fffd}", "_"), (".hidden", "_hidden"),
        ("router-1", "router-1"),
        ("2001:db8::1", "2001:db8::1"), ("Zürich", "Zürich"), ("a b", "a b"), ("~root", "~root"),
        ("$TAG", "$TAG"), ("%Y", "%Y"),
        (String(repeating: "x", count: 300), String(repeating: "x", count: 200)),
        (String(repeating: "€", count: 100), String(repeating: "€", count: 66)),
    ])
    func makesValuesSafe(value: String, expected: String) throws {
        #expect(try path("/d/$x", values: [value]) == "/d/" + expected)
        #expect(try path("/d/$TAG", tag: value) == "/d/" + expected)
        let parts = try path("/d/$x$x/.$x/$x", values: [value, value, value, value]).split(
            separator: "/")
        #expect(parts.count == 4)
        #expect(parts.allSatisfy { $0 != "." && $0 != ".." && $0.utf8.count <= 200 })
    }
}
