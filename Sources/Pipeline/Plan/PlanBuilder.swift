import Core

/// Goes through the sections of a configuration and builds the plan, noting all that is wrong.
struct PlanBuilder {
    private let root: Setting
    private let registry: Registry
    private let isComplete: Bool
    var findings = Findings()

    /// Sections that mean something here.
    static let sections = [
        "env", "includes", "service", "parsers", "multiline_parsers", "pipeline",
    ]

    init(root: Setting, registry: Registry, isComplete: Bool) {
        self.root = root
        self.registry = registry
        self.isComplete = isComplete
        let word = root["service"]?["compat"]?.scalar ?? root["compat"]?.scalar
        findings.compatibility =
            word.flatMap { Compatibility(rawValue: $0.lowercased()) } ?? .strict
    }

    mutating func build() -> Plan {
        checkSections()
        let service = ServiceSettings(root["service"], findings: &findings)
        let parsers = PlanParsers.directory(
            parsers: root["parsers"], multiline: root["multiline_parsers"], findings: &findings)
        let parts = pipelineParts()
        var reader = InstanceReader(registry: registry, service: service, parsers: parsers)
        for entry in parts[.input] ?? [] { reader.readInput(entry, findings: &findings) }
        for entry in parts[.filter] ?? [] { reader.readFilter(entry, findings: &findings) }
        for entry in parts[.output] ?? [] { reader.readOutput(entry, findings: &findings) }
        reader.giveMatchToOnlyOutput(findings: &findings)
        if isComplete {
            checkPresence(of: parts)
            Routing.check(
                inputs: reader.inputRoutes, filters: reader.filterRoutes,
                outputs: reader.outputRoutes, findings: &findings)
        }
        ListenConflicts.check(reader.inputs, findings: &findings)
        return Plan(
            service: service, inputs: reader.inputs.map(\.plan), filters: reader.filters,
            outputs: reader.outputs, parsers: parsers)
    }

    private mutating func checkSections() {
        for section in root.entries ?? [] where !Self.sections.contains(section.key) {
            if section.key == "compat" {
                checkCompatibility(section.value)
            } else if let note = FluentBitNames.sections[section.key] {
                findings.report(
                    .notSupportedYet, at: section.keyLocation, "'\(section.key)': \(note)")
            } else if section.key == "inputs" || section.key == "filters"
                || section.key == "outputs"
            {
                findings.refuse(
                    .unknownSection, at: section.keyLocation,
                    "'\(section.key)' belongs under 'pipeline'",
                    hint: "indent it below a line 'pipeline:'")
            } else {
                findings.report(
                    .unknownSection, at: section.keyLocation,
                    "there is no section '\(section.key)'",
                    hint: Suggestion.hint(for: section.key, among: Self.sections))
            }
        }
    }

    private mutating func checkCompatibility(_ value: Setting) {
        let words = Compatibility.allCases.map(\.rawValue)
        guard let text = value.scalar, words.contains(text.lowercased()) else {
            findings.refuse(
                .unknownChoice, at: value.location,
                "'compat' is one of \(words.joined(separator: ", "))",
                hint: value.scalar.flatMap { Suggestion.hint(for: $0, among: words) })
            return
        }
    }

    /// The items of `inputs`, `filters` and `outputs`.
    private mutating func pipelineParts() -> [PluginInfo.Kind: [Setting]] {
        guard let pipeline = root["pipeline"] else { return [:] }
        guard let entries = pipeline.entries else {
            if pipeline.scalar != "" {
                findings.refuse(
                    .wrongType, at: pipeline.location,
                    "'pipeline' is a map with 'inputs', 'filters' and 'outputs', "
                        + "not a \(pipeline.kindName)")
            }
            return [:]
        }
        let kinds = Dictionary(
            uniqueKeysWithValues: PluginInfo.Kind.allCases.map { ($0.rawValue + "s", $0) })
        var parts: [PluginInfo.Kind: [Setting]] = [:]
        for entry in entries {
            guard let kind = kinds[entry.key.lowercased()] else {
                findings.report(
                    .unknownSection, at: entry.keyLocation, "'pipeline' has no '\(entry.key)'",
                    hint: Suggestion.hint(for: entry.key, among: kinds.keys.sorted()))
                continue
            }
            if let items = entry.value.list {
                parts[kind, default: []] += items
            } else if entry.value.scalar != "" {
                findings.refuse(
                    .wrongType, at: entry.value.location,
                    "'\(entry.key)' is a list, not a \(entry.value.kindName)",
                    hint: "begin each item with '- name: ...'")
            }
        }
        return parts
    }

    private mutating func checkPresence(of parts: [PluginInfo.Kind: [Setting]]) {
        let pipeline = root.entries?.first { $0.key == "pipeline" }
        let place = pipeline?.keyLocation ?? root.location
        for kind in [PluginInfo.Kind.input, .output] where parts[kind]?.isEmpty ?? true {
            let isMistyped =
                pipeline?.value.entries?.contains {
                    Suggestion.nearest(to: $0.key, among: [kind.rawValue + "s"]) != nil
                } ?? (root[kind.rawValue + "s"] != nil)
            if isMistyped { continue }
            findings.refuse(
                .emptyPipeline, at: place, "the pipeline has no \(kind.rawValue)s",
                hint: "add a '- name: ...' item under 'pipeline: \(kind.rawValue)s:'")
        }
    }
}
