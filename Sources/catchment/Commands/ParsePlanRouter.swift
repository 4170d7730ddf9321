import Core
import Pipeline

/// Chooses the input of a configuration that would have received a payload.
final class PlanRouter: PayloadRouter {
    private let plan: Plan
    private let all: [ParseStage]
    /// Indices of stages in order of first use.
    private var used: [Int] = []
    private let chosen: Int?
    /// Reads JSON lines as they are.
    private let readBack: ContentRouter
    /// UDP listeners and the index of their input.
    private let listeners: [(input: Int, endpoint: Endpoint)]

    /// Makes decoders, filters and outputs; opens nothing.
    ///
    /// - Parameter reading: an instance or plugin name that takes everything.
    init(_ plan: Plan, reading: String?) throws(SettingsError) {
        self.plan = plan
        readBack = ContentRouter(
            reading: nil, registry: Registry(inputs: [], filters: [], outputs: []),
            parsers: plan.parsers)
        var stages: [ParseStage] = []
        for input in plan.inputs { stages.append(try Self.makeStage(input, of: plan)) }
        all = stages
        listeners = plan.inputs.enumerated().flatMap { index, input in
            input.input.listenAddresses.compactMap { address in
                address.transport == .udp ? address.endpoint.map { (index, $0) } : nil
            }
        }
        chosen = reading.flatMap { name in
            plan.inputs.firstIndex { $0.instanceName == name }
                ?? plan.inputs.firstIndex { type(of: $0.input).info.name == name }
        }
        if let reading, chosen == nil {
            throw SettingsError(
                .noMatchingInput, at: SourceLocation(file: "--as", line: 0, column: 0),
                "the configuration has no input '\(reading)'",
                hint: Suggestion.hint(
                    for: reading, among: plan.inputs.map { $0.instanceName }))
        }
    }

    private static func makeStage(
        _ input: InputPlan, of plan: Plan
    ) throws(SettingsError) -> ParseStage {
        var steps: [ParseStage.Step] = []
        for filter in plan.filters(forTag: input.tag) {
            steps.append(
                ParseStage.Step(name: filter.instanceName, filter: try filter.makeFilter()))
        }
        var destinations: [ParseStage.Destination] = []
        for output in plan.outputs(forTag: input.tag) {
            destinations.append(
                ParseStage.Destination(
                    name: output.instanceName, output: try output.makeOutput()))
        }
        let ledger = SourceLedger()
        return ParseStage(
            name: input.instanceName, tag: input.tag, ledger: ledger,
            decoder: input.input.makeDecoder(ledger: ledger), filters: steps,
            destinations: destinations)
    }

    var stages: [ParseStage] { used.map { all[$0] } + readBack.stages }

    func route(_ payload: RawSpan, _ origin: PayloadOrigin) -> PayloadRoute {
        if let chosen { return use(chosen) }
        var destination: Endpoint?
        var isLine = true
        switch origin {
        case .datagram(let endpoint):
            destination = endpoint
            isLine = false
        case .line: break
        // What an output has written is read back; it has been through the configuration.
        case .storedLine: if payload.isJSONObject { return readBack.route(payload, origin) }
        }
        if let destination, let index = listener(at: destination) { return use(index) }
        let takers = plan.inputs.indices.filter {
            Self.canTake(
                isLine ? .text : PayloadKind(payload), type(of: plan.inputs[$0].input).info.name)
        }
        // A file of lines is what standard input is for.
        let standardInput = takers.first {
            isLine && type(of: plan.inputs[$0].input).info.name == "stdin"
        }
        if let index = standardInput ?? (takers.count == 1 ? takers[0] : nil) { return use(index) }
        let what =
            destination.map { "to \($0.address) port \($0.port)" } ?? "without an address"
        return .nobody(
            takers.isEmpty
                ? "\(what), no input takes them"
                : "\(what), several inputs could take them (choose with --as)")
    }

    private func use(_ index: Int) -> PayloadRoute {
        if !used.contains(index) { used.append(index) }
        return .stage(all[index])
    }

    /// The input that listens where the datagram went: on its very address, else on all, else on
    /// another address, because captures are taken elsewhere too.
    private func listener(at destination: Endpoint) -> Int? {
        var wildcard: Int?
        var other: Int?
        for (index, endpoint) in listeners where endpoint.port == destination.port {
            if endpoint.address == destination.address { return index }
            if endpoint.address == .any || endpoint.address == .anyV6 {
                wildcard = wildcard ?? index
            } else {
                other = other ?? index
            }
        }
        return wildcard ?? other
    }

    private static func canTake(_ kind: PayloadKind, _ input: String) -> Bool {
        switch kind {
        case .flow: input == "netflow"
        case .text: input != "netflow" && input != "dummy"
        case .other: false
        }
    }
}

extension IPAddress {
    /// `::`.
    fileprivate static let anyV6 = IPAddress(high: 0, low: 0)
}
