import Core

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
    var captures: [String] = []

    static let usage = """
        Usage: catchment parse [options] CAPTURE...

        Decodes captures (pcap, pcapng, flow datagrams, log files; plain or gzip; - for
        standard input) and prints the records. Files are read in order as from one sender,
        so templates of one file serve the next.

          --as NAME        read payloads as syslog, routeros or netflow, or lines with a
                           parser; with -c, hand them to this input
          -c, --config FILE
                           send the records through a configuration: which input takes a
                           payload, what its filters leave, where each output would write;
                           nothing is opened or written
          --format FORMAT  json (one object per line) or table
          --limit N        stop after N records
          -q, --quiet      no summary, no progress
        """

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        var areOptionsOver = false
        while let argument = rest.popFirst() {
            if areOptionsOver || argument == "-" || !argument.hasPrefix("-") {
                captures.append(argument)
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
            try read(name, value: &inline, rest: &rest)
            if inline != nil {
                throw UsageError(.unexpectedArgument, "\(name) takes no value")
            }
        }
        if captures.isEmpty {
            throw UsageError(.missingArgument, "parse needs a capture to read")
        }
        if captures.count(where: { $0 == "-" }) > 1 {
            throw UsageError(.unexpectedArgument, "standard input can be read once only")
        }
    }

    /// - Parameter value: what followed `=`; taken by options that need a value.
    private mutating func read(
        _ name: String, value: inout String?, rest: inout ArraySlice<String>
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
        default:
            let known = ["--as", "--config", "--format", "--limit", "--quiet"]
            throw UsageError(
                .unknownOption, "parse has no option '\(name)'",
                hint: Suggestion.hint(for: name, among: known))
        }
    }
}
