import Core
import Pipeline

/// The command line of `catchment parse`.
struct ParseOptions: Equatable {
    enum Format: String, CaseIterable {
        case json, table
    }

    /// How to read payloads and lines; without it, content and port decide.
    ///
    /// The name of an input, of an instance of the configuration, or of a parser.
    var reading: String?
    /// A configuration to send the records through.
    var configuration: String?
    var format = Format.json
    /// Most records to print.
    var limit: Int?
    /// Prints records and errors only.
    var isQuiet = false
    /// Files, in order; `-` is standard input.
    var captures: [Capture] = []
    /// How to reach the stores that objects are read from.
    var storeOptions: [StoreOption] = []

    /// Something to read.
    enum Capture: Equatable {
        case file(String)
        case stored(StorePlace)
    }

    static func usage(_ registry: Registry) -> String {
        var table = TextTable(["", ""])
        for option in registry.readingOptions {
            table.add(["  --\(option.key) \(option.kind.placeholder)", option.help])
        }
        return general + "\n" + table.text(width: 80, .wrapLastColumn).dropLast()
    }

    private static let general = """
        Usage: catchment parse [options] CAPTURE...

        Decodes captures (pcap, pcapng, flow datagrams, log files, JSON lines; plain,
        gzip or zstd; - for standard input) and prints the records. Files are read in
        order as from one sender, so templates of one file serve the next.

        s3://BUCKET/KEY reads an object of a store as a file; a / or * at its end stands
        for all keys that begin so, \\/ and \\* for themselves.

          --as NAME        read payloads as syslog, routeros or netflow, or lines with a
                           parser; with -c, hand them to this input
          -c, --config FILE
                           send the records through a configuration: which input
                           takes a payload, what its filters leave, where each
                           output would write; nothing is opened or written
          --format FORMAT  json (one object per line) or table
          --limit N        stop after N records
          -q, --quiet      no summary, no progress

        With -c, an object is read from where the output writes whose bucket it is in,
        and JSON lines in it are printed as they are. Otherwise these options of the
        output say where it is, then AWS_ENDPOINT_URL, AWS_REGION and AWS_CA_BUNDLE.
        The key is looked for as the output does: in the environment, shared files ...
        """

    /// Whether `--as` says that files hold lines.
    var readsLines: Bool { configuration == nil && reading != nil && reading != "netflow" }

    init(_ arguments: [String], registry: Registry) throws(UsageError) {
        let stores = Stores(
            schemes: registry.readableOutputs.map { $0.scheme },
            options: registry.readingOptions.map(\.key))
        var rest = arguments[...]
        var areOptionsOver = false
        while let argument = rest.popFirst() {
            if areOptionsOver || argument == "-" || !argument.hasPrefix("-") {
                let place = try StorePlace(argument, schemes: stores.schemes)
                captures.append(place.map { .stored($0) } ?? .file(argument))
                continue
            }
            if argument == "--" {
                areOptionsOver = true
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1)
            let isLong = argument.hasPrefix("--")
            let name = isLong ? String(parts[0]) : argument
            var inline = isLong && parts.count > 1 ? String(parts[1]) : nil
            try read(name, value: &inline, rest: &rest, stores)
            if inline != nil {
                throw UsageError(.unexpectedArgument, "\(name) takes no value")
            }
        }
        if captures.isEmpty {
            throw UsageError(.missingArgument, "parse needs a capture to read")
        }
        if captures.count(where: { $0 == .file("-") }) > 1 {
            throw UsageError(.unexpectedArgument, "standard input can be read once only")
        }
        let hasStore = captures.contains { if case .stored = $0 { true } else { false } }
        if !hasStore, let option = storeOptions.first {
            throw UsageError(
                .unexpectedArgument, "--\(option.key) is for objects of a store, and none is given",
                hint: "\(stores.schemes.first ?? "")://BUCKET/KEY")
        }
    }

    /// What a command line may say about stores.
    private struct Stores {
        var schemes: [String]
        var options: [String]
    }

    /// - Parameter value: what followed `=`; taken by options that need a value.
    private mutating func read(
        _ name: String, value: inout String?, rest: inout ArraySlice<String>, _ stores: Stores
    ) throws(UsageError) {
        func take() throws(UsageError) -> String {
            defer { value = nil }
            guard let text = value ?? rest.popFirst(), !text.isEmpty else {
                throw UsageError(.missingArgument, "\(name) needs a value")
            }
            return text
        }
        switch name {
        case "--as": reading = try take()
        case "-c", "--config": configuration = try take()
        case "--format":
            let text = try take()
            guard let format = Format(rawValue: text) else {
                throw UsageError(
                    .unexpectedArgument, "--format is json or table, not '\(text)'",
                    hint: Suggestion.hint(for: text, among: Format.allCases.map(\.rawValue)))
            }
            self.format = format
        case "--limit":
            let text = try take()
            guard let number = Int(text), number >= 0 else {
                throw UsageError(
                    .unexpectedArgument, "--limit is a number of records, not '\(text)'")
            }
            limit = number
        case "-q", "--quiet": isQuiet = true
        case let option where option.hasPrefix("--") && stores.options.contains(option.option):
            storeOptions.append(StoreOption(key: option.option, value: try take()))
        default:
            let known =
                ["--as", "--config", "--format", "--limit", "--quiet"]
                + stores.options.map { "--\($0)" }
            throw UsageError(
                .unknownOption, "parse has no option '\(name)'",
                hint: Suggestion.hint(for: name, among: known))
        }
    }
}

extension String {
    /// `--endpoint` without its dashes.
    fileprivate var option: String { String(dropFirst(2)) }
}

extension OptionSpec.Kind {
    /// What stands for a value in a line of help.
    fileprivate var placeholder: String {
        switch self {
        case .boolean: "on|off"
        case .duration: "TIME"
        case .path: "PATH"
        case .choice: "WORD"
        default: "TEXT"
        }
    }
}
