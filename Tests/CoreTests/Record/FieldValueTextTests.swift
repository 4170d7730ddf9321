import Core
import Testing

@Suite struct FieldValueTextTests {
    private func text(_ bytes: [UInt8], _ encoding: Encoding) -> String? {
        var scratch = ByteBuffer()
        return bytes.withBytes {
            FieldValue.read($0, as: encoding).withText(scratch: &scratch) { $0.makeString() }
        }
    }

    @Test(
        arguments: [
            ([1], .boolean, "true"), ([0], .boolean, "false"), ([0], .unsigned, "0"),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .unsigned, "18446744073709551615"),
            ([0x80, 0, 0, 0, 0, 0, 0, 0], .signed, "-9223372036854775808"),
            ([0x3f, 0xf8, 0, 0, 0, 0, 0, 0], .float, "1.5"), ([0x61, 0x62], .text, "ab"),
            ([], .text, ""), ([0x0a, 0xf0], .bytes, "0af0"),
            ([192, 0, 2, 10], .address, "192.0.2.10"),
            ([0x20, 1, 0xd, 0xb8] + Array(repeating: 0, count: 11) + [1], .address, "2001:db8::1"),
            ([2, 0, 0xa, 0xff, 0, 1], .mac, "02:00:0a:ff:00:01"),
            ([0, 0, 0, 0], .seconds, "1970-01-01T00:00:00.000Z"),
            ([0, 0, 0, 0, 0, 0, 0, 1], .nanoseconds, "1970-01-01T00:00:00.000000001Z"),
            ([0, 0, 0, 0, 0, 0, 3, 0xe8], .nanoseconds, "1970-01-01T00:00:00.000001Z"),
            (
                [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .nanoseconds,
                "1969-12-31T23:59:59.999999999Z"
            ),
        ] as [([UInt8], Encoding, String)])
    func writesWhatJSONShows(bytes: [UInt8], encoding: Encoding, expected: String) {
        #expect(text(bytes, encoding) == expected)
    }

    @Test(arguments: [([], .null), ([11, 0, 0, 0, 0], .nested)] as [([UInt8], Encoding)])
    func hasNoTextForOthers(bytes: [UInt8], encoding: Encoding) {
        #expect(text(bytes, encoding) == nil)
    }
}
