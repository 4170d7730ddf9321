import Core
import TestKit
import Testing

@Suite struct ShapeCodingTests {
    private func encoded() -> [UInt8] {
        var buffer = ByteBuffer()
        SampleShapes.everything.encode(into: &buffer)
        return (0..<buffer.count).map { buffer.bytes.byte(at: $0) }
    }

    private func decode(_ bytes: [UInt8]) throws(DecodeError) -> Shape {
        try bytes.withBytes { (span) throws(DecodeError) in
            var reader = ByteReader(span)
            return try Shape.decode(from: &reader)
        }
    }

    @Test func decodesToAnEqualShape() throws {
        #expect(try decode(encoded()) == SampleShapes.everything)
    }

    @Test func refusesEveryTruncation() {
        for cut in Damage.truncations(of: encoded()) {
            #expect(throws: DecodeError.self) { try decode(cut) }
        }
    }

    @Test func survivesFlippedBits() {
        for damaged in Damage.flips(of: encoded(), count: 2_000) { _ = try? decode(damaged) }
    }
}
