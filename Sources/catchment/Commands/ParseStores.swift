import Core
import Pipeline

/// Finds out how to read from the stores that the command line names.
///
/// Options of the command line come first, then the output of the configuration that writes into the
/// same bucket, or without one the environment.
struct ParseStores {
    let registry: Registry
    let parsers: any ParserDirectory
    let options: [StoreOption]
    let plan: Plan?
    let environment: (String) -> String?

    /// - Returns: what reads the objects of a place, and whether the configuration tells how.
    func store(
        for place: StorePlace
    ) throws(SettingsError) -> (reader: any ReadableOutput, isConfigured: Bool) {
        let entries = options.map { Self.entry($0.key, $0.value, from: "--\($0.key)") }
        for output in plan?.outputs ?? [] {
            if let reader = try output.makeReader(
                of: place.container, scheme: place.scheme, with: entries)
            {
                return (reader, true)
            }
        }
        guard let type = registry.readableOutputs.first(where: { $0.scheme == place.scheme }) else {
            preconditionFailure("places have schemes of outputs")
        }
        let given = Set(options.map(\.key))
        let defaults = type.readingDefaults(environment).filter { !given.contains($0.option) }
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: type.info, instanceName: place.scheme,
            location: SourceLocation(file: place.text, line: 0, column: 0),
            entries: [Self.entry(type.containerOption, place.container, from: place.text)] + entries
                + defaults.map { Self.entry($0.option, $0.value, from: $0.variable) },
            parsers: parsers, problems: &problems)
        if !problems.isEmpty { throw SettingsError(problems) }
        return (try type.init(settings: settings), false)
    }

    private static func entry(_ key: String, _ value: String, from origin: String) -> Setting.Entry
    {
        let location = SourceLocation(file: origin, line: 0, column: 0)
        return Setting.Entry(
            key: key, keyLocation: location,
            value: Setting(.scalar(value, isPlain: false), at: location))
    }
}

extension Registry {
    /// Outputs whose objects can be read back.
    var readableOutputs: [any ReadableOutput.Type] {
        outputs.compactMap { $0 as? any ReadableOutput.Type }
    }

    /// Options for reading that the command line takes.
    var readingOptions: [OptionSpec] {
        readableOutputs.flatMap { type in
            type.readingOptions.compactMap { key in type.info.options.first { $0.key == key } }
        }
    }
}
