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

    /// Whose encoders there are on this machine; builds have ISA-L's package, machines need not.
    static let encoders: [(GzipEncoder.Library, level: Int)] =
        (GzipEncoder.remark == nil ? [(.isal, 1), (.isal, 2), (.isal, 3)] : [])
        + [(.zlib, 1), (.zlib, 9)]

    /// Members of one size each, as an output makes them.
    private func pack(
        _ samples: [[UInt8]], _ encoder: (GzipEncoder.Library, level: Int)
    ) throws -> ByteBuffer {
        var gzip = try GzipEncoder(level: encoder.level, library: encoder.0)
        var packed = ByteBuffer()
        for sample in samples {
            // In pieces, too: a member may take any number of them.
            for piece in [0..<sample.count / 3, sample.count / 3..<sample.count] {
                try sample.withBytes { span throws(OperationError) in
                    try gzip.append(span.extracting(piece), to: &packed)
                }
            }
            try gzip.finish(to: &packed)
        }
        return packed
    }

    @Test(arguments: [0, 1, 100, 32_768, 120_000], encoders)
    func gzipComesBackFromTwoMembers(
        count: Int, encoder: (GzipEncoder.Library, level: Int)
    ) throws {
        let sample = sample(count)
        let packed = try pack([sample, sample], encoder)
        // All at once, and in small pieces.
        for piece in [packed.count, 61] {
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

    /// What is made here is what everybody calls gzip.
    @Test(
        arguments: [
            ["gzip", "-dc"],
            [
                "python3", "-c",
                "import gzip,sys;sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))",
            ],
        ], encoders)
    func othersReadEveryMember(
        command: [String], encoder: (GzipEncoder.Library, level: Int)
    ) throws {
        // Nothing, what does not compress, long runs, and lines longer than the window.
        var random = SeededRandom(seed: 9)
        let samples = [
            [], (0..<70_000).map { _ in UInt8(truncatingIfNeeded: random.next()) },
            Array(repeating: 97, count: 200_000), sample(400_000), sample(3),
        ]
        let packed = try pack(samples, encoder)
        let directory = try TemporaryDirectory()
        let file = directory.file("in.gz")
        let bytes = packed.bytes.copy()
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let process = Foundation.Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let plain = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(plain == Data(samples.flatMap { $0 }))
    }

    @Test func takesZlibForLevelsThatTheFastOneLacks() throws {
        let sample = sample(300_000)
        var sizes: [Int] = []
        for level in [1, 9] {
            var encoder = try GzipEncoder(level: level)
            var packed = ByteBuffer()
            try sample.withBytes { span throws(OperationError) in
                try encoder.append(span, to: &packed)
            }
            try encoder.finish(to: &packed)
            sizes.append(packed.count)
        }
        let best = try pack([sample], (.zlib, 9))
        #expect(sizes[1] == best.count)
        #expect(sizes[1] <= sizes[0])
        #expect(
            code { () throws(OperationError) in _ = try GzipEncoder(level: 4, library: .isal) }
                == .compressionFailed)
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
