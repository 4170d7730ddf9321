import Core
import Journals
import Patterns

/// Reads the items of `pipeline`: the engine's options, then the plugin's, then makes the plugin.
struct InstanceReader {
    private let registry: Registry
    private let service: ServiceSettings
    private let parsers: any ParserDirectory

    private(set) var inputs: [ReadInput] = []
    private(set) var filters: [FilterPlan] = []
    private(set) var outputs: [OutputPlan] = []

    // What takes part in routing, whether or not the plugin could be made.
    private(set) var inputRoutes: [Route] = []
    private(set) var filterRoutes: [Route] = []
    private(set) var outputRoutes: [Route] = []

    private var counts: [String: Int] = [:]
    private var instanceNames: [String: SourceLocation] = [:]
    private var outputsWithoutMatch: [Instance] = []

    /// An input together with the places that messages about it need.
    struct ReadInput {
        var plan: InputPlan
        /// Where its port or path stands.
        var listenLocation: SourceLocation
    }

    /// Where records come from, or which records are taken.
    struct Route {
        var kind: PluginInfo.Kind
        var instanceName: String
        var location: SourceLocation
        /// The tag of an input.
        var tag = ""
        /// The rule of a filter or output; `nil` when it was wrong.
        var match: TagMatch?
    }

    /// One item with its options sorted into the engine's and the plugin's.
    private struct Instance {
        var info: PluginInfo
        var name: String
        var location: SourceLocation
        var options: EngineOptions
        var settings: PluginSettings
        /// Whether the plugin may be made: every option that it relies on is there.
        var isUsable: Bool

        var logLevel: LogLevel? { options.text("log_level").flatMap { LogLevel($0) } }
    }

    init(registry: Registry, service: ServiceSettings, parsers: any ParserDirectory) {
        self.registry = registry
        self.service = service
        self.parsers = parsers
    }

    // MARK: The three kinds

    mutating func readInput(_ item: Setting, findings: inout Findings) {
        guard let instance = read(item, as: .input, findings: &findings) else { return }
        let tag = instance.options.text("tag") ?? instance.name
        if tag.isEmpty, let place = instance.options.valueLocation(of: "tag") {
            findings.refuse(.invalidValue, at: place, "'tag' is empty")
        }
        inputRoutes.append(
            Route(
                kind: .input, instanceName: instance.name,
                location: instance.options.valueLocation(of: "tag") ?? instance.location, tag: tag))
        let storage = storageType(of: instance, findings: &findings)
        guard instance.isUsable, let type = registry.input(named: instance.info.name) else {
            return
        }
        do throws(SettingsError) {
            let plan = InputPlan(
                instanceName: instance.name, tag: tag,
                input: try type.init(settings: instance.settings), location: instance.location,
                storage: storage, memoryLimit: instance.options.size("mem_buf_limit") ?? 0,
                logLevel: instance.logLevel)
            let place = instance.settings.given.first { $0.key == "port" || $0.key == "path" }
            inputs.append(
                ReadInput(plan: plan, listenLocation: place?.location ?? instance.location))
        } catch {
            for problem in error.problems { findings.report(problem) }
        }
    }

    mutating func readFilter(_ item: Setting, findings: inout Findings) {
        guard let instance = read(item, as: .filter, findings: &findings) else { return }
        let match = match(of: instance, findings: &findings)
        filterRoutes.append(route(of: instance, match: match))
        if match == nil, !hasMatchKey(instance) { reportMissingMatch(instance, &findings) }
        guard instance.isUsable, let type = registry.filter(named: instance.info.name) else {
            return
        }
        let plan = FilterPlan(
            instanceName: instance.name, match: match ?? TagMatch(wildcard: ""),
            location: instance.location, logLevel: instance.logLevel, type: type,
            settings: instance.settings)
        do throws(SettingsError) {
            // Made and let go: only making it finds a bad regular expression.
            _ = try plan.makeFilter()
            filters.append(plan)
        } catch {
            for problem in error.problems { findings.report(problem) }
        }
    }

    mutating func readOutput(_ item: Setting, findings: inout Findings) {
        guard let instance = read(item, as: .output, findings: &findings) else { return }
        let match = match(of: instance, findings: &findings)
        if match == nil, !hasMatchKey(instance) {
            outputsWithoutMatch.append(instance)
        } else {
            outputRoutes.append(route(of: instance, match: match))
        }
        guard instance.isUsable, let type = registry.output(named: instance.info.name) else {
            return
        }
        let plan = OutputPlan(
            instanceName: instance.name, match: match ?? TagMatch(wildcard: "*"),
            location: instance.location, logLevel: instance.logLevel,
            limits: limits(of: instance, findings: &findings),
            longestPause: longestPause(of: instance, findings: &findings), type: type,
            settings: instance.settings)
        do throws(SettingsError) {
            // Made and let go: only making it finds what is wrong with its values together.
            _ = try plan.makeOutput()
            outputs.append(plan)
        } catch {
            for problem in error.problems { findings.report(problem) }
        }
    }

