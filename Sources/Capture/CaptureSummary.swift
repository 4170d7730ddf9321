public import Core

/// What a capture held and what was wrong with it.
public struct CaptureSummary: Sendable {
    /// Packets, or payloads of a raw datagram file.
    public var packets = 0
    /// Bytes of them in the file.
    public var bytes = 0
    /// UDP datagrams handed out.
    public var datagrams = 0
    /// Lines handed out, of a text file.
    public var lines = 0
    /// Packets with TCP in them, which are not put together.
    public var tcpPackets = 0
    /// Packets with another protocol than UDP and TCP.
    public var otherPackets = 0
    /// IP fragments.
    public var fragments = 0
    /// Packets put together from fragments.
    public var reassembled = 0
    /// Packets or lines that the file has only the beginning of.
    public var truncated = 0

    /// How often each problem came up.
    public private(set) var problems: [ErrorCode: Int] = [:]
    /// The first problems and where they are in the file.
    public private(set) var firstProblems: [DecodeError] = []

    /// Places that `firstProblems` remembers.
    static let problemLimit = 16

    public init() {}

    /// Packets that could not be read for damage of any kind.
    public var damaged: Int { problems.values.reduce(0, +) }

    mutating func add(_ problem: DecodeError, times: Int = 1) {
        problems[problem.code, default: 0] += times
        if firstProblems.count < Self.problemLimit { firstProblems.append(problem) }
    }
}
