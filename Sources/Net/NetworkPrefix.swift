public import Core

/// A network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3): an address and how many of its bits
/// count.
public struct NetworkPrefix: Sendable, Hashable {
    public let address: IPAddress
    private let mask: IPAddress
    /// Bits that count, of 128; IPv4 addresses are the last 32.
    public let length: Int

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or an address alone.
    ///
    /// - Returns: `nil` for other text; bits of the address beyond the length are cut off.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        // IPv4 addresses are the last 32 of 128 bits.
        let isIPv4 = !first.contains(":")
        let width = isIPv4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= width
            else { return nil }
            length = number
        }
        let bits = length + 128 - width
        self.length = bits
        mask = IPAddress(high: Self.ones(bits), low: Self.ones(bits - 64))
        self.address = IPAddress(high: address.high & mask.high, low: address.low & mask.low)
    }

    public func contains(_ other: IPAddress) -> Bool {
        other.high & mask.high == address.high && other.low & mask.low == address.low
    }

    /// A word whose first `count` bits are set, of 0 to 64.
    private static func ones(_ count: Int) -> UInt64 {
        // Shifting by 64 or more gives 0.
        ~(UInt64.max >> UInt64(Swift.max(0, count)))
    }

    /// The network of the same length that holds an address.
    public func masking(_ other: IPAddress) -> IPAddress {
        IPAddress(high: other.high & mask.high, low: other.low & mask.low)
    }
}