    /// With one input and one output, `match` may be left out, as in Fluent Bit.
    mutating func giveMatchToOnlyOutput(findings: inout Findings) {
        let isOnly = inputRoutes.count == 1 && outputRoutes.isEmpty
        for instance in outputsWithoutMatch {
            if isOnly, outputsWithoutMatch.count == 1 {
                outputRoutes.append(route(of: instance, match: TagMatch(wildcard: "*")))
            } else {
                reportMissingMatch(instance, &findings)
                outputRoutes.append(route(of: instance, match: nil))
            }
        }
    }

    // MARK: Parts they share

    /// - Returns: `nil` for items that cannot be told apart any further, or are switched off.
    private mutating func read(
        _ item: Setting, as kind: PluginInfo.Kind, findings: inout Findings
    ) -> Instance? {
        guard let entries = item.entries else {
            findings.refuse(
                .wrongType, at: item.location,
                "an item of '\(kind.rawValue)s' is a map of options, not a \(item.kindName)",
                hint: item.scalar.map { "write '- name: \($0)'" })
            return nil
        }
        guard let info = info(of: item, as: kind, findings: &findings) else { return nil }
        var options = EngineOptions(
            owner: "\(kind.rawValue) '\(info.name)'", specs: CommonOptions.specs(of: kind),
            inert: CommonOptions.inert(of: kind).merging(info.inert) { $1 })
        var rest: [Setting.Entry] = []
        for entry in entries where !options.take(entry, findings: &findings) {
            if isForeign(entry, to: info) {
                reportForeign(entry, of: info, findings: &findings)
            } else {
                rest.append(entry)
            }
        }
        let number = counts["\(kind) \(info.name)", default: 0]
        counts["\(kind) \(info.name)"] = number + 1
        if options.boolean("active") == false { return nil }
        let name = options.text("alias") ?? "\(info.name).\(number)"
        checkUnique(name, kind, at: options.valueLocation(of: "alias") ?? item.location, &findings)
        var problems: [SettingsProblem] = []
        let settings = PluginSettings(
            info: info, instanceName: name, location: item.location, entries: rest,
            parsers: parsers, problems: &problems)
        for problem in problems {
            let key = rest.first { $0.keyLocation == problem.location }?.key
            findings.report(withEngineKeys(problem, about: key, of: info, options: options))
        }
        // A plugin may trap on a missing option that it declared as required, but not on these.
        let isUsable = problems.allSatisfy {
            switch $0.code {
            case .unknownKey, .repeatedKey, .invalidValue, .outOfRange, .unknownChoice, .wrongType:
                true
            default: false
            }
        }
        return Instance(
            info: info, name: name, location: item.location, options: options, settings: settings,
            isUsable: isUsable && info.hasRequired(in: settings))
    }

    private func info(
        of item: Setting, as kind: PluginInfo.Kind, findings: inout Findings
    ) -> PluginInfo? {
        guard let name = item["name"] else {
            findings.refuse(
                .missingKey, at: item.location, "this \(kind.rawValue) needs a 'name'",
                hint: "the plugin: " + registry.names(kind).joined(separator: ", "))
            return nil
        }
        guard let text = name.scalar else {
            findings.refuse(
                .wrongType, at: name.location, "'name' must be text, not a \(name.kindName)")
            return nil
        }
        if let info = registry.info(kind, named: text) { return info }
        let other = PluginInfo.Kind.allCases.first { registry.info($0, named: text) != nil }
        if FluentBitNames.plugins(kind).contains(text.lowercased()) {
            findings.refuse(
                .unknownPlugin, at: name.location,
                "the \(kind.rawValue) '\(text)' of Fluent Bit is not built yet",
                hint: "there are: " + registry.names(kind).joined(separator: ", "))
        } else if let other {
            findings.refuse(
                .unknownPlugin, at: name.location, "there is no \(kind.rawValue) '\(text)'",
                hint: "'\(text)' is \(other.withArticle)")
        } else {
            findings.refuse(
                .unknownPlugin, at: name.location, "there is no \(kind.rawValue) '\(text)'",
                hint: Suggestion.hint(for: text, among: registry.names(kind))
                    ?? "there are: " + registry.names(kind).joined(separator: ", "))
        }
        return nil
    }

    private mutating func checkUnique(
        _ name: String, _ kind: PluginInfo.Kind, at location: SourceLocation,
        _ findings: inout Findings
    ) {
        let key = "\(kind.rawValue) \(name)"
        if let first = instanceNames[key] {
            findings.refuse(
                .duplicateName, at: location,
                "there is already \(kind.withArticle) '\(name)' at \(first)",
                hint: "give each its own 'alias'")
        }
        instanceNames[key] = instanceNames[key] ?? location
    }

    /// Whether Fluent Bit has the key but neither the plugin nor the engine does.
    private func isForeign(_ entry: Setting.Entry, to info: PluginInfo) -> Bool {
        let key = entry.key.lowercased()
        return CommonOptions.isKnownElsewhere(key) && !info.options.contains { $0.key == key }
    }

