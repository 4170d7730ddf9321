import Core
import Net
import TestKit
import Testing

@Suite struct ProxyHeaderTests {
    static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)

    /// A header of version 2.
    static func binary(
        _ versionAndCommand: UInt8, _ family: UInt8, _ block: [UInt8], length: Int? = nil
    ) -> [UInt8] {
        let count = length ?? block.count
        return signature + [versionAndCommand, family, UInt8(count >> 8), UInt8(count & 255)]
            + block
    }

    static let v4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0x9c, 0x40, 2, 2]
    static let v6: [UInt8] =
        [0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [1] + Array(repeating: 0, count: 16)
        + [0, 9, 2, 2]
    /// PP2_TYPE_NOOP with three bytes.
    static let tlv: [UInt8] = [4, 0, 3, 1, 2, 3]
    static let origin4 = IPAddress("192.0.2.1").map { Endpoint(address: $0, port: 40_000) }
    static let origin6 = IPAddress("2001:db8::1").map { Endpoint(address: $0, port: 9) }

    struct Case: CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var expected: Expected
        var testDescription: String { name }

        init(_ name: String, _ bytes: [UInt8], _ expected: Expected) {
            (self.name, self.bytes, self.expected) = (name, bytes, expected)
        }

        init(_ name: String, _ text: String, _ expected: Expected) {
            self.init(name, Array(text.utf8), expected)
        }
    }

    /// A reading, for there is no way to make a header but to read it.
    enum Expected: Equatable {
        case header(Int, Endpoint?)
        case incomplete(wanted: Int)
        case absent, malformed

        init(_ reading: ProxyHeader.Reading) {
            switch reading {
            case .header(let header): self = .header(header.length, header.origin)
            case .incomplete(let wanted): self = .incomplete(wanted: wanted)
            case .absent: self = .absent
            case .malformed: self = .malformed
            }
        }
    }

    static func header(_ length: Int, _ origin: Endpoint? = nil) -> Expected {
        .header(length, origin)
    }

    static let texts = [
        Case("TCP4", "PROXY TCP4 192.0.2.1 198.51.100.1 40000 514\r\n<1>a", header(45, origin4)),
        Case("TCP6", "PROXY TCP6 2001:db8::1 2001:db8::2 9 514\r\n", header(42, origin6)),
        Case("UNKNOWN", "PROXY UNKNOWN\r\n", header(15)),
        Case("UNKNOWN with a tail", "PROXY UNKNOWN ff:: a b 1\r\n", header(26)),
        Case("longest", "PROXY UNKNOWN " + String(repeating: "f", count: 91) + "\r\n", header(107)),
        Case("too long", "PROXY UNKNOWN " + String(repeating: "f", count: 92) + "\r\n", .malformed),
        Case("without end", "PROXY " + String(repeating: "f", count: 101), .malformed),
        Case(
            "without end yet", "PROXY " + String(repeating: "f", count: 100),
            .incomplete(wanted: 107)),
        Case("lone line feed", "PROXY UNKNOWN\n", .malformed),
        Case("port too high", "PROXY TCP4 192.0.2.1 198.51.100.1 65536 514\r\n", .malformed),
        Case("no address", "PROXY TCP4 host 198.51.100.1 1 514\r\n", .malformed),
        Case("no ports", "PROXY TCP4 192.0.2.1 198.51.100.1\r\n", .malformed),
        Case("two spaces", "PROXY TCP4  192.0.2.1 198.51.100.1 1 514\r\n", .malformed),
        Case("other protocol", "PROXY UDP4 192.0.2.1 198.51.100.1 1 514\r\n", .malformed),
        Case("a message", "<13>Oct 11 22:14:15 h t: m", .absent),
        Case("another word", "PROXZ", .absent),
        Case("a beginning", "PRO", .incomplete(wanted: 8)),
        Case("nothing", "", .incomplete(wanted: 16)),
    ]

    static let binaries = [
        Case("IPv4", binary(0x21, 0x11, v4), header(28, origin4)),
        Case("IPv4 by UDP", binary(0x21, 0x12, v4), header(28, origin4)),
        Case("IPv6", binary(0x21, 0x21, v6), header(52, origin6)),
        Case("further values", binary(0x21, 0x11, v4 + tlv), header(34, origin4)),
        Case("LOCAL", binary(0x20, 0, []), header(16)),
        Case("LOCAL with addresses", binary(0x20, 0x11, v4), header(28)),
        Case("LOCAL of an unknown family", binary(0x20, 0xff, v4), header(28)),
        Case("unspecified", binary(0x21, 0, tlv), header(22)),
        Case("unix", binary(0x21, 0x31, Array(repeating: 0x2f, count: 216)), header(232)),
        Case("family too high", binary(0x21, 0x41, v4), .malformed),
        Case("transport too high", binary(0x21, 0x13, v4), .malformed),
        Case("version 1", binary(0x11, 0x11, v4), .malformed),
        Case("unknown command", binary(0x22, 0x11, v4), .malformed),
        Case("addresses too short", binary(0x21, 0x11, Array(v4.dropLast())), .malformed),
        Case("IPv6 too short", binary(0x21, 0x21, v4), .malformed),
        Case("much too long", binary(0x21, 0x11, v4, length: 0xffff), .malformed),
        Case("block to come", binary(0x21, 0x11, [], length: 12), .incomplete(wanted: 28)),
        Case("signature", signature, .incomplete(wanted: 16)),
        Case("part of it", Array(signature.prefix(5)), .incomplete(wanted: 16)),
        Case("almost it", Array(signature.dropLast()) + [0x0b], .absent),
    ]

    private func read(_ bytes: [UInt8]) -> Expected {
        Expected(bytes.withBytes { ProxyHeader.read($0) })
    }

    @Test(arguments: texts + binaries)
    func reads(example: Case) { #expect(read(example.bytes) == example.expected) }

    /// What is wanted is always more than there is, and not more than the header.
    @Test(arguments: texts + binaries)
    func wantsMoreUntilItIsWhole(example: Case) {
        guard case .header(let length, _) = example.expected else { return }
        for count in 0..<length {
            guard case .incomplete(let wanted) = read(Array(example.bytes.prefix(count))) else {
                Issue.record("\(count) bytes are no beginning")
                continue
            }
            // Nothing tells the two versions apart before the first byte.
            #expect(wanted > count && wanted <= max(length, count == 0 ? 16 : 0))
        }
    }
}
