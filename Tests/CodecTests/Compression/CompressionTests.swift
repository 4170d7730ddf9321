import Codec
import Core
import Foundation
import TestKit
import Testing

@Suite struct CompressionTests {
    /// Lines that compress, and bytes that do not.
    private func sample(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 3)
        var bytes: [UInt8] = []
        while bytes.count < count {
            bytes += Array("{\"line\":\(random.next() % 1000),\"text\":\"same again\"}\n".utf8)
            bytes += (0..<10).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        return Array(bytes.prefix(count))
    }

    @Test(arguments: [0, 1, 100, 32_768, 300_000])
    func gzipComesBackFromTwoMembers(count: Int) throws {
        let sample = sample(count)
        var encoder = try GzipEncoder(level: 1)
        var packed = ByteBuffer()
        for _ in 0..<2 {
            try sample.withBytes { span throws(OperationError) in
                try encoder.append(span, to: &packed)
            }
            try encoder.finish(to: &packed)
        }
        // All at once, and byte by byte.
        for piece in [packed.count, 7] {
            var decoder = try GzipDecoder()
            var plain = ByteBuffer()
            for start in stride(from: 0, to: packed.count, by: piece) {
                try decoder.append(
                    packed.bytes.extracting(start..<min(start + piece, packed.count)), to: &plain)
            }
            let isWhole = decoder.isAtMemberEnd
            #expect(isWhole)
            #expect(plain.bytes.copy() == sample + sample)
        }
    }

    @Test func gzipFlushMakesEverythingReadable() throws {
        var encoder = try GzipEncoder()
        var packed = ByteBuffer()
        try sample(5000).withBytes { span throws(OperationError) in
            try encoder.append(span, to: &packed)
        }
        try encoder.flush(to: &packed)
        var decoder = try GzipDecoder()
        var plain = ByteBuffer()
        try decoder.append(packed.bytes, to: &plain)
        let isWhole = decoder.isAtMemberEnd
        #expect(!isWhole)
        #expect(plain.bytes.copy() == sample(5000))
    }

    @Test(arguments: [0, 1, 100, 131_072, 400_000])
    func zstdComesBackFromTwoFrames(count: Int) throws {
        let sample = sample(count)
        var encoder = try ZstdEncoder(level: 1)
        var packed = ByteBuffer()
        for _ in 0..<2 {
            try sample.withBytes { span throws(OperationError) in
                try encoder.append(span, to: &packed)
            }
            try encoder.finish(to: &packed)
        }
        for piece in [packed.count, 7] {
            var decoder = try ZstdDecoder()
            var plain = ByteBuffer()
            for start in stride(from: 0, to: packed.count, by: piece) {
                try decoder.append(
                    packed.bytes.extracting(start..<min(start + piece, packed.count)), to: &plain)
            }
            let isWhole = decoder.isAtFrameEnd
            #expect(isWhole)
            #expect(plain.bytes.copy() == sample + sample)
        }
    }

    @Test func gzipKnowsWhenTheFileIsCutShort() throws {
        var encoder = try GzipEncoder()
        var packed = ByteBuffer()
        try sample(1000).withBytes { span throws(OperationError) in
            try encoder.append(span, to: &packed)
        }
        try encoder.finish(to: &packed)
        for count in 1..<packed.count {
            var decoder = try GzipDecoder()
            var plain = ByteBuffer()
            try decoder.append(packed.bytes.extracting(0..<count), to: &plain)
            let isWhole = decoder.isAtMemberEnd
            #expect(!isWhole)
        }
    }

    @Test func refusesWhatIsNotCompressed() throws {
        let text = Array("this is plain text, neither gzip nor zstd".utf8)
        var gzip = try GzipDecoder()
        var zstd = try ZstdDecoder()
        var plain = ByteBuffer()
        #expect(
            code { () throws(OperationError) in
                try text.withBytes { span throws(OperationError) in
                    try gzip.append(span, to: &plain)
                }
            } == .compressionFailed)
        #expect(
            code { () throws(OperationError) in
                try text.withBytes { span throws(OperationError) in
                    try zstd.append(span, to: &plain)
                }
            } == .compressionFailed)
        let count = plain.count
        #expect(count == 0)
    }

    @Test func refusesAnImpossibleLevel() {
        #expect(
            code { () throws(OperationError) in _ = try GzipEncoder(level: 77) }
                == .compressionFailed)
    }

    private func code(_ body: () throws(OperationError) -> Void) -> ErrorCode? {
        do {
            try body()
            return nil
        } catch { return error.code }
    }
}
