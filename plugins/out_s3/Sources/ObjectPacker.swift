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

    /// Bytes of records that are compressed together: more gains hardly anything.
    var pieceLength = 1 << 20

    init(_ compression: S3Settings.Compression) { self.compression = compression }

    /// Starts with fresh encoders: one that failed is in no state to go on.
    mutating func open() throws(OperationError) {
        switch compression {
        case .none: break
        case .gzip: gzip = try GzipEncoder(level: 6)
        case .zstd: zstd = try ZstdEncoder(level: 3)
        }
    }

    mutating func pack(
        _ records: borrowing ByteBuffer, into target: inout ByteBuffer
    ) throws(OperationError) {
        switch compression {
        case .none: target.append(contentsOf: records)
        case .gzip:
            try gzip?.append(records.bytes, to: &target)
            try gzip?.finish(to: &target)
        case .zstd:
            try zstd?.append(records.bytes, to: &target)
            try zstd?.finish(to: &target)
        }
    }
}
