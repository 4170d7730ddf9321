import Codec
import Core

/// Turns the records of one commit into the bytes that go into a file: as they are, or as one gzip
/// member or zstd frame.
struct Packer: ~Copyable {
    private let compression: FileSettings.Compression
    private var gzip: GzipEncoder?
    private var zstd: ZstdEncoder?
    private var packed = ByteBuffer()

    init(_ compression: FileSettings.Compression) { self.compression = compression }

    /// Starts with fresh encoders: one that failed is in no state to go on.
    mutating func open() throws(OperationError) {
        switch compression {
        case .none: break
        // The levels that keep up with the input; disks are cheaper than processors here.
        case .gzip: gzip = try GzipEncoder(level: 1)
        case .zstd: zstd = try ZstdEncoder(level: 3)
        }
    }

    /// Calls `body` with the bytes to write for `records`.
    mutating func pack(
        _ records: borrowing ByteBuffer, _ body: (RawSpan) throws(OperationError) -> Void
    ) throws(OperationError) {
        packed.removeAll(keepingAtMost: 1 << 20)
        switch compression {
        case .none:
            return try body(records.bytes)
        case .gzip:
            try gzip?.append(records.bytes, to: &packed)
            try gzip?.finish(to: &packed)
        case .zstd:
            try zstd?.append(records.bytes, to: &packed)
            try zstd?.finish(to: &packed)
        }
        try body(packed.bytes)
    }
}
