import Core
import Testing

@testable import YAML

@Suite struct ConfigurationTests {
    @Test func joinsPipelinesOfAllFiles() {
        let configuration = load(
            "includes: [sub/*.yaml]\npipeline:\n  inputs:\n    - name: one\n",
            with: [
                "sub/2.yaml": "pipeline:\n  inputs:\n    - name: three\n",
                "sub/1.yaml": "pipeline:\n  inputs:\n    - name: two\n  outputs:\n    - name: o\n",
                "sub/.hidden.yaml": "nonsense: [",
            ])
        #expect(configuration.problems == [])
        #expect(configuration.files == ["a.yaml", "sub/1.yaml", "sub/2.yaml"])
        #expect(
            configuration.root.sketch
                == "{pipeline: {inputs: [{name: two}, {name: three}, {name: one}],"
                + " outputs: [{name: o}]}}")
    }

    @Test func joinsRepeatedSectionsOfOneFile() {
        let text = "parsers: [{name: a}]\nparsers: [{name: b}]\n"
        #expect(load(text).root.sketch == "{parsers: [{name: a}, {name: b}]}")
        #expect(load(text).problems == [])
    }

    @Test func refusesASecondService() {
        let problem = load("service: {flush: 1}\nservice: {grace: 1}\n").problems.first
        #expect(problem?.description.hasPrefix("a.yaml:2:1: error E1109") == true)
        #expect(problem?.message.contains("a.yaml:1:1") == true)
    }

    @Test func resolvesIncludesFromTheIncludingFile() {
        let configuration = load(
            "includes: [d/b.yaml]\n",
            with: ["d/b.yaml": "includes: [c.yaml]\n", "d/c.yaml": "x: 1\n"])
        #expect(configuration.files == ["a.yaml", "d/b.yaml", "d/c.yaml"])
        #expect(configuration.problems == [])
    }

    @Test(arguments: [
        ("includes: [missing.yaml]\n", "a.yaml:1:12: error E1005"),
        ("includes: [none*.yaml]\n", "a.yaml:1:12: error E1005"),
        ("includes: [a.yaml]\n", "a.yaml:1:12: error E1006"),
        ("includes: [./x/../b.yaml, b.yaml]\n", "a.yaml:1:27: error E1006"),
        ("includes: [loop.yaml]\n", "loop.yaml:1:12: error E1006"),
        ("includes: [{name: x}]\n", "a.yaml:1:12: error E1105"),
        ("includes: ['${NONE}.yaml']\n", "a.yaml:1:12: error E1007"),
        ("- a list\n", "a.yaml:1:1: error E1105"),
        ("[SERVICE]\n    Flush 1\n", "a.yaml:1:1: error E1002"),
        ("# c\n  [INPUT]\n    Name syslog\n", "a.yaml:2:3: error E1002"),
    ])
    func reportsBadFiles(text: String, start: String) throws {
        let others = [
            "./x/../b.yaml": "x: 1", "b.yaml": "x: 1", "loop.yaml": "includes: [a.yaml]\n",
        ]
        let problem = try #require(load(text, with: others).problems.first)
        #expect(problem.description.hasPrefix(start), "\(problem)")
    }

    @Test func reportsAMissingMainFile() {
        let configuration = Configuration.load("no.yaml", files: MemoryFiles(contents: [:]))
        #expect(
            configuration.problems.map(\.description)
                == ["no.yaml: error E1003: cannot read 'no.yaml': no such file"])
        #expect(!configuration.isComplete)
    }

    @Test func acceptsAnEmptyFile() {
        #expect(load("# nothing\n").problems == [])
        #expect(load("").root.entries == [])
    }

    @Test func collectsProblemsOfAllFiles() {
        let configuration = load(
            "includes: [b.yaml, none.yaml]\ns: {k: 1, k: 2}\nt: ${UNSET}\n",
            with: ["b.yaml": "x: [\n"])
        #expect(
            configuration.problems.map(\.code)
                == [.duplicateKey, .yamlSyntax, .includeFailed, .unsetVariable])
    }

    @Test(arguments: [
        ("memBufLimit", "mem_buf_limit"), ("storage.maxChunksUp", "storage.max_chunks_up"),
        ("HTTP_Server", "HTTP_Server"), ("Name", "Name"), ("HTTPPort", "HTTPPort"), ("", ""),
    ])
    func turnsCamelCaseIntoSnakeCase(key: String, expected: String) {
        #expect(KeyStyle.snakeCase(key) == expected)
    }

    @Test func readsYAMLParsersFiles() {
        let configuration = load(
            "service: {parsers_file: [p.yaml, old.conf]}\n",
            with: ["p.yaml": "parsers: [{name: p}]\n"])
        #expect(configuration.root["parsers"]?.sketch == "[{name: p}]")
        #expect(configuration.problems == [])
    }
}
