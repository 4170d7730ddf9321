public import Core

/// What is known of a connection's sender beside its endpoint.
public struct ConnectionIdentity: Equatable, Sendable {
    /// The load balancer through which it came, when one named the sender by the PROXY protocol.
    public var relay: IPAddress?
    /// The first name of the certificate that it showed.
    public var certificateName: String?

    public init(relay: IPAddress? = nil, certificateName: String? = nil) {
        self.relay = relay
        self.certificateName = certificateName
    }

    var isEmpty: Bool { relay == nil && certificateName == nil }
}
