import Codec
import Core

/// Decompresses the pieces of a file one after the other.
protocol PieceDecoder: ~Copyable {
    /// Compressed bytes taken at once: what they may grow to is held in memory.
    static var pieceSize: Int { get }

    /// Whether the file may end here.
    var isAtEnd: Bool { get }

    mutating func append(_ bytes: RawSpan, to output: inout ByteBuffer) throws(OperationError)
}

extension GzipDecoder: PieceDecoder {
    /// Deflate grows a thousandfold at most.
    static var pieceSize: Int { 16 << 10 }

    var isAtEnd: Bool { isAtMemberEnd }
}

extension ZstdDecoder: PieceDecoder {
    /// Four bytes may stand for 128 kB (RFC 8878 §3.1.1.2).
    static var pieceSize: Int { 512 }

    var isAtEnd: Bool { isAtFrameEnd }
}

/// What a compressed file holds.
///
/// A file that is cut off or damaged ends where that was found; `damage` then says so.
final class CompressedSource<Decoder: PieceDecoder & ~Copyable>: ByteStream {
    private let source: any ByteStream
    private var decoder: Decoder
    private var compressed: ByteBuffer
    /// Bytes of `compressed` that are decompressed.
    private var used = 0
    private(set) var damage: ErrorCode?
    private var hasEnded = false

    /// - Parameters:
    ///   - source: the file from here on.
    ///   - beginning: what was read of it before.
    init(_ source: any ByteStream, beginning: consuming ByteBuffer, _ decoder: consuming Decoder) {
        self.source = source
        compressed = beginning
        self.decoder = decoder
    }

    var progress: (done: Int, total: Int) { source.progress }

    /// Appends at least one byte unless the end is reached; may append more than `count`.
    func read(
        into buffer: inout ByteBuffer, atMost count: Int
    ) throws(OperationError) -> Int {
        let before = buffer.count
        while buffer.count == before, !hasEnded {
            if used == compressed.count {
                compressed.removeAll()
                used = 0
                if try source.read(into: &compressed, atMost: 64 << 10) == 0 {
                    hasEnded = true
                    if !decoder.isAtEnd { damage = .captureTruncated }
                    break
                }
            }
            let end = min(used + Decoder.pieceSize, compressed.count)
            do throws(OperationError) {
                try decoder.append(compressed.bytes.extracting(used..<end), to: &buffer)
            } catch {
                hasEnded = true
                damage = .captureBadBlock
            }
            used = end
        }
        return buffer.count - before
    }
}
