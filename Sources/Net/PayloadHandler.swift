public import Core

/// What a listener hands its payloads to.
///
/// All calls come from the thread that runs the listener. Payloads are only valid during the call.
public protocol PayloadHandler: ~Copyable {
    /// Takes one datagram or frame.
    mutating func receive(_ payload: RawSpan, from source: PayloadSource)

    /// Takes what is left of a datagram or frame that was too long or whose end never came.
    mutating func receiveTruncated(_ payload: RawSpan, from source: PayloadSource)

    /// Something was wrong with a sender's framing, or its connection was refused.
    mutating func note(_ problem: ErrorCode, from source: PayloadSource)

    /// Tells more of the sender of a connection, if there is more, before its first payload.
    ///
    /// - Parameter source: the peer of its payloads.
    mutating func began(_ source: PayloadSource, as identity: ConnectionIdentity)

    /// A connection ended, after everything it brought was handed over.
    ///
    /// Called once for each connection that was served, with the peer of its payloads.
    mutating func ended(_ source: PayloadSource)

    /// Called after each round of receiving: the time to submit a batch of records.
    mutating func endBatch()

    /// Called about once a second, whether or not anything was received, when the listener was told
    /// to: the time for what is not done per payload.
    mutating func tend(at now: Timestamp)
}

extension PayloadHandler where Self: ~Copyable {
    public mutating func receiveTruncated(_ payload: RawSpan, from source: PayloadSource) {
        receive(payload, from: source)
    }

    public mutating func note(_ problem: ErrorCode, from source: PayloadSource) {}

    public mutating func began(_ source: PayloadSource, as identity: ConnectionIdentity) {}

    public mutating func ended(_ source: PayloadSource) {}

    public mutating func tend(at now: Timestamp) {}
}
