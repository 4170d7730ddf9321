import Codec
import Core

/// Turns pieces of objects into the bytes that are stored: as they are, or each piece as a gzip
/// member or zstd frame.
///
/// One encoder serves all objects, so that many open ones cost little memory.
struct ObjectPacker: ~Copyable {
    private let compression: S3Settings.Compression
    private var gzip: GzipEncoder?
    private var zstd: ZstdEncoder?

    private var packed = ByteBuffer()

    /// Bytes of records that are compressed together: more gains hardly anything.
    var pieceLength: Int

    /// Bytes of memory that an object keeps for its next piece; less where there are many.
    var keptLength = 64 << 10

    init(_ compression: S3Settings.Compression) {
        self.compression = compression
        pieceLength = compression == .none ? 64 << 10 : 1 << 20
    }

    /// Starts with fresh encoders: one that failed is in no state to go on.
    mutating func open() throws(OperationError) {
        switch compression {
        case .none: break
        case .gzip: gzip = try GzipEncoder(level: 1)
        case .zstd: zstd = try ZstdEncoder(level: 3)
        }
    }

    /// Calls `take` with the bytes that are stored for `records`.
    mutating func pack(
        _ records: borrowing ByteBuffer, _ take: (RawSpan) -> Void
    ) throws(OperationError) {
        packed.removeAll(keepingAtMost: 256 << 10)
        switch compression {
        case .none: return take(records.bytes)
        case .gzip:
            try gzip?.append(records.bytes, to: &packed)
            try gzip?.finish(to: &packed)
        case .zstd:
            try zstd?.append(records.bytes, to: &packed)
            try zstd?.finish(to: &packed)
        }
        take(packed.bytes)
    }
}
