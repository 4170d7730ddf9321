public import Core

/// The `service` section, read and checked.
public struct ServiceSettings: Sendable {
    public enum StorageSync: String, Sendable, CaseIterable {
        /// The page cache; the system writes when it sees fit.
        case normal
        /// On the disk before records count as kept.
        case full
    }

    /// Nanoseconds between two hand-overs to the outputs.
    public var flush: Int64
    /// Nanoseconds that outputs get at shutdown to finish.
    public var grace: Int64
    public var logLevel: LogLevel
    /// Where the log goes; `nil` is the standard error stream.
    public var logFile: String?
    /// The folder of the journals; `nil` keeps everything in memory.
    public var storagePath: String?
    public var storageSync: StorageSync
    /// What an input without `storage.type` gets.
    public var storageType: StorageType

    /// What `service` takes, for help and checking alike.
    public static let options: [OptionSpec] = [
        OptionSpec(
            "flush", .duration, default: "1", help: "Time between two hand-overs to outputs"),
        OptionSpec("grace", .duration, default: "5", help: "Time outputs get at shutdown"),
        OptionSpec(
            "log_level", .choice(["off", "error", "warn", "warning", "info", "debug", "trace"]),
            default: "info", help: "The least important level that is logged"),
        OptionSpec("log_file", .path, help: "A file for the log instead of the error stream"),
        OptionSpec(
            "parsers_file", .path, repeatable: true, help: "YAML files with more 'parsers'"),
        OptionSpec("storage.path", .path, help: "The folder where records wait on disk"),
        OptionSpec(
            "storage.sync", .choice(StorageSync.allCases.map(\.rawValue)), default: "normal",
            help: "full waits for the disk before records count as kept"),
        OptionSpec(
            "storage.type", .choice(StorageType.allCases.map(\.rawValue)), default: "memory",
            help: "Where records of inputs wait that do not say"),
        OptionSpec(
            "compat", .choice(Compatibility.allCases.map(\.rawValue)), default: "strict",
            help: "fluent-bit turns unknown keys and unused routes into warnings"),
    ]

    /// Reads the section; what is missing or wrong gets its default.
    init(_ section: Setting?, findings: inout Findings) {
        var options = EngineOptions(
            owner: "'service'", specs: Self.options, inert: InertServiceKeys.notes)
        for entry in section?.entries ?? [] {
            if options.take(entry, findings: &findings) { continue }
            findings.report(
                .unknownKey, at: entry.keyLocation, "'service' has no key '\(entry.key)'",
                hint: Self.hint(for: entry, among: options.knownKeys))
        }
        if let section, section.entries == nil, section.scalar != "" {
            findings.report(
                .wrongType, at: section.location,
                "'service' is a map of keys, not a \(section.kindName)")
        }
        flush = options.duration("flush") ?? 1_000_000_000
        if flush == 0, let place = options.valueLocation(of: "flush") {
            findings.report(.outOfRange, at: place, "'flush' must be more than 0")
            flush = 1_000_000_000
        }
        grace = options.duration("grace") ?? 5_000_000_000
        logLevel = options.text("log_level").flatMap { LogLevel($0) } ?? .info
        logFile = options.text("log_file")
        storagePath = options.text("storage.path")
        storageSync = options.text("storage.sync").flatMap { StorageSync(rawValue: $0) } ?? .normal
        storageType = options.text("storage.type").flatMap { StorageType(rawValue: $0) } ?? .memory
        Self.noteClassicParsersFiles(section, findings: &findings)
    }

    /// `storage:` with keys below it is the usual slip: the keys are flat, with dots.
    private static func hint(for entry: Setting.Entry, among keys: [String]) -> String? {
        let prefix = entry.key.lowercased() + "."
        if entry.value.entries != nil, let flat = keys.first(where: { $0.hasPrefix(prefix) }) {
            return "write the keys with dots, as '\(flat)'"
        }
        return Suggestion.hint(for: entry.key, among: keys)
    }

    private static func noteClassicParsersFiles(_ section: Setting?, findings: inout Findings) {
        guard let value = section?["parsers_file"] else { return }
        for item in value.list ?? [value] {
            guard let path = item.scalar, !path.hasSuffix(".yaml"), !path.hasSuffix(".yml") else {
                continue
            }
            findings.warn(
                .notSupportedYet, at: item.location,
                "'\(path)' is not read: only YAML parsers files are",
                hint: "Fluent Bit's stock parsers are built in")
        }
    }
}
