/// Bytes that do not follow their format: a code and the offset where reading stopped.
///
/// Cheap to throw by the million: no text is built.
public struct DecodeError: Error, Hashable, Sendable {
    public var code: ErrorCode
    /// Bytes from the start of the datagram, frame or file.
    public var offset: Int

    @inlinable
    public init(_ code: ErrorCode, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}
