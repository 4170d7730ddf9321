public import Core
public import Journals

/// A configuration that was checked in full: what the agent is to run.
///
/// Making one opens nothing. Inputs exist already; filters and outputs are made where they are
/// used, because an instance belongs to one thread.
public struct Plan: Sendable {
    public var service: ServiceSettings
    /// In the order of the file, as are filters and outputs.
    public var inputs: [InputPlan]
    public var filters: [FilterPlan]
    public var outputs: [OutputPlan]
    /// The stock parsers and those of the `parsers` section.
    public var parsers: any ParserDirectory
}

/// Where the records of an input wait for the outputs.
public enum StorageType: String, Sendable, CaseIterable {
    case memory, filesystem
}

/// One item of `pipeline: inputs`.
public struct InputPlan: Sendable {
    /// The alias, or the plugin's name and a number: `syslog.0`.
    public var instanceName: String
    /// The tag of its batches; by default `syslog.0` too.
    public var tag: String
    /// Checked, not yet opened.
    public var input: any Input
    public var location: SourceLocation
    public var storage: StorageType
    /// Bytes of records that may wait in memory; 0 leaves it to the engine.
    public var memoryLimit: Int
    /// `nil` takes the service's.
    public var logLevel: LogLevel?
}

/// One item of `pipeline: filters`.
public struct FilterPlan: Sendable {
    public var instanceName: String
    public var match: TagMatch
    public var location: SourceLocation
    public var logLevel: LogLevel?
    var type: any Filter.Type
    var settings: PluginSettings

    /// A new instance; each input needs its own.
    ///
    /// - Throws: nothing after planning, which has made one already, unless the plugin reads files
    ///   that changed since.
    public func makeFilter() throws(SettingsError) -> any Filter {
        try type.init(settings: settings)
    }
}

/// One item of `pipeline: outputs`.
public struct OutputPlan: Sendable {
    public var instanceName: String
    public var match: TagMatch
    public var location: SourceLocation
    public var logLevel: LogLevel?
    /// How much may wait for this output, and what happens to more.
    public var limits: ReaderLimits
    /// Nanoseconds between two tries while it fails, at most.
    public var longestPause: Int64
    var type: any Output.Type
    var settings: PluginSettings

    /// A new instance, for the output's worker.
    ///
    /// - Throws: nothing after planning, which has made one already, unless the plugin reads files
    ///   that changed since.
    public func makeOutput() throws(SettingsError) -> any Output {
        try type.init(settings: settings)
    }

    /// An instance that reads what this output has written.
    ///
    /// - Parameters:
    ///   - scheme: of the place that is to be read.
    ///   - container: of the place that is to be read.
    ///   - entries: options that win over those of the file.
    /// - Returns: `nil` when the place is none of this output's.
    public func makeReader(
        of container: String, scheme: String, with entries: [Setting.Entry]
    ) throws(SettingsError) -> (any ReadableOutput)? {
        guard let type = type as? any ReadableOutput.Type, type.scheme == scheme,
            type.writes(to: container, settings)
        else { return nil }
        var problems: [SettingsProblem] = []
        let settings = settings.replacing(entries, problems: &problems)
        if !problems.isEmpty { throw SettingsError(problems) }
        return try type.init(settings: settings)
    }
}

extension Plan {
    /// The filters that the records of a tag pass, in order.
    public func filters(forTag tag: String) -> [FilterPlan] {
        filters.filter { $0.match.matches(tag) }
    }

    /// The outputs that take the records of a tag.
    public func outputs(forTag tag: String) -> [OutputPlan] {
        outputs.filter { $0.match.matches(tag) }
    }
}
