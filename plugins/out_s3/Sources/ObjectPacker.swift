import Codec
import Core

/// Packs pieces of objects, and says how long they are.
struct ObjectPacker: ~Copyable {
    private var packer: Packer

    /// Bytes of records that are compressed together: more gains hardly anything.
    var pieceLength: Int

    /// Bytes of memory that an object keeps for its next piece; less where there are many.
    var keptLength = 64 << 10

    init(_ compression: Compression) {
        packer = Packer(compression, keptLength: 256 << 10)
        pieceLength = compression == .none ? 64 << 10 : 1 << 20
    }

    mutating func open() throws(OperationError) { try packer.open() }

    /// Calls `take` with the bytes that are stored for `records`.
    mutating func pack(
        _ records: borrowing ByteBuffer, _ take: (RawSpan) -> Void
    ) throws(OperationError) {
        try packer.pack(records) { bytes throws(OperationError) in take(bytes) }
    }
}
