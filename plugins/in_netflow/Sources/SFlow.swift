import Core

/// Numbers and structures of sFlow version 5 (sflow.org, `sflow_version_5.txt`).
///
/// Everything is XDR (RFC 4506): 32-bit words, and text preceded by its length and padded to four
/// bytes.
enum SFlow {
    static let version: UInt32 = 5

    /// The formats of samples of enterprise 0.
    enum Sample: UInt32 {
        case flow = 1
        case counters = 2
        case expandedFlow = 3
        case expandedCounters = 4
        case discard = 5
    }

    /// The formats of flow records of enterprise 0 that are decoded.
    enum FlowRecord: UInt32 {
        case rawHeader = 1
        case ethernet = 2
        case ipv4 = 3
        case ipv6 = 4
        case extendedSwitch = 1001
        case extendedRouter = 1002
        case extendedGateway = 1003
        case extendedUser = 1004
        case extendedURL = 1005
        case extendedNAT = 1007
        case extendedNATPort = 1020
        case vniEgress = 1029
        case vniIngress = 1030
    }

    /// What sampled headers begin with.
    enum HeaderProtocol: UInt32 {
        case ethernet = 1
        case ppp = 7
        case ipv4 = 11
        case ipv6 = 12
        case mpls = 13
    }
}

extension ByteReader {
    /// Reads an address behind its type: 1 IPv4, 2 IPv6; 0 is unknown and has no bytes.
    ///
    /// - Returns: `nil` when the bytes end early or the type is another one.
    mutating func readXDRAddress() -> IPAddress? {
        switch readUInt32() {
        case 0: IPAddress(high: 0, low: 0)
        case 1: readUInt32().map { IPAddress(v4: $0) }
        case 2: readIPv6()
        default: nil
        }
    }

    mutating func readIPv6() -> IPAddress? {
        guard let high = readUInt64(), let low = readUInt64() else { return nil }
        return IPAddress(high: high, low: low)
    }

    /// Finds text behind its length and skips its padding, which may be missing at the end.
    ///
    /// - Returns: where the text lies in `bytes`.
    mutating func readXDRText() -> Range<Int>? {
        guard let word = readUInt32() else { return nil }
        let start = offset
        guard skip(Int(word)) else { return nil }
        let end = offset
        _ = skip(Swift.min(-Int(word) & 3, remaining))
        return start..<end
    }
}
