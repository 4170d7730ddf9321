import Core

/// Options that the engine itself reads: those of `service`, and those all plugins share.
struct EngineOptions {
    /// `'service'`, `input 'syslog'`: who has them, for messages.
    let owner: String
    let specs: [OptionSpec]
    /// Keys of Fluent Bit that change nothing here, and what to know about each.
    let inert: [String: String]

    private var values: [String: (value: OptionValue, location: SourceLocation)] = [:]
    private var keys: [String: SourceLocation] = [:]

    init(owner: String, specs: [OptionSpec], inert: [String: String]) {
        self.owner = owner
        self.specs = specs
        self.inert = inert
    }

    /// Takes an entry if its key is the engine's.
    ///
    /// - Returns: false when the key is not known here.
    mutating func take(_ entry: Setting.Entry, findings: inout Findings) -> Bool {
        let key = entry.key.lowercased()
        if let note = inert[key] {
            findings.warn(
                .notSupportedYet, at: entry.keyLocation, "'\(entry.key)' has no effect: \(note)")
            return true
        }
        guard let spec = specs.first(where: { $0.key == key }) else { return false }
        if let first = keys[key] {
            findings.report(
                .repeatedKey, at: entry.keyLocation,
                "'\(entry.key)' is already set at \(first)")
            return true
        }
        keys[key] = entry.keyLocation
        let items = spec.isRepeatable ? entry.value.list ?? [entry.value] : [entry.value]
        for item in items {
            guard let text = item.scalar else {
                findings.report(
                    .wrongType, at: item.location,
                    "'\(entry.key)' wants \(spec.kind.summary), not a \(item.kindName)")
                continue
            }
            guard let value = OptionValue.parse(text, as: spec.kind) else {
                findings.report(spec.problem(with: text, at: item.location))
                continue
            }
            values[key] = (value, item.location)
        }
        return true
    }

    /// Every key that would have been right.
    var knownKeys: [String] { specs.map(\.key) + inert.keys.sorted() }

    func location(of key: String) -> SourceLocation? { keys[key] }

    func valueLocation(of key: String) -> SourceLocation? { values[key]?.location }

    /// The value as given, else the declared default.
    private func value(_ key: String) -> OptionValue? {
        if let given = values[key] { return given.value }
        guard let spec = specs.first(where: { $0.key == key }), let text = spec.defaultValue
        else { return nil }
        return OptionValue.parse(text, as: spec.kind)
    }

    func text(_ key: String) -> String? {
        if case .text(let text)? = value(key) { text } else { nil }
    }

    func boolean(_ key: String) -> Bool? {
        if case .boolean(let flag)? = value(key) { flag } else { nil }
    }

    /// Bytes.
    func size(_ key: String) -> Int? {
        if case .size(let bytes)? = value(key) { bytes } else { nil }
    }

    /// Nanoseconds.
    func duration(_ key: String) -> Int64? {
        if case .duration(let nanoseconds)? = value(key) { nanoseconds } else { nil }
    }
}
