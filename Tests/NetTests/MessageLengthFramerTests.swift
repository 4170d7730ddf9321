import Core
import Net
import TestKit
import Testing

@Suite struct MessageLengthFramerTests {
    /// A message of `length` bytes, all but the header `filler`.
    static func message(_ length: Int, filler: UInt8 = 0x41) -> [UInt8] {
        [0, 10, UInt8(length >> 8), UInt8(length & 0xff)]
            + [UInt8](repeating: filler, count: length - 4)
    }

    /// The lengths of the messages of a stream, and whether it broke; the rest at the end.
    static func cut(
        _ pieces: [[UInt8]]
    ) -> (lengths: [Int], isBroken: Bool, rest: Int) {
        var framer = Framer(format: .ipfix)
        var buffer: [UInt8] = []
        var lengths: [Int] = []
        for piece in pieces {
            buffer += piece
            var offset = 0
            scan: while true {
                switch buffer.withBytes({ framer.next(in: $0, at: offset) }) {
                case .frame(let range, let next):
                    #expect(range.lowerBound == offset && range.upperBound == next)
                    lengths.append(range.count)
                    offset = next
                case .needMore: break scan
                case .broken: return (lengths, true, buffer.count - offset)
                case .skip, .cut, .lost: Issue.record("no such step for messages")
                }
            }
            buffer.removeFirst(offset)
        }
        let left = buffer.withBytes { framer.remainder(of: $0, at: 0) }
        #expect(left?.range.count ?? 0 == buffer.count)
        return (lengths, false, buffer.count)
    }

    @Test func findsMessagesSplitAtEveryByte() {
        let stream = Self.message(16) + Self.message(300) + Self.message(17)
        for place in 0...stream.count {
            let found = Self.cut([Array(stream[..<place]), Array(stream[place...])])
            #expect(found.lengths == [16, 300, 17])
            #expect(!found.isBroken && found.rest == 0)
        }
        #expect(Self.cut(stream.map { [$0] }).lengths == [16, 300, 17])
    }

    @Test func takesTheLongestMessage() {
        #expect(Self.cut([Self.message(65_535) + Self.message(20)]).lengths == [65_535, 20])
    }

    @Test(
        arguments: [
            [0, 9, 0, 40], [0, 11], [1, 10, 0, 40], [0, 10, 0, 15], [0, 10, 0, 0], Array("<1".utf8),
            [0x16, 3],
        ] as [[UInt8]])
    func breaksAtTheFirstHeaderThatIsNone(header: [UInt8]) {
        let stream = Self.message(16) + header
        for pieces in [[stream], stream.map { [$0] }] {
            let found = Self.cut(pieces)
            #expect(found.lengths == [16])
            #expect(found.isBroken)
        }
    }

    @Test func leavesAMessageThatNeverEnds() {
        let found = Self.cut([Self.message(16) + Self.message(50).dropLast()])
        #expect(found.lengths == [16])
        #expect(found.rest == 49 && !found.isBroken)
    }

    @Test func doesNotDependOnHowRandomStreamsAreCut() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            var stream = (0..<4).flatMap { _ in
                Self.message(Int.random(in: 16...60, using: &random))
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                stream[Int.random(in: 0..<stream.count, using: &random)] =
                    UInt8.random(in: 0...20, using: &random)
            }
            let whole = Self.cut([stream])
            let bytewise = Self.cut(stream.map { [$0] })
            #expect(whole.lengths == bytewise.lengths && whole.isBroken == bytewise.isBroken)
        }
    }
}
