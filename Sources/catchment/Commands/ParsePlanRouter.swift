import Core
import Pipeline

/// Chooses the input of a configuration that would have received a payload.
final class PlanRouter: PayloadRouter {
    private let plan: Plan
    private let all: [ParseStage]
    /// Indices of stages in order of first use.
    private var used: [Int] = []
    private let chosen: Int?

    /// Makes decoders, filters and outputs; opens nothing.
    ///
    /// - Parameter reading: an instance or plugin name that takes everything.
    init(_ plan: Plan, reading: String?) throws(SettingsError) {
        self.plan = plan
        var stages: [ParseStage] = []
        for input in plan.inputs { stages.append(try Self.makeStage(input, of: plan)) }
        all = stages
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

    var stages: [ParseStage] { used.map { all[$0] } }

    func route(_ payload: RawSpan, to destination: Endpoint?, isLine: Bool) -> PayloadRoute {
        if let chosen { return use(chosen) }
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

    /// The input that listens where the datagram went; one on its very address before one on all.
    private func listener(at destination: Endpoint) -> Int? {
        var wildcard: Int?
        for (index, input) in plan.inputs.enumerated() {
            for address in input.input.listenAddresses {
                guard address.transport == .udp, let endpoint = address.endpoint,
                    endpoint.port == destination.port
                else { continue }
                if endpoint.address == destination.address { return index }
                let isAny = endpoint.address == .any || endpoint.address == .anyV6
                if isAny, wildcard == nil { wildcard = index }
            }
        }
        // Captures come from elsewhere: an input bound to another address of this machine counts.
        return wildcard
            ?? plan.inputs.firstIndex { input in
                input.input.listenAddresses.contains {
                    $0.transport == .udp && $0.endpoint?.port == destination.port
                }
            }
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
