import Core

/// What the sequence numbers of a stream count.
enum SequenceRule: Sendable {
    /// Messages: NetFlow v9 (RFC 3954 §5.1), sFlow.
    case messages
    /// Records sent before the message: IPFIX (RFC 7011 §3.1), flows in NetFlow v5, v7 and v8.
    case records
    /// Records sent up to the message's end: softflowd's IPFIX.
    case recordsIncluded

    /// What a protocol counts by its specification, then what exporters count instead.
    static func rules(of flowProtocol: FlowProtocol) -> [SequenceRule] {
        switch flowProtocol {
        case .netflowV1: []
        case .netflowV5, .netflowV7, .netflowV8: [.records, .messages]
        case .netflowV9: [.messages, .records]
        case .sflow: [.messages]
        case .ipfix: [.records, .messages, .recordsIncluded]
        }
    }

    /// How late a message may be, in units.
    var reach: Int32 { self == .messages ? 1000 : 10_000 }

    /// By how much the number of a message is above that of the one before it.
    ///
    /// - Parameters:
    ///   - before: records of the message before.
    ///   - records: records of the message itself.
    func step(before: Int, records: Int) -> UInt32 {
        switch self {
        case .messages: 1
        case .records: UInt32(truncatingIfNeeded: before)
        case .recordsIncluded: UInt32(truncatingIfNeeded: records)
        }
    }
}

/// A stream's numbers, read by one rule.
struct SequenceReading {
    let rule: SequenceRule
    private(set) var tracker: SequenceTracker
    /// Messages that fitted, as long as rules are compared.
    var fits = 0

    init(_ rule: SequenceRule) {
        self.rule = rule
        tracker = SequenceTracker(reach: rule.reach)
    }

    /// - Parameter records: data records of the message; `nil` when they could not be counted.
    mutating func follow(
        _ sequence: UInt32, records: Int?, hasRestarted: Bool
    ) -> SequenceTracker.Arrival {
        var start = sequence
        if rule == .recordsIncluded { start &-= UInt32(truncatingIfNeeded: records ?? 0) }
        let arrival = tracker.begin(start, hasRestarted: hasRestarted)
        tracker.end(units: rule == .messages ? 1 : records)
        return arrival
    }
}
