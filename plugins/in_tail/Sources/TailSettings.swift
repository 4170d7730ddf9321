import Core
import Parsers

/// The options of the tail input.
struct TailSettings: Sendable {
    static let info = PluginInfo(
        kind: .input, name: "tail", summary: "Follow text files as they grow and are rotated",
        options: [
            OptionSpec(
                "path", .path, required: true, repeatable: true,
                help: "Files to read, with wildcards; several are separated by commas"),
            OptionSpec(
                "exclude_path", .path, repeatable: true,
                help: "Files to leave out, with wildcards; several are separated by commas"),
            OptionSpec("path_key", .text, help: "Write the file's path into this field"),
            OptionSpec(
                "offset_key", .text, help: "Write where the line starts in the file into this field"
            ),
            OptionSpec(
                "key", .text, default: "log", help: "The field for the line when there is no parser"
            ),
            OptionSpec(
                "parser", .parser, help: "How lines become records; without it they stay text"),
            OptionSpec(
                "multiline.parser", .text, repeatable: true,
                help: "Join lines: docker, cri, java, python, go, ruby, or `multiline_parsers`; "
                    + "several are separated by commas"),
            OptionSpec(
                "read_from_head", .boolean, default: "off",
                help: "Read files that are there at the first start from their beginning"),
            OptionSpec(
                "exit_on_eof", .boolean, default: "off",
                help: "End when all files have been read"),
            OptionSpec(
                "refresh_interval", .duration, default: "10s",
                help: "How often to look for files and changes that the system did not tell about"),
            OptionSpec(
                "rotate_wait", .duration, default: "5s",
                help: "How long to go on with a file that was renamed or removed"),
            OptionSpec(
                "ignore_older", .duration, default: "0",
                help: "Leave files out that did not change for so long; 0 reads all"),
            OptionSpec(
                "buffer_max_size", .size, default: "1M",
                help: "Longest line; longer ones are kept raw, in pieces of this size"),
            OptionSpec(
                "skip_long_lines", .boolean, default: "off",
                help: "Drop lines that are too long instead"),
            OptionSpec(
                "skip_empty_lines", .boolean, default: "off", help: "Make no records of empty lines"
            ),
            OptionSpec(
                "inotify_watcher", .boolean, default: "on",
                help: "Be told of changes by the system; off looks four times a second"),
        ],
        inert: [
            "db": placeNote, "db.sync": placeNote, "db.locking": placeNote,
            "db.journal_mode": placeNote, "db.compare_filename": placeNote,
            "buffer_chunk_size": "reads are 256 KiB",
            "static_batch_size": "files take turns of 256 KiB",
            "event_batch_size": "files take turns of 256 KiB",
            "watcher_interval": "set 'refresh_interval'",
            "progress_check_interval": "set 'refresh_interval'",
            "file_cache_advise": "the system's cache is left alone",
            "read_newly_discovered_files_from_head": "new files are always read from the head",
        ])

    private static let placeNote =
        "places are kept in the journal; 'storage.type: filesystem' keeps them over a restart"

    let patterns: PathPatterns
    let pathKey: String?
    let offsetKey: String?
    let lineKey: String
    let parser: String?
    let multiline: MultilinePlan?
    let readsFromHead: Bool
    let exitsAtEnd: Bool
    /// Nanoseconds, as the following ones.
    let refreshInterval: Int64
    let rotateWait: Int64
    /// `nil` reads files of any age.
    let ageLimit: Int64?
    let lineLimit: Int
    let skipsLongLines: Bool
    let skipsEmptyLines: Bool
    let usesEvents: Bool

    init(_ settings: PluginSettings) throws(SettingsError) {
        let included = Self.list(settings, "path")
        guard !included.isEmpty else {
            throw SettingsError(
                .invalidValue, at: settings.location(of: "path"), "'path' names no file",
                hint: "for example /var/log/*.log")
        }
        patterns = PathPatterns(included: included, excluded: Self.list(settings, "exclude_path"))
        pathKey = settings.text("path_key")
        offsetKey = settings.text("offset_key")
        lineKey = settings.text("key") ?? "log"
        parser = settings.text("parser")
        multiline = try Self.plan(settings)
        readsFromHead = settings.boolean("read_from_head")
        exitsAtEnd = settings.boolean("exit_on_eof")
        refreshInterval = max(settings.duration("refresh_interval") ?? 0, 100_000_000)
        rotateWait = settings.duration("rotate_wait") ?? 0
        ageLimit = settings.duration("ignore_older").flatMap { $0 > 0 ? $0 : nil }
        lineLimit = settings.size("buffer_max_size") ?? 1_000_000
        skipsLongLines = settings.boolean("skip_long_lines")
        skipsEmptyLines = settings.boolean("skip_empty_lines")
        usesEvents = settings.boolean("inotify_watcher")
        guard (256...(64 << 20)).contains(lineLimit) else {
            throw SettingsError(
                .outOfRange, at: settings.location(of: "buffer_max_size"),
                "'buffer_max_size' is \(lineLimit) bytes, outside 256 bytes to 64 MiB")
        }
    }

    private static func plan(
        _ settings: PluginSettings
    ) throws(SettingsError) -> MultilinePlan? {
        let names = list(settings, "multiline.parser")
        guard !names.isEmpty else { return nil }
        let known = settings.parsers as? any MultilineDirectory
        let (plan, unknown) = MultilinePlan.find(names, in: known)
        if let unknown {
            let all = (known?.multilineNames ?? []) + ContainerFormat.allCases.map(\.rawValue)
            throw SettingsError(
                .unknownParser, at: settings.location(of: "multiline.parser"),
                "there is no multiline parser '\(unknown)'",
                hint: Suggestion.hint(for: unknown, among: all))
        }
        if let format = plan.formats.first, settings.isGiven("parser") {
            throw SettingsError(
                .conflictingKeys, at: settings.location(of: "parser"),
                "'parser' cannot read what 'multiline.parser: \(format.rawValue)' makes",
                hint: "use a parser filter with 'key_name: log' and 'reserve_data: on'")
        }
        return plan
    }

    /// A reader for the lines of containers; `nil` when files hold plain lines.
    func makeContainerReader() -> ContainerReader? {
        guard let formats = multiline?.formats, !formats.isEmpty else { return nil }
        return ContainerReader(formats: formats, textName: lineKey)
    }

    /// The items of a list option, each of which may hold several separated by commas.
    private static func list(_ settings: PluginSettings, _ key: String) -> [String] {
        settings.texts(key).flatMap { $0.split(separator: ",") }
            .map { item in
                String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            .filter { !$0.isEmpty }
    }
}
