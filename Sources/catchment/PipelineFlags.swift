import Core

/// Fluent Bit's options: `-c FILE`, or a pipeline in `-i`, `-F`, `-o` with `-p`, `-t` and `-m`.
struct PipelineFlags {
    private(set) var source = PipelineSource()
    private(set) var wantsVersion = false
    private(set) var wantsHelp = false

    /// The item that `-p`, `-t` and `-m` belong to.
    private var item: (kind: PluginInfo.Kind, entries: [Setting.Entry])?
    private var verbosity = 0

    /// An option: its letter, its long name, and what stands after it.
    struct Flag {
        var short: String
        var long: String
        /// `FILE`; `nil` when nothing follows.
        var argument: String?
        var help: String
    }

    static let flags = [
        Flag(short: "-c", long: "--config", argument: "FILE", help: "the configuration"),
        Flag(short: "-D", long: "--dry-run", argument: nil, help: "check and start nothing"),
        Flag(short: "-i", long: "--input", argument: "NAME", help: "add an input"),
        Flag(short: "-F", long: "--filter", argument: "NAME", help: "add a filter"),
        Flag(short: "-o", long: "--output", argument: "NAME", help: "add an output"),
        Flag(short: "-p", long: "--prop", argument: "K=V", help: "an option of the one before"),
        Flag(short: "-t", long: "--tag", argument: "TAG", help: "the tag of the input before"),
        Flag(
            short: "-m", long: "--match", argument: "MATCH",
            help: "what the filter or output before takes"),
        Flag(short: "-R", long: "--parser", argument: "FILE", help: "YAML file with parsers"),
        Flag(short: "-f", long: "--flush", argument: "TIME", help: "service flush"),
        Flag(short: "-b", long: "--storage_path", argument: "DIR", help: "service storage.path"),
        Flag(short: "-l", long: "--log_file", argument: "FILE", help: "service log_file"),
        Flag(short: "-v", long: "--verbose", argument: nil, help: "log more"),
        Flag(short: "-q", long: "--quiet", argument: nil, help: "log errors only"),
        Flag(short: "-V", long: "--version", argument: nil, help: "the version"),
        Flag(short: "-h", long: "--help", argument: nil, help: "this help"),
    ]

    /// Options of Fluent Bit that mean nothing here.
    private static let foreign = [
        "-r", "-C", "-e", "-T", "-w", "-d", "-s", "-H", "-L", "-P", "-Y", "-W", "-Z", "-J", "-S",
        "--processor", "--custom", "--plugin", "--sp-task", "--workdir", "--daemon",
        "--coro_stack_size", "--http", "--http_listen", "--port", "--enable-hot-reload",
        "--enable-chunk-trace", "--trace", "--help-json", "--sosreport", "--supervisor",
        "--enable-fips", "--disable-thread-safety-on-hot-reload",
    ]

    static func parse(_ arguments: [String]) throws(UsageError) -> PipelineFlags {
        var flags = PipelineFlags()
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "-vv" {
                flags.verbosity += 2
                continue
            }
            var name = word
            var value: String?
            if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
                name = String(word[..<equals])
                value = String(word[word.index(after: equals)...])
            }
            guard let flag = Self.flags.first(where: { $0.short == name || $0.long == name }) else {
                throw unknown(name)
            }
            if let argument = flag.argument, value == nil {
                guard let next = rest.popFirst() else {
                    throw UsageError(.missingArgument, "'\(name)' needs \(argument) after it")
                }
                value = next
            } else if flag.argument == nil, value != nil {
                throw UsageError(.unexpectedArgument, "'\(name)' takes no value")
            }
            try flags.take(flag, as: name, value ?? "")
        }
        flags.finishItem()
        if flags.verbosity > 0 { flags.setService("log_level", "debug") }
        return flags
    }

    private static func unknown(_ name: String) -> UsageError {
        guard name.hasPrefix("-") else {
            let isFile = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
            return UsageError(
                .unexpectedArgument, "'\(name)' is not expected here",
                hint: isFile ? "a configuration comes after -c" : nil)
        }
        if foreign.contains(name) {
            return UsageError(.unknownOption, "Fluent Bit's option '\(name)' is not supported")
        }
        let near = name.hasPrefix("--") ? Suggestion.hint(for: name, among: flags.map(\.long)) : nil
        return UsageError(
            .unknownOption, "there is no option '\(name)'",
            hint: near ?? "'catchment help run' lists them")
    }

    private mutating func take(
        _ flag: Flag, as name: String, _ value: String
    ) throws(UsageError) {
        switch flag.short {
        case "-c":
            if source.file != nil {
                throw UsageError(
                    .unexpectedArgument, "'\(name)' is given twice",
                    hint: "one file can bring in others with 'includes'")
            }
            source.file = value
        case "-D": source.isDryRun = true
        case "-i": begin(.input, value)
        case "-F": begin(.filter, value)
        case "-o": begin(.output, value)
        case "-p": try addProperty(value, as: name)
        case "-t": try add("tag", value, to: [.input], as: name)
        case "-m": try add("match", value, to: [.filter, .output], as: name)
        case "-R": source.parsersFiles.append(value)
        case "-f": setService("flush", value)
        case "-b": setService("storage.path", value)
        case "-l": setService("log_file", value)
        case "-v": verbosity += 1
        case "-q": setService("log_level", "error")
        case "-V": wantsVersion = true
        default: wantsHelp = true
        }
    }

    private mutating func begin(_ kind: PluginInfo.Kind, _ name: String) {
        finishItem()
        item = (kind, [Self.entry("name", name)])
    }

    private mutating func finishItem() {
        guard let item else { return }
        let setting = Setting(.map(item.entries), at: PipelineSource.location)
        source.items[item.kind, default: []].append(setting)
        self.item = nil
    }

    private mutating func addProperty(_ text: String, as name: String) throws(UsageError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw UsageError(
                .unexpectedArgument, "'\(name) \(text)' is no KEY=VALUE",
                hint: "for example: \(name) port=5140")
        }
        try add(
            String(text[..<equals]), String(text[text.index(after: equals)...]),
            to: PluginInfo.Kind.allCases, as: name)
    }

    private mutating func add(
        _ key: String, _ value: String, to kinds: [PluginInfo.Kind], as name: String
    ) throws(UsageError) {
        guard let item, kinds.contains(item.kind) else {
            let before = kinds.map {
                switch $0 {
                case .input: "-i"
                case .filter: "-F"
                case .output: "-o"
                }
            }
            throw UsageError(
                .unexpectedArgument,
                "'\(name)' must follow " + before.joined(separator: " or "))
        }
        var entries = item.entries
        if let index = entries.firstIndex(where: { $0.key.lowercased() == key.lowercased() }) {
            // Given again, an option becomes a list, as in YAML.
            let values = entries[index].value.list ?? [entries[index].value]
            entries[index].value.content = .list(values + [Self.entry(key, value).value])
        } else {
            entries.append(Self.entry(key, value))
        }
        self.item = (item.kind, entries)
    }

    private mutating func setService(_ key: String, _ value: String) {
        source.service.removeAll { $0.key == key }
        source.service.append(Self.entry(key, value))
    }

    private static func entry(_ key: String, _ value: String) -> Setting.Entry {
        Setting.Entry(
            key: key, keyLocation: PipelineSource.location,
            value: Setting(.scalar(value, isPlain: true), at: PipelineSource.location))
    }
}
