public import Core

/// Where a captured UDP payload came from and went to.
public struct Datagram: Sendable {
    /// When the packet was captured; for raw datagram files, which do not say, the current time.
    public var time: Timestamp
    public var source: Endpoint
    public var destination: Endpoint
    /// Whether the file has fewer bytes of the payload than were sent.
    public var isTruncated: Bool
    /// Where the packet stands in the file (of what was compressed, if it was).
    public var offset: Int

    /// Whether the file says who sent to whom; raw datagram files do not.
    public var hasEndpoints: Bool { destination.port != 0 || source.port != 0 }
}
