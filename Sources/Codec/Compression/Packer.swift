public import Core

/// How outputs compress what they store.
public enum Compression: String, Sendable {
    case none, gzip, zstd
}

/// Turns pieces of what an output stores into bytes: as they are, or each as a gzip member or zstd
/// frame of its own.
///
/// One encoder serves all that an output has open: each takes hundreds of kilobytes.
public struct Packer: ~Copyable {
    private let compression: Compression
    private let keptLength: Int
    private var gzip: GzipEncoder?
    private var zstd: ZstdEncoder?
    private var packed = ByteBuffer()

    /// - Parameter keptLength: bytes of memory kept for the next piece.
    public init(_ compression: Compression, keptLength: Int) {
        self.compression = compression
        self.keptLength = keptLength
    }

    /// Starts with fresh encoders: one that failed is in no state to go on.
    public mutating func open() throws(OperationError) {
        switch compression {
        case .none: break
        // The levels that keep up with the input; storage is cheaper than processors here.
        case .gzip: gzip = try GzipEncoder(level: 1)
        case .zstd: zstd = try ZstdEncoder(level: 3)
        }
    }

    /// Calls `body` with the bytes to store for a piece.
    public mutating func pack(
        _ piece: borrowing ByteBuffer, _ body: (RawSpan) throws(OperationError) -> Void
    ) throws(OperationError) {
        packed.removeAll(keepingAtMost: keptLength)
        switch compression {
        case .none:
            return try body(piece.bytes)
        case .gzip:
            try gzip?.append(piece.bytes, to: &packed)
            try gzip?.finish(to: &packed)
        case .zstd:
            try zstd?.append(piece.bytes, to: &packed)
            try zstd?.finish(to: &packed)
        }
        try body(packed.bytes)
    }
}
