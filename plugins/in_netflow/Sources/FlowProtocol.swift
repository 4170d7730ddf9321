/// The flow protocols of one port; the raw value is the version word that tells them apart.
enum FlowProtocol: UInt16, Sendable {
    case netflowV5 = 5
    case netflowV9 = 9
    case ipfix = 10

    /// The value of `flow_type`.
    var name: String {
        switch self {
        case .netflowV5: "netflow_v5"
        case .netflowV9: "netflow_v9"
        case .ipfix: "ipfix"
        }
    }

    /// Bytes of the message header.
    var headerLength: Int {
        switch self {
        case .netflowV5: 24
        case .netflowV9: 20
        case .ipfix: 16
        }
    }
}
