import Core
import Testing

@testable import catchment

@Suite struct CommandParserTests {
    /// Arguments split at spaces; `~` stands for a space within one.
    private func parse(_ line: String) throws(UsageError) -> Command {
        try CommandParser.parse(
            line.split(separator: " ").map { String($0).replacing("~", with: " ") })
    }

    private func pipeline(_ line: String) throws -> PipelineSource? {
        switch try parse(line) {
        case .run(let source), .check(let source): source
        default: nil
        }
    }

    @Test(arguments: [
        ("plugins", Command.plugins),
        ("describe in_syslog", .describe("in_syslog")),
        ("schema", .schema),
        ("version", .version), ("-V", .version), ("--version", .version),
        ("help", .help(nil)), ("-h", .help(nil)), ("--help", .help(nil)),
        ("help run", .help("run")), ("run --help", .help("run")), ("check -h", .help("check")),
        ("parse a.pcap --format table", .parse(["a.pcap", "--format", "table"])),
        ("journal ls x --frames", .journal(["ls", "x", "--frames"])),
        ("journal ls --help", .help("journal")), ("help journal", .help("journal")),
        ("run -c a.yaml", .run(PipelineSource(file: "a.yaml"))),
        ("-c a.yaml", .run(PipelineSource(file: "a.yaml"))),
        ("--config=a.yaml", .run(PipelineSource(file: "a.yaml"))),
        ("--config a.yaml", .run(PipelineSource(file: "a.yaml"))),
        ("-R p.yaml -c a.yaml", .run(PipelineSource(file: "a.yaml", parsersFiles: ["p.yaml"]))),
        ("check -c a.yaml", .check(PipelineSource(file: "a.yaml", isDryRun: true))),
        ("-c a.yaml -D", .check(PipelineSource(file: "a.yaml", isDryRun: true))),
        ("--dry-run -c a.yaml", .check(PipelineSource(file: "a.yaml", isDryRun: true))),
    ])
    func reads(line: String, command: Command) throws {
        #expect(try parse(line) == command)
    }

    @Test(arguments: [
        ("", ErrorCode.missingArgument, "-c FILE"),
        ("rnu", .unknownCommand, "'run'"),
        ("a.yaml", .unknownCommand, "-c a.yaml"),
        ("help nothing", .unknownCommand, "nothing"),
        ("run", .missingArgument, "-c FILE"),
        ("check", .missingArgument, "-c FILE"),
        ("describe", .missingArgument, "plugins"),
        ("describe a b", .unexpectedArgument, "'b'"),
        ("plugins x", .unexpectedArgument, "'x'"),
        ("run -c", .missingArgument, "FILE"),
        ("run a.yaml", .unexpectedArgument, "-c"),
        ("-c a.yaml -c b.yaml", .unexpectedArgument, "includes"),
        ("run --confg a.yaml", .unknownOption, "'--config'"),
        ("-c a.yaml -X", .unknownOption, "'-X'"),
        ("-c a.yaml -H", .unknownOption, "Fluent Bit"),
        ("-c a.yaml --quiet=yes", .unexpectedArgument, "no value"),
        ("-p a=b -i syslog", .unexpectedArgument, "-i or -F or -o"),
        ("-i syslog -p port", .unexpectedArgument, "KEY=VALUE"),
        ("-i syslog -p =5", .unexpectedArgument, "KEY=VALUE"),
        ("-i syslog -m x", .unexpectedArgument, "-F or -o"),
        ("-o file -t x", .unexpectedArgument, "must follow -i"),
    ])
    func refuses(line: String, code: ErrorCode, says: String) {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        #expect(error?.code == code)
        #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    }

    @Test func buildsAPipelineFromOptions() throws {
        let source = try #require(
            try pipeline(
                "-i syslog -p port=514 -t net -F grep -p regex=a~b -p regex=c~d -m net"
                    + " -o file -p path=/x=y --match=net -o null -m *"))
        let inputs = source.items[.input] ?? []
        #expect(inputs.map { $0["name"]?.scalar } == ["syslog"])
        #expect(inputs.first?["port"]?.scalar == "514")
        #expect(inputs.first?["tag"]?.scalar == "net")
        #expect(inputs.first?.location.description == "command line")
        let filter = source.items[.filter]?.first
        #expect(filter?["regex"]?.list?.map(\.scalar) == ["a b", "c d"])
        let outputs = source.items[.output] ?? []
        #expect(outputs.map { $0["match"]?.scalar } == ["net", "*"])
        #expect(outputs.first?["path"]?.scalar == "/x=y")
    }

    @Test func setsServiceKeys() throws {
        let source = try #require(
            try pipeline("-c a.yaml -f 5 -b /var/x -l /tmp/log -q -v"))
        let values = source.service.map { "\($0.key)=\($0.value.scalar ?? "")" }
        #expect(
            values == ["flush=5", "storage.path=/var/x", "log_file=/tmp/log", "log_level=debug"])
    }
}
