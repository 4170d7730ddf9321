import Core
import Pipeline
import YAML

/// Where a pipeline comes from: a file, options of the command line, or both.
struct PipelineSource: Equatable, Sendable {
    /// The place of everything that no file holds.
    static let location = SourceLocation(file: "command line", line: 0, column: 0)

    var file: String?
    /// Files with more parsers.
    var parsersFiles: [String] = []
    /// Items of `inputs`, `filters` and `outputs`, in the order given.
    var items: [PluginInfo.Kind: [Setting]] = [:]
    /// Keys of `service` that win over the file's.
    var service: [Setting.Entry] = []
    /// Whether nothing is to be started (`--dry-run`).
    var isDryRun = false
    /// Whether a check also tries the destinations of outputs.
    var connects = false

    var isEmpty: Bool { file == nil && items.isEmpty }

    /// Reads the files and checks everything.
    func plan(_ registry: Registry) -> PlanResult {
        var configuration =
            file.map { Configuration.load($0) }
            ?? Configuration(root: Setting(.map([]), at: Self.location))
        for path in parsersFiles {
            let more = Configuration.load(path)
            configuration.problems += more.problems
            configuration.isComplete = configuration.isComplete && more.isComplete
            append(more.root["parsers"]?.list ?? [], to: "parsers", of: &configuration.root)
        }
        addItems(to: &configuration.root)
        override(&configuration.root)
        return Plan.make(
            from: configuration.root, registry: registry, problems: configuration.problems,
            isComplete: configuration.isComplete)
    }

    private func addItems(to root: inout Setting) {
        guard !items.isEmpty else { return }
        var pipeline = root["pipeline"] ?? Setting(.map([]), at: Self.location)
        for kind in PluginInfo.Kind.allCases {
            append(items[kind] ?? [], to: kind.rawValue + "s", of: &pipeline)
        }
        Self.set("pipeline", to: pipeline, in: &root)
    }

    private func override(_ root: inout Setting) {
        guard !service.isEmpty else { return }
        var section = root["service"] ?? Setting(.map([]), at: Self.location)
        for entry in service { Self.set(entry.key, to: entry.value, in: &section) }
        Self.set("service", to: section, in: &root)
    }

    private func append(_ items: [Setting], to key: String, of map: inout Setting) {
        guard !items.isEmpty else { return }
        var list = map[key]?.list ?? []
        list += items
        Self.set(key, to: Setting(.list(list), at: map[key]?.location ?? Self.location), in: &map)
    }

    private static func set(_ key: String, to value: Setting, in map: inout Setting) {
        var entries = map.entries ?? []
        if let index = entries.firstIndex(where: { $0.key.lowercased() == key }) {
            entries[index].value = value
        } else {
            entries.append(Setting.Entry(key: key, keyLocation: location, value: value))
        }
        map.content = .map(entries)
    }
}
