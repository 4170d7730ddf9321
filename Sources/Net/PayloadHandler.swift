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

    public mutating func tend(at now: Timestamp) {}
}
