import Core
import Pipeline
import YAML

/// An input with an option of every common kind that opens nothing.
final class TestInput: Input {
    static let info = PluginInfo(
        kind: .input, name: "syslog", summary: "Receives in tests",
        options: [
            OptionSpec("mode", .choice(["udp", "tcp"]), default: "udp", help: ""),
            OptionSpec("listen", .text, default: "0.0.0.0", help: ""),
            OptionSpec("port", .integer(1...65_535), default: "5140", help: ""),
            OptionSpec("buffer_max_size", .size, help: ""),
            OptionSpec("parser", .parser, help: ""),
            OptionSpec("keep_raw", .boolean, default: "on", help: ""),
        ], inert: ["unicode": "all texts are UTF-8"])

    let listenAddresses: [ListenAddress]

    init(settings: PluginSettings) throws(SettingsError) {
        guard let address = IPAddress(settings.text("listen") ?? "") else {
            throw SettingsError(
                .invalidValue, at: settings.location(of: "listen"), "'listen' is no address")
        }
        let port = UInt16(clamping: settings.integer("port") ?? 0)
        listenAddresses = [
            ListenAddress(
                transport: Transport(rawValue: settings.text("mode") ?? "") ?? .udp,
                endpoint: Endpoint(address: address, port: port))
        ]
    }

    func makeDecoder(ledger: SourceLedger) -> any PayloadDecoder { TestDecoder() }
    func open(log: Log) throws(OperationError) {}
    func run(into sink: any BatchSink) {}
    func stop() {}

    private final class TestDecoder: PayloadDecoder {
        func decode(
            _ payload: RawSpan, from source: PayloadSource, into batch: inout RecordBatch
        ) {}
    }
}

/// A filter whose `regex` refuses an open bracket.
final class TestFilter: Filter {
    static let info = PluginInfo(
        kind: .filter, name: "grep", summary: "Filters in tests",
        options: [
            OptionSpec("regex", .keyPattern, repeatable: true, help: ""),
            OptionSpec("exclude", .keyPattern, repeatable: true, help: ""),
        ])

    init(settings: PluginSettings) throws(SettingsError) {
        let bad = settings.pairs("regex").filter { $0.value.hasSuffix("(") }.map {
            SettingsProblem(.invalidPattern, at: $0.location, "a bracket is open")
        }
        if !bad.isEmpty { throw SettingsError(bad) }
    }

    func apply(to batch: inout RecordBatch) {}
}

final class TestOutput: Output {
    static let info = PluginInfo(
        kind: .output, name: "file", summary: "Writes in tests",
        options: [
            OptionSpec("path", .path, required: true, help: ""),
            OptionSpec("format", .choice(["json", "csv"]), default: "json", help: ""),
        ])

    init(settings: PluginSettings) throws(SettingsError) {}
    func open(resuming state: [UInt8], log: Log) throws(OperationError) {}
    func write(_ batch: borrowing RecordBatch) throws(OperationError) {}
    func commit() throws(OperationError) -> [UInt8] { [] }
    func destination(of row: Row, tag: String, received: Timestamp) -> String { "" }
}

/// One text as `a.yaml`, and nothing else on the disk.
private struct OneFile: FileSource {
    var text: String

    func read(_ path: String, limit: Int) throws(OperationError) -> [UInt8] {
        guard path == "a.yaml" else {
            throw OperationError(
                .fileReadFailed, call: "open", target: path, reason: "no such file",
                canRetry: false)
        }
        return Array(text.utf8)
    }

    func list(_ directory: String) throws(OperationError) -> [String] { ["a.yaml"] }
}

/// The plan of a YAML text with the plugins above.
func plan(_ text: String) -> PlanResult {
    let registry = Registry(
        inputs: [TestInput.self], filters: [TestFilter.self], outputs: [TestOutput.self])
    let configuration = Configuration.load(
        "a.yaml", files: OneFile(text: text), environment: { _ in nil })
    return Plan.make(
        from: configuration.root, registry: registry, problems: configuration.problems,
        isComplete: configuration.isComplete)
}
