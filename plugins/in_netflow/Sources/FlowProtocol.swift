/// The flow protocols of one port; the raw value is the version word that tells them apart.
///
/// That of sFlow has 32 bits, of which the first 16 are 0.
enum FlowProtocol: UInt16, Sendable, CaseIterable {
    case sflow = 0
    case netflowV1 = 1
    case netflowV5 = 5
    case netflowV7 = 7
    case netflowV8 = 8
    case netflowV9 = 9
    case ipfix = 10

    /// The value of `flow_type`.
    var name: String {
        switch self {
        case .sflow: "sflow_5"
        case .netflowV1: "netflow_v1"
        case .netflowV5: "netflow_v5"
        case .netflowV7: "netflow_v7"
        case .netflowV8: "netflow_v8"
        case .netflowV9: "netflow_v9"
        case .ipfix: "ipfix"
        }
    }

    /// Bytes of the message header; in sFlow of the shortest, without an agent address.
    var headerLength: Int {
        switch self {
        case .netflowV1: 16
        case .netflowV5, .netflowV7: 24
        case .netflowV8: 28
        case .netflowV9: 20
        case .ipfix: 16
        case .sflow: 24
        }
    }

    /// Whether headers number what was sent.
    var hasSequence: Bool { self != .netflowV1 }

    /// Whether headers name a part of the exporter: an engine, a source, an observation domain.
    var hasDomain: Bool { self != .netflowV1 && self != .netflowV7 }

    /// Whether headers name a template, or the aggregation that stands for one in v8.
    var namesTemplate: Bool { rawValue >= FlowProtocol.netflowV8.rawValue }
}
