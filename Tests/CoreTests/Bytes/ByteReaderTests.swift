import Core
import Testing

@Suite struct ByteReaderTests {
    @Test func readsNetworkOrderAndStopsAtTheEnd() {
        let bytes: [UInt8] = Array(1...15)
        bytes.withBytes { span in
            var reader = ByteReader(span)
            // The macro cannot hold a value that may not escape: read first, then compare.
            let byte = reader.readUInt8()
            let short = reader.readUInt16()
            let word = reader.readUInt32()
            let long = reader.readUInt64()
            let isAtEnd = reader.isAtEnd
            let beyond = reader.readUInt8()
            #expect(byte == 1 && short == 0x0203)
            #expect(word == 0x0405_0607)
            #expect(long == 0x0809_0a0b_0c0d_0e0f)
            #expect(isAtEnd && beyond == nil)
        }
    }

    @Test func aReadThatDoesNotFitLeavesTheCursor() {
        let bytes: [UInt8] = [0, 9, 1]
        bytes.withBytes { span in
            var reader = ByteReader(span)
            let word = reader.readUInt32()
            let hasShort = reader.readShort() != nil
            let hasSkipped = reader.skip(4)
            let hasRead = reader.read(count: -1) != nil
            let offset = reader.offset
            #expect(word == nil && !hasShort && !hasSkipped && !hasRead)
            #expect(offset == 0)
        }
    }
}

@Suite struct RawSpanReadingTests {
    @Test(arguments: 0..<40)
    func findsAByteWhereverItStands(_ position: Int) {
        var bytes = [UInt8](repeating: 0x61, count: 40)
        bytes[position] = 0x0a
        bytes.withBytes { span in
            let found = span.firstIndex(of: 0x0a)
            let second = span.firstIndex(of: 0x0a, from: position + 1)
            let other = span.firstIndex(of: 0x0b)
            #expect(found == position && second == nil && other == nil)
        }
    }

    /// Lengths on both sides of the eight bytes that are compared at a time.
    @Test(arguments: 0..<20)
    func findsTheFirstOfTwoBytes(_ count: Int) {
        var wrong: [String] = []
        for start in 0...count {
            for first in 0..<count {
                for second in 0..<count where second != first {
                    var bytes = [UInt8](repeating: 0x61, count: count)
                    bytes[first] = 0x22
                    bytes[second] = 0x5c
                    let expected = [first, second].filter { $0 >= start }.min()
                    let found = bytes.withBytes {
                        $0.firstIndex(of: 0x22, or: 0x5c, from: start)
                    }
                    if found != expected { wrong.append("\(bytes) from \(start)") }
                }
            }
        }
        #expect(wrong.isEmpty)
    }

    static let texts: [StaticString] = [
        "", "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghijk",
    ]

    @Test(arguments: texts.indices)
    func comparesTextsOfAllLengths(_ index: Int) {
        let text = Self.texts[index]
        let same = [0x7a] + Array("\(text)".utf8)
        #expect(same.withBytes { $0.hasBytes(of: text, at: 1) })
        let isLonger = same.withBytes { $0.hasBytes(of: text, at: 2) }
        #expect(!isLonger)
        for place in 1..<same.count {
            var other = same
            other[place] ^= 1
            let (hasText, hasBytes) = other.withBytes { other in
                same.withBytes {
                    (other.hasBytes(of: text, at: 1), other.hasSameBytes(as: $0))
                }
            }
            #expect(!hasText && !hasBytes, "\(place)")
        }
    }

    static let numbers: [(bytes: [UInt8], value: UInt64)] = [
        ([], 0), ([0xff], 255), ([1, 2, 3], 0x010203), ([0, 0, 0, 0, 0, 1], 1),
        ([255, 255, 255, 255, 255, 255, 255, 255], .max),
    ]

    @Test(arguments: numbers)
    func readsNumbersOfAnyLength(_ example: (bytes: [UInt8], value: UInt64)) {
        let number = example.bytes.withBytes { $0.unsigned() }
        #expect(number == example.value)
    }
}
