/// The number that a sender gave a message, so that a receiver sees what was lost on the way.
public struct MessageSequence: Hashable, Sendable {
    public enum Kind: Sendable {
        /// `sequenceId` of the element `meta` (RFC 5424 §7.3.1): 1 to 2147483647, then 1 again.
        case rfc5424
        /// The number in front of Cisco's messages: counts up by 1 from 1.
        case cisco
    }

    public var number: UInt32
    public var kind: Kind

    public init(number: UInt32, kind: Kind) {
        self.number = number
        self.kind = kind
    }
}
