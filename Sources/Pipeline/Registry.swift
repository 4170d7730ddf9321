public import Core

/// The plugins this program was built with.
public struct Registry: Sendable {
    public let inputs: [any Input.Type]
    public let filters: [any Filter.Type]
    public let outputs: [any Output.Type]

    public init(
        inputs: [any Input.Type], filters: [any Filter.Type], outputs: [any Output.Type]
    ) {
        self.inputs = inputs
        self.filters = filters
        self.outputs = outputs
    }

    /// What every plugin says about itself: inputs, filters, outputs, in the order of the list.
    public var infos: [PluginInfo] {
        inputs.map { $0.info } + filters.map { $0.info } + outputs.map { $0.info }
    }

    /// What the plugin of a kind says about itself; names are compared without regard to case.
    public func info(_ kind: PluginInfo.Kind, named name: String) -> PluginInfo? {
        infos.first { $0.kind == kind && $0.name.lowercased() == name.lowercased() }
    }

    public func names(_ kind: PluginInfo.Kind) -> [String] {
        infos.filter { $0.kind == kind }.map(\.name)
    }

    func input(named name: String) -> (any Input.Type)? {
        inputs.first { $0.info.name.lowercased() == name.lowercased() }
    }

    func filter(named name: String) -> (any Filter.Type)? {
        filters.first { $0.info.name.lowercased() == name.lowercased() }
    }

    func output(named name: String) -> (any Output.Type)? {
        outputs.first { $0.info.name.lowercased() == name.lowercased() }
    }
}
