import Core

/// A place in a journal: before a frame, or before a record within it.
public struct JournalPosition: Hashable, Comparable, Sendable {
    /// Number of the segment; segments count up from 1 and numbers are never used again.
    public var segment: UInt64
    /// Bytes from the start of the segment to the frame.
    public var offset: UInt64
    /// Records of the journal before this place, since the journal was made.
    public var record: UInt64

    public init(segment: UInt64, offset: UInt64, record: UInt64) {
        self.segment = segment
        self.offset = offset
        self.record = record
    }

    /// The three numbers, big-endian, for files.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 24 else { return nil }
        (segment, offset, record) = bytes.withBytes { bytes in
            (bytes.uint64(at: 0), bytes.uint64(at: 8), bytes.uint64(at: 16))
        }
    }

    /// The three numbers, big-endian, for files.
    public var encoded: [UInt8] {
        var buffer = ByteBuffer()
        for number in [segment, offset, record] { buffer.append(bigEndian: number) }
        return buffer.bytes.makeArray()
    }

    public static func < (left: JournalPosition, right: JournalPosition) -> Bool {
        (left.segment, left.offset, left.record) < (right.segment, right.offset, right.record)
    }
}
