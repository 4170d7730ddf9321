import Core
import Foundation
import Pipeline
import Synchronization
import Testing

@testable import catchment

/// Gathers what a command prints.
final class Captured: Sendable {
    private let texts = Mutex<(output: String, errors: String)>(("", ""))

    var output: String { texts.withLock(\.output) }
    var errors: String { texts.withLock(\.errors) }

    var console: Console {
        Console(
            output: { text in self.texts.withLock { $0.output += text } },
            errors: { text in self.texts.withLock { $0.errors += text } })
    }
}

@Suite struct CheckCommandTests {
    /// Runs the program on a file with `text`; `FILE` stands for its path.
    private func run(
        _ line: String, file text: String = ""
    ) throws -> (status: Int32, captured: Captured) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("check-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let captured = Captured()
        let registry = Registry(
            inputs: [QuietInput.self], filters: [], outputs: [QuietOutput.self])
        let program = Program(console: captured.console, registry: registry)
        let arguments = line.split(separator: " ").map { String($0).replacing("FILE", with: path) }
        let status = program.run(arguments)
        return (status, captured)
    }

    private static let good = """
        pipeline:
          inputs: [{name: quiet, tag: a}]
          outputs: [{name: quiet, match: a}]
        """

    @Test(
        arguments: [
            "check -c FILE", "-c FILE --dry-run", "-D -c FILE", "run -c FILE -D",
            "check --connect -c FILE", "check -c FILE --connect",
        ])
    func printsFluentBitsLine(line: String) throws {
        let (status, captured) = try run(line, file: Self.good)
        #expect(status == 0)
        #expect(captured.errors == "configuration test is successful\n")
        #expect(captured.output == "")
    }

    @Test(arguments: ["check -c FILE", "-c FILE -D", "run -c FILE", "-c FILE"])
    func printsEveryProblemAndStartsNothing(line: String) throws {
        let text = """
            service: {flsh: 1, http_server: on}
            pipeline:
              inputs: [{name: quiet, tga: a}]
              outputs: [{name: quiet, match: b}]
            """
        let (status, captured) = try run(line, file: text)
        #expect(status == 2)
        let lines = captured.errors.split(separator: "\n").map { line in
            String(line[(line.firstRange(of: "a.yaml:")?.upperBound ?? line.startIndex)...])
        }
        #expect(
            lines
                == [
                    "1:20: warning E1117: 'http_server' has no effect: there is no status server yet",
                    "1:11: error E1102: 'service' has no key 'flsh' (did you mean 'flush'?)",
                    "3:26: error E1102: input 'quiet' has no option 'tga' (did you mean 'tag'?)",
                    "4:34: error E1112: output 'quiet.0' takes 'b', but no input has such a tag"
                        + " (tags are: quiet.0)",
                    "3:12: error E1113: no output takes the tag 'quiet.0' of input 'quiet.0'"
                        + " (outputs match: 'b')",
                    "4 errors, 1 warning",
                ].sorted { Self.place($0) < Self.place($1) })
    }

    /// Warnings, then errors by place, then the count.
    private static func place(_ line: String) -> String {
        let isWarning = line.contains(": warning")
        let isCount = line.hasPrefix("4 errors")
        return (isWarning ? "0" : isCount ? "2" : "1") + line
    }

    @Test func checksAPipelineOfOptions() throws {
        #expect(try run("check -i quiet -o quiet").status == 0)
        let (status, captured) = try run("check -i quiet -p a=b -o quit")
        #expect(status == 2)
        #expect(
            captured.errors.hasPrefix(
                "command line: error E1102: input 'quiet' has no option 'a'"))
        #expect(captured.errors.contains("command line: error E1103: there is no output 'quit'"))
    }

    @Test func optionsWinOverTheFile() throws {
        let (status, captured) = try run("check -c FILE -f often", file: Self.good)
        #expect(status == 2)
        #expect(captured.errors.hasPrefix("command line: error E1106: 'flush' is 'often'"))
    }

    @Test func addsOptionsToTheFile() throws {
        let (status, _) = try run("check -c FILE -o quiet -m *", file: Self.good)
        #expect(status == 0)
    }

    @Test func listsAndDescribesPlugins() throws {
        let plugins = try run("plugins")
        #expect(plugins.status == 0)
        #expect(
            plugins.captured.output == """
                KIND    NAME   WHAT IT DOES
                input   quiet  Says nothing
                output  quiet  Takes everything

                """)
        let described = try run("describe in_quiet")
        #expect(described.status == 0)
        #expect(described.captured.output.hasPrefix("input quiet: Says nothing\n"))
        #expect(!described.captured.output.contains("output quiet"))
        #expect(try run("describe quiet").captured.output.contains("\noutput quiet:"))
        #expect(try run("describe service").captured.output.contains("storage.path"))
        let unknown = try run("describe in_quit")
        #expect(unknown.status == 2)
        #expect(
            unknown.captured.errors
                == "catchment: error E1103: there is no plugin 'in_quit'"
                + " (did you mean 'in_quiet'?)\n")
    }

    /// What does not fit beside three columns stands below them.
    @Test func describesOptionsOnANarrowTerminal() {
        let options = [
            OptionSpec(
                "an_option_with_a_name", .choice(["one", "two", "three", "four"]), default: "four",
                help: "What it is for, in so many words: a, b, ..."),
            OptionSpec("b", .text, required: true, help: "Another."),
        ]
        #expect(
            DescribeCommand.text(of: options, width: 60) == """
                OPTION                 HELP
                an_option_with_a_name  What it is for, in so many words: a,
                                       b, ... (one of one, two, three, four;
                                       default four)
                b                      Another (text; required)

                """)
        let wide = DescribeCommand.text(of: options, width: nil)
        #expect(wide.hasPrefix("OPTION                 TYPE"))
    }

    @Test func printsASchemaThatIsJSON() throws {
        let (status, captured) = try run("schema")
        #expect(status == 0)
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(captured.output.utf8)) as? [String: Any])
        let sections = try #require(schema["properties"] as? [String: Any])
        #expect(
            Set(sections.keys) == [
                "env", "includes", "service", "parsers", "multiline_parsers", "pipeline",
            ])
    }

    @Test(arguments: [
        "help", "help run", "help parse", "help check", "help describe", "help schema", "version",
    ])
    func helps(line: String) throws {
        let (status, captured) = try run(line)
        #expect(status == 0)
        #expect(captured.output.contains("atchment"))
        #expect(captured.errors == "")
        #expect(captured.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
}

final class QuietInput: Input {
    static let info = PluginInfo(
        kind: .input, name: "quiet", summary: "Says nothing", options: [])

    let listenAddresses: [ListenAddress] = []

    init(settings: PluginSettings) throws(SettingsError) {}
    func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder { Deaf() }
    func open(log: Log) throws(OperationError) {}
    func run(into sink: any BatchSink) {}
    func stop() {}

    private final class Deaf: PayloadDecoder {
        func decode(
            _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
        ) {}
    }
}

final class QuietOutput: Output {
    static let info = PluginInfo(
        kind: .output, name: "quiet", summary: "Takes everything", options: [])

    init(settings: PluginSettings) throws(SettingsError) {}
    func open(resuming state: [UInt8], log: Log) throws(OperationError) {}
    func write(_ batch: borrowing RecordBatch) throws(OperationError) {}
    func commit() throws(OperationError) -> [UInt8] { [] }
    func destination(of row: Row, tag: String, received: Timestamp) -> String { "" }
}
