/// An IPv4 or IPv6 address in network byte order.
///
/// IPv4 is held as IPv4-mapped IPv6 (`::ffff:a.b.c.d`, RFC 4291 §2.5.5.2), so one 16-byte form
/// serves every socket and record; it prints as IPv4.
public struct IPAddress: Hashable, Sendable {
    /// The first and the last 8 bytes.
    public var high: UInt64
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable
    public init(v4 address: UInt32) {
        high = 0
        low = 0xffff_0000_0000 | UInt64(address)
    }

    /// - Parameter bytes: 4 bytes make an IPv4 address, 16 an IPv6 one; other lengths are `nil`.
    @inlinable
    public init?(_ bytes: RawSpan) {
        switch bytes.byteCount {
        case 4: self.init(v4: bytes.uint32(at: 0))
        case 16: self.init(high: bytes.uint64(at: 0), low: bytes.uint64(at: 8))
        default: return nil
        }
    }

    /// The address as 32 bits when it is IPv4 or IPv4-mapped.
    @inlinable
    public var v4: UInt32? {
        high == 0 && low >> 32 == 0xffff ? UInt32(truncatingIfNeeded: low) : nil
    }

    public static let any = IPAddress(v4: 0)
    public static let loopback = IPAddress(v4: 0x7f00_0001)
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or RFC 5952 text.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(40)
        appendText(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func appendText(to text: inout [UInt8]) {
        guard let address = v4 else { return appendV6(to: &text) }
        for shift in stride(from: 24, through: 0, by: -8) {
            text.append(contentsOf: String(address >> UInt32(shift) & 0xff).utf8)
            if shift > 0 { text.append(UInt8(ascii: ".")) }
        }
    }

    private func appendV6(to text: inout [UInt8]) {
        let groups = (0..<8).map { index in
            UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - index % 4 * 16))
        }
        // The longest run of two or more zero groups, the first of equals (RFC 5952 §4.2).
        var best = 0..<0
        var index = 0
        while index < 8 {
            let end = groups[index...].firstIndex { $0 != 0 } ?? 8
            if end - index > Swift.max(best.count, 1) { best = index..<end }
            index = Swift.max(end, index + 1)
        }
        index = 0
        while index < 8 {
            if index == best.lowerBound && !best.isEmpty {
                text.append(contentsOf: "::".utf8)
                index = best.upperBound
                continue
            }
            text.append(contentsOf: String(groups[index], radix: 16).utf8)
            index += 1
            if index < 8 && index != best.lowerBound { text.append(UInt8(ascii: ":")) }
        }
    }
}

extension IPAddress: LosslessStringConvertible {
    /// Reads dotted decimal or RFC 4291 text, without brackets or zone.
    public init?(_ description: String) {
        if description.utf8.contains(UInt8(ascii: ":")) {
            guard let address = IPAddress.parseV6(description) else { return nil }
            self = address
        } else {
            guard let address = IPAddress.parseV4(description) else { return nil }
            self.init(v4: address)
        }
    }

    static func parseV4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard part.utf8.count <= 3, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let byte = UInt8(part)
            else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    private static func parseV6(_ text: String) -> IPAddress? {
        guard let halves = splitAtDoubleColon(text) else { return nil }
        guard let head = groups(halves.head), let tail = groups(halves.tail) else { return nil }
        let count = head.count + tail.count
        guard halves.isShortened ? count <= 7 : count == 8 else { return nil }
        let all = head + Array(repeating: UInt16(0), count: 8 - count) + tail
        let words = all.map(UInt64.init)
        return IPAddress(
            high: words[0] << 48 | words[1] << 32 | words[2] << 16 | words[3],
            low: words[4] << 48 | words[5] << 32 | words[6] << 16 | words[7])
    }

    private static func splitAtDoubleColon(
        _ text: String
    ) -> (head: Substring, tail: Substring, isShortened: Bool)? {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":" && next < text.endIndex && text[next] == ":" {
                let tail = text[text.index(after: next)...]
                if tail.hasPrefix(":") { return nil }
                return (text[..<index], tail, true)
            }
            index = next
        }
        return (text[...], "", false)
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
                guard let address = parseV4(part) else { return nil }
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }
}

extension UInt8 {
    /// Whether this is an ASCII `0-9`, `a-f` or `A-F`.
    public var isHexDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

/// Where a payload came from or a listener waits: address and port.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    public var address: IPAddress
    public var port: UInt16

    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    public var description: String {
        address.v4 == nil ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
