/// A call on the outside world that failed: what was tried, on what, and whether trying again helps.
public struct OperationError: Error, Sendable, CustomStringConvertible {
    public var code: ErrorCode
    /// The call, as its manual names it: `open`, `recvmmsg`.
    public var call: String
    /// The path, address or name it was about.
    public var target: String
    /// The system's error number; 0 when the failure was not the system's.
    public var errno: Int32
    /// The reason in words: the system's text for `errno`, or our own.
    public var reason: String
    /// Whether the same call may succeed later without anybody changing the configuration.
    public var canRetry: Bool

    public init(
        _ code: ErrorCode, call: String, target: String, errno: Int32 = 0, reason: String,
        canRetry: Bool
    ) {
        self.code = code
        self.call = call
        self.target = target
        self.errno = errno
        self.reason = reason
        self.canRetry = canRetry
    }

    public var description: String { "\(code.text): \(call) \(target): \(reason)" }
}
