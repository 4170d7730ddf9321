public import Core

/// The header that a load balancer puts in front of a connection or datagram to say whose it is:
/// the PROXY protocol, versions 1 and 2 (haproxy, proxy-protocol.txt).
public struct ProxyHeader: Equatable, Sendable {
    /// Bytes up to the payload.
    public var length: Int
    /// The sender that the header names; `nil` when the balancer speaks for itself (LOCAL, UNKNOWN)
    /// or the sender has no IP address.
    public var origin: Endpoint?

    /// What some first bytes are.
    public enum Reading: Equatable, Sendable {
        /// No header: the payload itself.
        case absent
        /// The beginning of a header; so many bytes at least are needed to tell more.
        case incomplete(wanted: Int)
        case header(ProxyHeader)
        /// It begins like a header and is none.
        case malformed
    }

    /// Longest header of version 2: some balancers put the client's certificate into it.
    private static let binaryLimit = 16 << 10
    /// Longest text of version 1, its line end included.
    private static let textLimit = 107
    private static let signature: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
    ]
    private static let word = Array("PROXY ".utf8)

    public static func read(_ bytes: RawSpan) -> Reading {
        if let isWhole = matches(bytes, signature) {
            return isWhole ? readBinary(bytes) : .incomplete(wanted: signature.count + 4)
        }
        guard let isWhole = matches(bytes, word) else { return .absent }
        return isWhole ? readText(bytes) : .incomplete(wanted: word.count + 2)
    }

    /// Whether `bytes` begin with `wanted`; `nil` when they differ, `false` when they end before.
    private static func matches(_ bytes: RawSpan, _ wanted: [UInt8]) -> Bool? {
        for index in 0..<min(bytes.byteCount, wanted.count)
        where bytes.byte(at: index) != wanted[index] {
            return nil
        }
        return bytes.byteCount >= wanted.count
    }

    // MARK: Version 2

    private static func readBinary(_ bytes: RawSpan) -> Reading {
        guard bytes.byteCount >= 16 else { return .incomplete(wanted: 16) }
        let versionAndCommand = bytes.byte(at: 12)
        guard versionAndCommand >> 4 == 2, versionAndCommand & 15 <= 1 else { return .malformed }
        let length = 16 + Int(bytes.uint16(at: 14))
        guard length <= binaryLimit else { return .malformed }
        guard bytes.byteCount >= length else { return .incomplete(wanted: length) }
        guard versionAndCommand & 15 == 1 else { return .header(ProxyHeader(length: length)) }
        let family = bytes.byte(at: 13) >> 4
        // Others "must be rejected as invalid by receivers" (§2.2).
        guard family <= 3, bytes.byte(at: 13) & 15 <= 2 else { return .malformed }
        let addressLength = family == 1 ? 4 : family == 2 ? 16 : 0
        guard addressLength > 0 else { return .header(ProxyHeader(length: length)) }
        guard length >= 16 + 2 * addressLength + 4,
            let address = IPAddress(bytes.extracting(16..<16 + addressLength))
        else { return .malformed }
        let port = bytes.uint16(at: 16 + 2 * addressLength)
        return .header(
            ProxyHeader(length: length, origin: Endpoint(address: address, port: port)))
    }

    // MARK: Version 1

    /// `PROXY TCP4 192.0.2.1 198.51.100.1 40000 514` and a line end.
    private static func readText(_ bytes: RawSpan) -> Reading {
        var end = word.count
        while end < bytes.byteCount, bytes.byte(at: end) != 0x0a { end += 1 }
        guard end < min(bytes.byteCount, textLimit) else {
            return end < textLimit ? .incomplete(wanted: end + 1) : .malformed
        }
        guard bytes.byte(at: end - 1) == 0x0d else { return .malformed }
        let line = bytes.extracting(word.count..<end - 1).makeString()
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        if words.first == "UNKNOWN" { return .header(ProxyHeader(length: end + 1)) }
        guard words.count == 5, words[0] == "TCP4" || words[0] == "TCP6",
            let address = IPAddress(String(words[1])), IPAddress(String(words[2])) != nil,
            let port = UInt16(words[3]), UInt16(words[4]) != nil
        else { return .malformed }
        return .header(
            ProxyHeader(length: end + 1, origin: Endpoint(address: address, port: port)))
    }
}
