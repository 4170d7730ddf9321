import Core
import Pipeline
import Testing

/// One wrong configuration and the first thing that must be said about it.
struct Typo: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var code: ErrorCode
    var line: Int
    var column: Int
    /// A part of the message or the hint.
    var says: String

    init(
        _ name: String, _ text: String, _ code: ErrorCode, _ line: Int, _ column: Int,
        says: String
    ) {
        self.name = name
        self.text = text
        self.code = code
        self.line = line
        self.column = column
        self.says = says
    }

    var testDescription: String { name }

    /// A good pipeline in five lines, to be put after a wrong section.
    static let pipeline = """
        pipeline:
          inputs:
            - {name: syslog, tag: net}
          outputs:
            - {name: file, path: /tmp, match: net}

        """

    /// A pipeline with one wrong input; `options` begins at line 3, column 7.
    static func input(_ options: String) -> String {
        "pipeline:\n  inputs:\n    - \(options)\n  outputs:\n"
            + "    - {name: file, path: /tmp, match: '*'}\n"
    }

    /// A pipeline with one wrong filter; `options` begins at line 5, column 7.
    static func filter(_ options: String) -> String {
        "pipeline:\n  inputs:\n    - {name: syslog, tag: net}\n  filters:\n    - \(options)\n"
            + "  outputs:\n    - {name: file, path: /tmp, match: '*'}\n"
    }

    /// A pipeline with one wrong output; `options` begins at line 5, column 7.
    static func output(_ options: String) -> String {
        "pipeline:\n  inputs:\n    - {name: syslog, tag: net}\n  outputs:\n    - \(options)\n"
    }

    static let text: [Typo] = [
        Typo(
            "bad indent", "service:\n  flush: 1\n grace: 2\n", .yamlSyntax, 3, 2, says: "indented"),
        Typo("tab", "service:\n\tflush: 1\n", .yamlSyntax, 2, 1, says: "use spaces"),
        Typo("open quote", "service:\n  log_file: 'x\n", .yamlSyntax, 3, 1, says: "quote"),
        Typo("colon in value", "service:\n  log_file: a: b\n", .yamlSyntax, 2, 14, says: "': '"),
        Typo("star", pipeline + "x: *\n", .yamlSyntax, 6, 5, says: "quote a value"),
        Typo(
            "double key", "service:\n  flush: 1\n  flush: 2\n" + pipeline,
            .duplicateKey, 3, 3, says: "line 2"),
        Typo(
            "two services", "service: {flush: 1}\nservice: {grace: 1}\n" + pipeline,
            .repeatedKey, 2, 1, says: "a.yaml:1:1"),
        Typo("alias", "service: *s\n" + pipeline, .yamlUnsupported, 1, 10, says: "anchor '&s'"),
        Typo("tag", "service: !env X\n" + pipeline, .yamlUnsupported, 1, 10, says: "!env"),
        Typo("documents", pipeline + "---\na: 1\n", .yamlUnsupported, 6, 1, says: "'---'"),
        Typo("classic", "[SERVICE]\n  flush 1\n", .yamlUnsupported, 1, 1, says: "classic"),
        Typo("include", "includes: [b.yaml]\n" + pipeline, .includeFailed, 1, 12, says: "b.yaml"),
        Typo("self", "includes: [a.yaml]\n" + pipeline, .includeLoop, 1, 12, says: "itself"),
        Typo(
            "variable", "service: {log_file: '${LOG}'}\n" + pipeline,
            .unsetVariable, 1, 21, says: "${LOG:-default}"),
    ]

    static let sections: [Typo] = [
        Typo(
            "section", "servise: {flush: 1}\n" + pipeline, .unknownSection, 1, 1, says: "'service'"),
        Typo(
            "loose inputs", "inputs: [{name: syslog}]\n" + pipeline,
            .unknownSection, 1, 1, says: "under 'pipeline'"),
        Typo(
            "input", "pipeline:\n  input: [{name: syslog}]\n  outputs: [{name: file, path: x}]\n",
            .unknownSection, 2, 3, says: "'inputs'"),
        Typo(
            "streams", "stream_processor: [{name: x}]\n" + pipeline,
            .notSupportedYet, 1, 1, says: "stream"),
        Typo("plugins", "plugins: [/x.so]\n" + pipeline, .notSupportedYet, 1, 1, says: "loaded"),
        Typo("service list", "service: [flush]\n" + pipeline, .wrongType, 1, 10, says: "map"),
        Typo(
            "parsers map", "parsers: {name: x}\n" + pipeline, .wrongType, 1, 10, says: "- name"),
        Typo(
            "parser key", "parsers: [{name: x, format: json, time_fromat: x}]\n" + pipeline,
            .unknownKey, 1, 35, says: "'time_format'"),
        Typo(
            "parser regex", "parsers: [{name: x, format: regex, regex: '('}]\n" + pipeline,
            .invalidPattern, 1, 43, says: "("),
        Typo(
            "service key", "service: {flsuh: 1}\n" + pipeline,
            .unknownKey, 1, 11, says: "'flush'"),
        Typo(
            "far key", "service: {colour: red}\n" + pipeline,
            .unknownKey, 1, 11, says: "no key 'colour'"),
        Typo(
            "nested storage", "service:\n  storage:\n    path: /x\n" + pipeline,
            .unknownKey, 2, 3, says: "'storage.path'"),
        Typo(
            "flush word", "service: {flush: often}\n" + pipeline,
            .invalidValue, 1, 18, says: "'often'"),
        Typo(
            "flush zero", "service: {flush: 0}\n" + pipeline,
            .outOfRange, 1, 18, says: "more than 0"),
        Typo(
            "level", "service: {log_level: inof}\n" + pipeline,
            .unknownChoice, 1, 22, says: "'info'"),
        Typo(
            "sync", "service: {storage.sync: ful}\n" + pipeline,
            .unknownChoice, 1, 25, says: "'full'"),
        Typo(
            "compat", "compat: fluentbit\n" + pipeline,
            .unknownChoice, 1, 9, says: "'fluent-bit'"),
        Typo("no pipeline", "service: {flush: 1}\n", .emptyPipeline, 1, 1, says: "inputs"),
        Typo(
            "no outputs", "pipeline:\n  inputs: [{name: syslog}]\n",
            .emptyPipeline, 1, 1, says: "outputs"),
        Typo(
            "inputs map",
            "pipeline:\n  inputs: {name: syslog}\n  outputs: [{name: file, path: x}]\n",
            .wrongType, 2, 11, says: "- name"),
        Typo("pipeline list", "pipeline: [a]\n", .emptyPipeline, 1, 1, says: "inputs"),
    ]

    static let instances: [Typo] = [
        Typo("bare name", input("syslog"), .wrongType, 3, 7, says: "- name: syslog"),
        Typo("no name", input("{tag: a}"), .missingKey, 3, 7, says: "syslog"),
        Typo("plugin", input("{name: sylsog}"), .unknownPlugin, 3, 14, says: "'syslog'"),
        Typo("not built", input("{name: tail}"), .unknownPlugin, 3, 14, says: "not built yet"),
        Typo("wrong kind", input("{name: grep}"), .unknownPlugin, 3, 14, says: "a filter"),
        Typo("option", input("{name: syslog, prot: 1}"), .unknownKey, 3, 22, says: "'port'"),
        Typo("common option", input("{name: syslog, tga: x}"), .unknownKey, 3, 22, says: "'tag'"),
        Typo(
            "on wrong kind", input("{name: syslog, match: x}"),
            .unknownKey, 3, 22, says: "no option 'match'"),
        Typo(
            "port word", input("{name: syslog, port: http}"),
            .invalidValue, 3, 28, says: "'http'"),
        Typo(
            "port range", input("{name: syslog, port: 70000}"),
            .outOfRange, 3, 28, says: "1-65535"),
        Typo("mode", input("{name: syslog, mode: upd}"), .unknownChoice, 3, 28, says: "'udp'"),
        Typo(
            "size", input("{name: syslog, buffer_max_size: 64 kilo}"),
            .invalidValue, 3, 39, says: "64 kilo"),
        Typo(
            "boolean", input("{name: syslog, keep_raw: 1}"), .invalidValue, 3, 32, says: "boolean"),
        Typo(
            "list for one", input("{name: syslog, port: [1, 2]}"),
            .repeatedKey, 3, 22, says: "one value"),
        Typo(
            "map for text", input("{name: syslog, port: {a: 1}}"),
            .wrongType, 3, 28, says: "not a map"),
        Typo(
            "case twice", input("{name: syslog, Tag: a, tag: b}"),
            .repeatedKey, 3, 30, says: "already set"),
        Typo(
            "address", input("{name: syslog, listen: eth0}"),
            .invalidValue, 3, 30, says: "listen"),
        Typo(
            "parser", input("{name: syslog, parser: ngnix}"),
            .unknownParser, 3, 30, says: "'nginx'"),
        Typo(
            "memrb", input("{name: syslog, storage.type: memrb}"),
            .unknownChoice, 3, 36, says: "filesystem"),
        Typo(
            "no path", input("{name: syslog, storage.type: filesystem}"),
            .missingKey, 3, 36, says: "storage.path"),
        Typo("tls", input("{name: syslog, tls: on}"), .notSupportedYet, 3, 22, says: "'tls'"),
        Typo(
            "processors", input("{name: syslog, processors: {logs: []}}"),
            .notSupportedYet, 3, 22, says: "processors"),
        Typo("filter match", filter("{name: grep, regex: a b}"), .missingKey, 5, 7, says: "'*'"),
        Typo(
            "filter tag", filter("{name: grep, match: nte, regex: a b}"),
            .noMatchingInput, 5, 27, says: "'net'"),
        Typo(
            "regex", filter("{name: grep, match: net, regex: 'a ('}"),
            .invalidPattern, 5, 39, says: "bracket"),
        Typo(
            "regex form", filter("{name: grep, match: net, regex: lonely}"),
            .invalidValue, 5, 39, says: "KEY REGEX"),
        Typo(
            "match case", output("{name: file, path: x, match: Net}"),
            .noMatchingOutput, 3, 27, says: "'Net'"),
        Typo(
            "output tag", output("{name: file, path: x, match: nte}"),
            .noMatchingOutput, 3, 27, says: "'nte'"),
        Typo(
            "match_regex", output("{name: file, path: x, match_regex: '(net'}"),
            .invalidPattern, 5, 42, says: "match_regex"),
        Typo("required", output("{name: file, match: net}"), .missingKey, 5, 7, says: "'path'"),
        Typo(
            "limit", output("{name: file, path: x, match: net, storage.total_limit_size: much}"),
            .invalidValue, 5, 67, says: "size"),
        Typo(
            "same port", input("{name: syslog}\n    - {name: syslog, listen: 127.0.0.1}"),
            .conflictingKeys, 4, 7, says: "another port"),
        Typo(
            "same alias",
            input("{name: syslog, alias: a}\n    - {name: syslog, port: 2, alias: a}"),
            .duplicateName, 4, 38, says: "alias"),
        Typo(
            "two outputs", output("{name: file, path: x}\n    - {name: file, path: y}"),
            .missingKey, 5, 7, says: "match"),
    ]
}

@Suite struct TypoCorpusTests {
    @Test(arguments: Typo.text + Typo.sections + Typo.instances)
    func isFoundWhereItStands(typo: Typo) throws {
        let result = plan(typo.text)
        #expect(result.plan == nil)
        let problem = try #require(
            result.problems.first { $0.code == typo.code }, "\(result.problems)")
        #expect(
            problem.location == SourceLocation(file: "a.yaml", line: typo.line, column: typo.column)
        )
        #expect(problem.description.contains(typo.says), "\(problem)")
    }
}
