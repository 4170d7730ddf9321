import Core

/// Follows `includes`, collects variables and joins the sections of all files.
struct Loader {
    static let fileSizeLimit = 4 << 20
    /// Files that include each other in a row; symbolic links cannot make it run for ever.
    static let includeDepthLimit = 32
    static let fileCountLimit = 1_000

    private let files: any FileSource
    private var variables: Variables
    private var problems: [SettingsProblem] = []
    private var isComplete = true
    /// Files read so far under their normal path, and which `includes` entry asked for them.
    private var read: [String: SourceLocation?] = [:]
    private var names: [String] = []
    /// The files that are being read, from the main one to the current one.
    private var chain: [String] = []
    private var sections: [Setting.Entry] = []

    init(files: any FileSource, environment: @escaping @Sendable (String) -> String?) {
        self.files = files
        variables = Variables(environment: environment)
    }

    mutating func load(_ path: String) -> Configuration {
        readFile(path, includedAt: nil)
        let joined = SectionJoin.join(sections, problems: &problems)
        let start = SourceLocation(file: path, line: 1, column: 1)
        let root = variables.expand(Setting(.map(joined), at: start), problems: &problems)
        return Configuration(root: root, problems: problems, files: names, isComplete: isComplete)
    }

    private mutating func readFile(_ path: String, includedAt location: SourceLocation?) {
        let normal = FilePath.normal(path)
        let place = location ?? SourceLocation(file: path, line: 0, column: 0)
        if let first = read[normal] {
            let message =
                chain.contains(normal)
                ? "'\(path)' includes itself"
                : "'\(path)' is included twice" + (first.map { ", first at \($0)" } ?? "")
            report(.includeLoop, at: place, message, hint: "include each file once")
            return
        }
        guard chain.count < Self.includeDepthLimit, names.count < Self.fileCountLimit else {
            report(.includeLoop, at: place, "too many files include each other")
            isComplete = false
            return
        }
        read.updateValue(location, forKey: normal)
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: Self.fileSizeLimit)
        } catch {
            report(
                location == nil ? .fileUnreadable : .includeFailed, at: place,
                "cannot read '\(path)': \(error.reason)")
            isComplete = false
            return
        }
        names.append(path)
        chain.append(normal)
        defer { chain.removeLast() }
        if let classic = ClassicFormat.problem(of: bytes, in: path) {
            problems.append(classic)
            isComplete = false
            return
        }
        var composer = Composer(file: path)
        let root = composer.compose(bytes)
        problems += composer.problems
        isComplete = isComplete && composer.isComplete
        if let root { takeSections(of: root, in: path) }
    }

    private mutating func takeSections(of root: Setting, in path: String) {
        guard let entries = root.entries else {
            if root.scalar == "" { return }
            report(
                .wrongType, at: root.location,
                "a configuration is made of sections such as 'pipeline:', not a \(root.kindName)")
            isComplete = false
            return
        }
        let named = entries.map { entry in
            Setting.Entry(
                key: KeyStyle.snakeCase(entry.key).lowercased(), keyLocation: entry.keyLocation,
                value: entry.value)
        }
        // Before everything else: `includes` may use them.
        for entry in named where entry.key == "env" {
            variables.define(from: entry.value, files: files, problems: &problems)
        }
        for entry in named {
            switch entry.key {
            case "env": break
            case "includes": include(entry.value, from: path)
            default:
                var section = entry
                section.value = KeyStyle.snakeCase(entry.value)
                if entry.key == "service" { readParsersFiles(of: section.value, from: path) }
                sections.append(section)
            }
        }
    }

    /// Reads the YAML files that `parsers_file` names as if they were included.
    ///
    /// Files in the classic format are left to whoever checks `service`.
    private mutating func readParsersFiles(of service: Setting, from path: String) {
        guard let value = service["parsers_file"] else { return }
        for item in value.list ?? [value] {
            guard let written = item.scalar else { continue }
            // An unset variable is reported when the whole tree is expanded.
            var ignored: [SettingsProblem] = []
            let text = variables.expand(written, at: item.location, problems: &ignored)
            guard text.hasSuffix(".yaml") || text.hasSuffix(".yml") else { continue }
            readFile(FilePath.resolve(text, from: path), includedAt: item.location)
        }
    }

    private mutating func include(_ value: Setting, from path: String) {
        for item in value.list ?? [value] {
            guard let written = item.scalar else {
                report(
                    .wrongType, at: item.location,
                    "'includes' is a list of paths, not a \(item.kindName)")
                continue
            }
            if written.isEmpty { continue }
            let text = variables.expand(written, at: item.location, problems: &problems)
            let target = FilePath.resolve(text, from: path)
            guard target.contains("*") else {
                readFile(target, includedAt: item.location)
                continue
            }
            let found = FilePath.expand(target, in: files)
            if found.isEmpty {
                report(.includeFailed, at: item.location, "no file fits '\(target)'")
            }
            for file in found { readFile(file, includedAt: item.location) }
        }
    }

    private mutating func report(
        _ code: ErrorCode, at location: SourceLocation, _ message: String, hint: String? = nil
    ) {
        problems.append(SettingsProblem(code, at: location, message, hint: hint))
    }
}
