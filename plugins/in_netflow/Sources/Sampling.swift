/// The sampling rate of records and who told it.
struct Sampling: Hashable, Sendable {
    enum Source: UInt8, Sendable {
        case unknown
        /// Every record has its own rate, in a field that the column reads.
        case field
        /// The record, in a way that takes more than one field to read.
        case record
        case options
        case header
        case config
        case `default`

        /// The value of `sampling_source`.
        var name: String { self == .field ? "record" : "\(self)" }
    }

    static let unknown = Sampling(rate: 0, source: .unknown)
    static let field = Sampling(rate: 0, source: .field)

    /// 1-in-N; 0 when unknown, and when it stands in a field.
    let rate: UInt32
    let source: Source

    init(rate: UInt32, source: Source) {
        self.rate = rate
        self.source = rate == 0 && source != .field ? .unknown : source
    }
}
