import Core
import Testing

@testable import YAML

@Suite struct VariablesTests {
    private static let environment = ["HOME": "/home/x", "EMPTY": "", "PORT": "1"]

    @Test(arguments: [
        ("${HOME}/y", "/home/x/y"),
        ("${PORT}", "514"),
        ("${NONE:-5140}", "5140"),
        ("${EMPTY:-full}", "full"),
        ("<${EMPTY}>", "<>"),
        ("${NONE:-}", ""),
        ("a${PORT}b${PORT}c", "a514b514c"),
        ("$${HOME}", "${HOME}"),
        ("$HOME", "$HOME"),
        ("^x$", "^x$"),
        ("${BOTH}", "514/home/x"),
        ("${SECRET}", "hush"),
    ])
    func expands(written: String, expected: String) {
        let text = """
            env:
              PORT: 514
              BOTH: ${PORT}${HOME}
              SECRET: file:///run/secret
            x: '\(written)'
            """
        let configuration = load(
            text, with: ["/run/secret": "hush\n"], environment: Self.environment)
        #expect(configuration.root["x"]?.scalar == expected)
        #expect(configuration.problems == [])
    }

    @Test func readsVariablesAsAList() {
        let text =
            "env:\n  - name: A\n    value: one\n  - {name: B, uri: 'file:///b'}\nx: ${A}${B}\n"
        let configuration = load(text, with: ["/b": "two"])
        #expect(configuration.root["x"]?.scalar == "onetwo")
    }

    @Test func presetsTheHostName() {
        #expect(load("x: ${HOSTNAME}\n").root["x"]?.scalar?.isEmpty == false)
        let set = load("x: ${HOSTNAME}\n", environment: ["HOSTNAME": "router"])
        #expect(set.root["x"]?.scalar == "router")
    }

    @Test(arguments: [
        ("x: ${NONE}\n", "a.yaml:1:4: error E1007: the variable 'NONE' is not set"),
        ("x: ${open\n", "a.yaml:1:4: error E1106: '${' without a '}'"),
        ("env: {A: 1}\nenv: {A: 2}\n", "a.yaml:2:7: error E1004"),
        ("env: {A: [1]}\n", "a.yaml:1:10: error E1105"),
        ("env: [{value: 1}]\n", "a.yaml:1:7: error E1104"),
        ("env: [{name: A, valeu: 1}]\n", "a.yaml:1:17: error E1102"),
        ("env: [text]\n", "a.yaml:1:7: error E1105"),
        ("env: text\n", "a.yaml:1:6: error E1105"),
        ("env: {A: file:///none}\n", "a.yaml:1:10: error E1003"),
    ])
    func reportsProblems(text: String, start: String) throws {
        let problem = try #require(load(text).problems.first)
        #expect(problem.description.hasPrefix(start), "\(problem)")
    }

    @Test func suggestsNearVariablesOrADefault() {
        #expect(
            load("env: {SYSLOG_PORT: 1}\nx: ${SYSLOG_PROT}\n").problems.first?.hint
                == "did you mean 'SYSLOG_PORT'?")
        #expect(
            load("x: ${NONE}\n").problems.first?.hint
                == "set it under 'env', or write ${NONE:-default}")
    }
}
