import Capture
import Core
import Pipeline

/// Finds the decoder for a payload.
protocol PayloadRouter: AnyObject {
    func route(_ payload: RawSpan, _ origin: PayloadOrigin) -> PayloadRoute

    /// All stages that were used, in order of first use.
    var stages: [ParseStage] { get }
}

/// How a payload stood in what was read.
enum PayloadOrigin: Equatable {
    /// With where it was sent; `nil` in files of raw datagrams.
    case datagram(to: Endpoint?)
    /// A line of a text file.
    case line
    /// A line of a text in an object store.
    case storedLine
}

/// Who takes a payload.
enum PayloadRoute {
    case stage(ParseStage)
    /// Nobody, and why.
    case nobody(String)
}

/// What a payload looks like by its first bytes.
enum PayloadKind {
    case flow, text, other

    init(_ payload: RawSpan) {
        // The first bytes decide; a long payload is not read twice.
        let head = payload.extracting(0..<min(payload.byteCount, 512))
        switch CaptureFormat.detect(head) {
        case .datagrams: self = .flow
        case .text: self = .text
        default: self = .other
        }
    }
}

/// Chooses by content and destination port among the inputs with their default settings.
final class ContentRouter: PayloadRouter {
    private(set) var stages: [ParseStage] = []
    private let reading: String?
    private let registry: Registry
    private let parsers: any ParserDirectory
    /// Takes JSON lines.
    private lazy var readBack: ParseStage = {
        let ledger = SourceLedger()
        let stage = ParseStage(
            name: "json", tag: "json", ledger: ledger,
            decoder: ParseLineDecoder(ReadBackParser(), ledger: ledger))
        stages.append(stage)
        return stage
    }()

    init(reading: String?, registry: Registry, parsers: any ParserDirectory) {
        self.reading = reading
        self.registry = registry
        self.parsers = parsers
    }

    /// Ports that senders use unless told otherwise, and the input that reads them.
    private static func usualInput(ofPort port: UInt16) -> String? {
        switch port {
        case 2055, 9995, 9996, 4739, 6343: "netflow"
        case 514, 5140, 6514: "syslog"
        case 5141: "routeros"
        default: nil
        }
    }

    /// Content says more than a port, but cannot tell two kinds of log apart.
    private static func input(for payload: RawSpan, port: UInt16) -> String? {
        let usual = usualInput(ofPort: port)
        switch PayloadKind(payload) {
        case .flow: return "netflow"
        case .text: return usual == "routeros" ? usual : "syslog"
        case .other: return usual
        }
    }

    func route(_ payload: RawSpan, _ origin: PayloadOrigin) -> PayloadRoute {
        var port: UInt16 = 0
        let name: String?
        if case .datagram(let destination) = origin {
            port = destination?.port ?? 0
            name = reading ?? Self.input(for: payload, port: port)
        } else if reading == nil, payload.isJSONObject {
            return .stage(readBack)
        } else {
            name = reading ?? "syslog"
        }
        guard let name else { return .nobody("to port \(port), neither flow nor log") }
        if let stage = stages.first(where: { $0.name == name }) { return .stage(stage) }
        guard let stage = makeStage(name) else { return .nobody("no input '\(name)'") }
        stages.append(stage)
        return .stage(stage)
    }

    private func makeStage(_ name: String) -> ParseStage? {
        let ledger = SourceLedger()
        let decoder: any PayloadDecoder
        if let input = Self.makeInput(name, registry: registry, parsers: parsers) {
            decoder = input.makeDecoder(ledger: ledger)
        } else if let parser = parsers.makeParser(named: name) {
            decoder = ParseLineDecoder(parser, ledger: ledger)
        } else {
            return nil
        }
        return ParseStage(name: name, tag: name, ledger: ledger, decoder: decoder)
    }

    /// An input with its default settings; `nil` when there is none or it needs some.
    private static func makeInput(
        _ name: String, registry: Registry, parsers: any ParserDirectory
    ) -> (any Input)? {
        guard let type = registry.inputs.first(where: { $0.info.name == name }) else { return nil }
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: type.info, instanceName: name,
            location: SourceLocation(file: "--as \(name)", line: 0, column: 0), entries: [],
            parsers: parsers, problems: &problems)
        return problems.isEmpty ? try? type.init(settings: settings) : nil
    }

    /// Refuses a name that is neither an input nor a parser.
    static func check(
        _ reading: String, registry: Registry, parsers: any ParserDirectory
    ) throws(UsageError) {
        if makeInput(reading, registry: registry, parsers: parsers) != nil { return }
        if parsers.hasParser(named: reading) { return }
        let names = registry.inputs.map { $0.info.name } + parsers.parserNames
        throw UsageError(
            .unexpectedArgument, "there is no input or parser '\(reading)' to read captures as",
            hint: Suggestion.hint(for: reading, among: names))
    }
}
