import Core
import Testing

@testable import Parsers

@Suite struct TextAddressTests {
    static let addresses: [(text: String, value: UInt32?, end: Int)] = [
        ("10.1.119.45:2045", 0x0a01_772d, 11), ("255.255.255.255", .max, 15), ("0.0.0.0", 0, 7),
        ("1.2.3.4567", nil, 0), ("1.2.3.45-", 0x0102_032d, 8), ("1.2.3", nil, 0),
        ("256.1.1.1", nil, 0), ("1..2.3", nil, 0), ("", nil, 0), ("1.2.3.", nil, 0),
        ("1.2.3.999", nil, 0),
    ]

    @Test(arguments: addresses)
    func readsDottedDecimal(_ example: (text: String, value: UInt32?, end: Int)) {
        var offset = 0
        let value = Array(example.text.utf8).withBytes { TextAddress.v4($0, &offset) }
        #expect(value == example.value && offset == example.end)
    }

    static let macs: [(text: String, value: UInt64?)] = [
        ("4c:5e:0c:11:22:33", 0x4c5e_0c11_2233), ("FF:EE:DD:CC:BB:AA", 0xffee_ddcc_bbaa),
        ("00:00:00:00:00:0f,", 0x0f), ("4c:5e:0c:11:22:3", nil), ("4c-5e-0c-11-22-33", nil),
        ("4g:5e:0c:11:22:33", nil), ("4c:5e:0c-11:22:33", nil), ("4c:5e:0c:11:22:3`", nil),
        ("4c:5e:0c:11:22:3/", nil), ("4c:5e:0c:11:22:\u{13}3", nil), ("::5e:0c:11:22:33", nil),
    ]

    @Test(arguments: macs)
    func readsMACAddresses(_ example: (text: String, value: UInt64?)) {
        let value = Array(example.text.utf8).withBytes { TextAddress.mac($0, at: 0) }
        #expect(value == example.value)
    }

    /// Every byte in every place: only hexadecimal digits and colons may stand where they do.
    @Test func refusesAllOtherBytesInMACAddresses() {
        var wrong: [String] = []
        let right = Array("4c:5e:0c:11:22:33".utf8)
        for place in right.indices {
            for byte in UInt8.min...UInt8.max {
                var text = right
                text[place] = byte
                let isRight = place % 3 == 2 ? byte == UInt8(ascii: ":") : byte.isHexDigit
                let value = text.withBytes { TextAddress.mac($0, at: 0) }
                if (value != nil) != isRight { wrong.append("\(byte) at \(place)") }
            }
        }
        #expect(wrong.isEmpty)
    }
}
