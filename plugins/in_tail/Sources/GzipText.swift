import Codec
import Core
import System

/// The text of a compressed file, decompressed bit by bit.
final class GzipText {
    /// Compressed bytes read at once; they can become a thousand times as many.
    static let readSize = 16 << 10

    private var decoder: GzipDecoder
    private var compressed = ByteBuffer()
    /// Compressed bytes read so far.
    private(set) var compressedOffset = 0
    /// Decompressed and not used yet.
    private var text = ByteBuffer()
    /// Where `text` starts in the whole text.
    private(set) var textOffset = 0

    init() throws(OperationError) { decoder = try GzipDecoder() }

    /// Whether the compressed file may end where it was read to.
    var isAtMemberEnd: Bool { decoder.isAtMemberEnd }

    /// Reads more.
    ///
    /// - Returns: `false` at the end of what the file holds by now.
    func fill(from file: OpenFile, path: String) throws(OperationError) -> Bool {
        compressed.removeAll()
        let count = try file.file.read(
            into: &compressed, at: compressedOffset, count: Self.readSize, target: path)
        compressedOffset += count
        try compressed.withBytes { (bytes) throws(OperationError) in
            try decoder.append(bytes, to: &text)
        }
        return count == Self.readSize
    }

    /// Bytes of text that are not used yet.
    var count: Int { text.count }

    /// Calls `body` with the text that is not used yet, and forgets what it used.
    ///
    /// - Parameter body: returns how many bytes it used.
    func use(_ body: (RawSpan) -> Int) { drop(text.withBytes(body)) }

    /// Forgets the first bytes of the text.
    func drop(_ count: Int) {
        let rest = text.count - count
        text.move(from: count, to: 0, count: rest)
        text.truncate(to: rest)
        textOffset += count
    }
}
