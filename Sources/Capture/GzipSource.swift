import Codec
import Core

/// What a gzip file holds, decompressed.
///
/// A file that is cut off or damaged ends where that was found; `damage` then says so.
final class GzipSource: ByteSource {
    private let source: any ByteSource
    private var decoder: GzipDecoder
    private var compressed: ByteBuffer
    private(set) var damage: ErrorCode?
    private var hasEnded = false

    /// Compressed bytes taken at once; they may grow a thousandfold.
    private static let pieceSize = 16 << 10

    /// - Parameters:
    ///   - source: the file from here on.
    ///   - beginning: what was read of it before.
    init(_ source: any ByteSource, beginning: consuming ByteBuffer) throws(OperationError) {
        self.source = source
        compressed = beginning
        decoder = try GzipDecoder()
    }

    var progress: (done: Int, total: Int) { source.progress }

    /// Appends at least one byte unless the end is reached; may append more than `count`.
    func read(
        into buffer: inout ByteBuffer, atMost count: Int
    ) throws(OperationError) -> Int {
        let before = buffer.count
        while buffer.count == before, !hasEnded {
            if compressed.isEmpty,
                try source.read(into: &compressed, atMost: Self.pieceSize) == 0
            {
                hasEnded = true
                if !decoder.isAtMemberEnd { damage = .captureTruncated }
                break
            }
            do throws(OperationError) {
                try decoder.append(compressed.bytes, to: &buffer)
            } catch {
                hasEnded = true
                damage = .captureBadBlock
            }
            compressed.removeAll()
        }
        return buffer.count - before
    }
}
