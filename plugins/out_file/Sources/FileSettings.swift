import Codec
import Core
import System

/// What the `file` output was told.
struct FileSettings {
    var template: PathTemplate
    var dateKey: String?
    /// Whether the directory before the first placeholder may be made.
    var makesRoot: Bool
    var compression: Compression
    /// Bytes after which a file is rotated; `nil` never.
    var rotateSize: Int?
    /// Seconds of a rotation period; `nil` never.
    var rotateSeconds: Int64?
    /// Rotated files to keep of each file; `nil` all.
    var rotateCount: Int?
    var isDurable: Bool
    var openLimit: Int

    static let options: [OptionSpec] = [
        OptionSpec(
            "path", .path, default: ".",
            help: "Directory of the files; may have placeholders."),
        OptionSpec(
            "file", .path, default: "$TAG",
            help: "File name below `path`; may have placeholders and directories."),
        OptionSpec(
            "format", .choice(["json_lines", "plain"]), default: "json_lines",
            help: "One JSON object per line; `plain` is Fluent Bit's name for the same."),
        OptionSpec(
            "json_date_key", .text, default: "false",
            help: "Key for the record's time, put first; `false` adds none."),
        OptionSpec(
            "mkdir", .boolean, default: "false",
            help: "Make the directory before the first placeholder when it is missing."),
        OptionSpec(
            "compress", .choice(["none", "gzip", "zstd"]), default: "none",
            help: "Compress the files and add `.gz` or `.zst` to their names."),
        OptionSpec(
            "rotate", .boolean, default: "false",
            help: "Rotate at 100M and keep 7 files, unless said otherwise below."),
        OptionSpec(
            "rotate_max_size", .size, help: "Rotate a file that has reached this size."),
        OptionSpec(
            "rotate_interval", .duration,
            help: "Rotate at multiples of this time since midnight UTC, 1s or more."),
        OptionSpec(
            "rotate_max_files", .integer(1...100_000),
            help: "Rotated files to keep of each file; the oldest are removed."),
        OptionSpec(
            "max_open_files", .integer(1...65_536), default: "128",
            help: "Files held open; the one used longest ago is closed."),
        OptionSpec(
            "sync", .choice(["normal", "full"]), default: "normal",
            help: "`full` waits for the disk at every commit."),
    ]

    init(_ settings: PluginSettings) throws(SettingsError) {
        var problems: [SettingsProblem] = []
        func template(_ key: String) -> PathTemplate? {
            switch PathTemplate.parse(settings.text(key) ?? "") {
            case .success(let template): return template
            case .failure(let error):
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: settings.location(of: key),
                        "'\(key)' has no valid placeholder at '\(error.text)'",
                        hint: "write '$$' or '%%' for the character itself"))
                return nil
            }
        }
        func refuse(_ key: String, _ message: String, hint: String? = nil) {
            problems.append(
                SettingsProblem(
                    .unsafePath, at: settings.location(of: key), message, hint: hint))
        }
        let path = template("path")
        let file = template("file")
        if let path, path.hasParentStep, !path.isStatic {
            refuse("path", "'path' has '..' together with placeholders")
        }
        if let file {
            if file.isAbsolute {
                refuse(
                    "file", "'file' begins with '/'", hint: "put the directory into 'path'")
            } else if file.hasParentStep {
                refuse("file", "'file' leaves the directory with '..'")
            } else if file.components.isEmpty || settings.text("file")?.hasSuffix("/") == true {
                refuse("file", "'file' names no file")
            }
        }
        let interval = settings.duration("rotate_interval")
        if let interval, interval < 1_000_000_000 {
            problems.append(
                SettingsProblem(
                    .outOfRange, at: settings.location(of: "rotate_interval"),
                    "'rotate_interval' is shorter than 1s"))
        }
        guard problems.isEmpty, let path, let file else { throw SettingsError(problems) }
        let whole = path.appending(file)
        self.template = whole
        // Far below PATH_MAX (4096), so that no value can make a path that cannot be opened.
        if whole.components.count > 18 {
            throw SettingsError(
                .unsafePath, at: settings.location(of: "file"),
                "'path' and 'file' have more than 18 directories together")
        }
        let key = settings.text("json_date_key") ?? "false"
        dateKey = key == "false" ? nil : key
        makesRoot = settings.boolean("mkdir")
        compression = Compression(rawValue: settings.text("compress") ?? "") ?? .none
        let rotates = settings.boolean("rotate")
        rotateSize = settings.size("rotate_max_size") ?? (rotates ? 100_000_000 : nil)
        if rotateSize == 0 { rotateSize = nil }
        rotateSeconds = interval.map { $0 / 1_000_000_000 }
        rotateCount = settings.integer("rotate_max_files") ?? (rotates ? 7 : nil)
        isDurable = settings.text("sync") == "full"
        openLimit = settings.integer("max_open_files") ?? 128
    }

    /// What the compression adds to file names.
    var fileExtension: String {
        switch compression {
        case .none: ""
        case .gzip: ".gz"
        case .zstd: ".zst"
        }
    }
}
