import Core
import TestKit
import Testing

@testable import Messages

@Suite struct UTF8TextTests {
    @Test(
        arguments: [
            [0xc0, 0xaf], [0xc1, 0x80], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80],
            [0xf0, 0x8f, 0xbf, 0xbf],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xc3], [0xe2, 0x82],
            [0xff],
        ] as [[UInt8]])
    func refusesWhatIsNotWellFormed(bytes: [UInt8]) {
        for lead in 0..<9 {
            let text = [UInt8](repeating: 0x61, count: lead) + bytes
            #expect(text.withBytes { !UTF8Text.isValid($0) })
        }
    }

    /// The standard library judges the same way.
    @Test func agreesWithTheStandardLibrary() {
        var random = SeededRandom(seed: 5)
        let pieces: [[UInt8]] = [
            [0x61], Array("é".utf8), Array("€".utf8), Array("😀".utf8), [0xe2], [0x82], [0xed],
            [0xf4], [0xbf], [0x9f],
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...7, using: &random)
            let text = (0..<count).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
            let expected = String(validating: text, as: UTF8.self) != nil
            #expect(text.withBytes { UTF8Text.isValid($0) } == expected, "\(text)")
        }
    }

    @Test func cutsBetweenCharacters() {
        let text = Array("aé€😀".utf8)
        let expected = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6]
        for limit in 0..<text.count {
            #expect(text.withBytes { UTF8Text.boundary(in: $0, at: limit) } == expected[limit])
        }
        // Without characters there is nothing to keep whole.
        #expect(
            [UInt8](repeating: 0x80, count: 9).withBytes { UTF8Text.boundary(in: $0, at: 6) } == 6)
    }
}
