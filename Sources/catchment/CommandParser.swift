import Core
import Pipeline

/// Reads the arguments: a command in front, or Fluent Bit's options alone.
enum CommandParser {
    static func parse(_ arguments: [String]) throws(UsageError) -> Command {
        guard let first = arguments.first else {
            throw UsageError(
                .missingArgument, "nothing to do",
                hint: "give -c FILE, or see 'catchment help'")
        }
        let rest = Array(arguments.dropFirst())
        if rest.contains("-h") || rest.contains("--help"), Command.names.contains(first) {
            return .help(first)
        }
        switch first {
        case "run": return try run(rest, named: "run")
        case "check":
            var source = try PipelineFlags.parse(rest.filter { $0 != "--connect" }).source
            try requirePipeline(in: source, for: "check")
            source.connects = rest.contains("--connect")
            source.isDryRun = true
            return .check(source)
        case "parse": return .parse(rest)
        case "journal": return .journal(rest)
        case "plugins":
            try refuseArguments(rest, of: first)
            return .plugins
        case "schema":
            try refuseArguments(rest, of: first)
            return .schema
        case "describe":
            guard let name = rest.first else {
                throw UsageError(
                    .missingArgument, "'describe' needs the name of a plugin",
                    hint: "'catchment plugins' lists them")
            }
            try refuseArguments(Array(rest.dropFirst()), of: first)
            return .describe(name)
        case "version", "-V", "--version":
            return .version
        case "help", "-h", "--help":
            if let topic = rest.first, !Command.names.contains(topic) {
                throw unknownCommand(topic)
            }
            return .help(rest.first)
        default:
            guard first.hasPrefix("-") else { throw unknownCommand(first) }
            return try run(arguments, named: "catchment")
        }
    }

    private static func run(
        _ arguments: [String], named name: String
    ) throws(UsageError) -> Command {
        let flags = try PipelineFlags.parse(arguments)
        if flags.wantsVersion { return .version }
        if flags.wantsHelp { return .help(nil) }
        try requirePipeline(in: flags.source, for: name)
        return flags.source.isDryRun ? .check(flags.source) : .run(flags.source)
    }

    private static func requirePipeline(
        in source: PipelineSource, for name: String
    ) throws(UsageError) {
        guard source.isEmpty else { return }
        throw UsageError(
            .missingArgument, "'\(name)' needs a configuration",
            hint: "give -c FILE, or a pipeline with -i and -o")
    }

    private static func refuseArguments(
        _ arguments: [String], of command: String
    ) throws(UsageError) {
        guard let extra = arguments.first else { return }
        throw UsageError(.unexpectedArgument, "'\(command)' does not take '\(extra)'")
    }

    private static func unknownCommand(_ name: String) -> UsageError {
        let isFile = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
        return UsageError(
            .unknownCommand, "there is no command '\(name)'",
            hint: isFile
                ? "to run a file: catchment -c \(name)"
                : Suggestion.hint(for: name, among: Command.names)
                    ?? "commands are: " + Command.names.joined(separator: ", "))
    }
}