    private func reportForeign(
        _ entry: Setting.Entry, of info: PluginInfo, findings: inout Findings
    ) {
        let message =
            "\(info.kind.rawValue) '\(info.name)' does not support '\(entry.key)' of Fluent Bit"
        let isTLS = entry.key.lowercased().hasPrefix("tls")
        if isTLS, let text = entry.value.scalar,
            OptionValue.parse(text, as: .boolean) == .boolean(false)
        {
            return
        }
        // Sending in the clear what was meant to be encrypted is never a mere warning.
        if isTLS {
            findings.refuse(.notSupportedYet, at: entry.keyLocation, message)
        } else {
            findings.report(.notSupportedYet, at: entry.keyLocation, message)
        }
    }

    /// The plugin suggests among its own options only; the engine's are as near.
    private func withEngineKeys(
        _ problem: SettingsProblem, about key: String?, of info: PluginInfo, options: EngineOptions
    ) -> SettingsProblem {
        guard problem.code == .unknownKey, let key else {
            return problem
        }
        var better = problem
        better.hint = Suggestion.hint(
            for: key, among: info.options.map(\.key) + options.knownKeys)
        return better
    }

    private func storageType(of instance: Instance, findings: inout Findings) -> StorageType {
        let word = instance.options.text("storage.type")
        let place = instance.options.valueLocation(of: "storage.type") ?? instance.location
        let type = word.flatMap { StorageType(rawValue: $0) } ?? service.storageType
        if type == .filesystem, service.storagePath == nil {
            findings.refuse(
                .missingKey, at: place, "'storage.type: filesystem' needs a folder",
                hint: "set 'storage.path' in 'service'")
        }
        return type
    }

    private func limits(of instance: Instance, findings: inout Findings) -> ReaderLimits {
        let policy = instance.options.text("storage.overflow")
        let limits = ReaderLimits(
            bytes: instance.options.size("storage.total_limit_size"),
            policy: policy.flatMap { ReaderLimits.Policy(rawValue: $0) } ?? .block,
            age: instance.options.duration("storage.max_age"))
        if limits.bytes == nil, let place = instance.options.location(of: "storage.overflow") {
            findings.report(
                .missingKey, at: place, "'storage.overflow' needs a limit",
                hint: "set 'storage.total_limit_size'")
        }
        if limits.bytes == 0 || limits.age == 0 {
            let key = limits.bytes == 0 ? "storage.total_limit_size" : "storage.max_age"
            findings.report(
                .outOfRange, at: instance.options.valueLocation(of: key) ?? instance.location,
                "'\(key)' must be more than 0")
        }
        return limits
    }

    private func longestPause(of instance: Instance, findings: inout Findings) -> Int64 {
        let key = "retry_max_pause"
        let pause = instance.options.duration(key) ?? OutputEngine.usualLongestPause
        if !(1_000_000_000...3_600_000_000_000).contains(pause) {
            findings.report(
                .outOfRange, at: instance.options.valueLocation(of: key) ?? instance.location,
                "'\(key)' is outside 1s to 1h")
        }
        return pause
    }

    private func hasMatchKey(_ instance: Instance) -> Bool {
        instance.options.location(of: "match") != nil
            || instance.options.location(of: "match_regex") != nil
    }

    private func match(of instance: Instance, findings: inout Findings) -> TagMatch? {
        let wildcard = instance.options.text("match")
        guard let regex = instance.options.text("match_regex") else {
            return wildcard.map { TagMatch(wildcard: $0) }
        }
        do throws(PatternError) {
            return try TagMatch(regex: regex, wildcard: wildcard)
        } catch {
            let place = instance.options.valueLocation(of: "match_regex") ?? instance.location
            findings.refuse(.invalidPattern, at: place, "'match_regex' \(error)")
            return nil
        }
    }

    private func route(of instance: Instance, match: TagMatch?) -> Route {
        let place =
            instance.options.valueLocation(of: "match")
            ?? instance.options.valueLocation(of: "match_regex")
        return Route(
            kind: instance.info.kind, instanceName: instance.name,
            location: place ?? instance.location, match: match)
    }

    private func reportMissingMatch(_ instance: Instance, _ findings: inout Findings) {
        findings.refuse(
            .missingKey, at: instance.location,
            "\(instance.info.kind.rawValue) '\(instance.info.name)' needs 'match'",
            hint: "match: '*' takes everything, as does -m '*' on the command line")
    }
}

extension PluginInfo.Kind {
    /// `an input`, `a filter`.
    fileprivate var withArticle: String { (self == .filter ? "a " : "an ") + rawValue }
}

extension PluginInfo {
    /// Whether every option that the plugin relies on has a value.
    fileprivate func hasRequired(in settings: PluginSettings) -> Bool {
        options.allSatisfy { !$0.isRequired || settings.isGiven($0.key) }
    }
}
