/// Some of the flow protocols.
struct ProtocolSet: Sendable, Equatable {
    private var bits: UInt16 = 0

    static let all = ProtocolSet(FlowProtocol.allCases)

    init(_ protocols: some Sequence<FlowProtocol>) {
        for flowProtocol in protocols { bits |= 1 << flowProtocol.rawValue }
    }

    func contains(_ flowProtocol: FlowProtocol) -> Bool {
        bits >> flowProtocol.rawValue & 1 == 1
    }
}
