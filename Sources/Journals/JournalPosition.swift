/// A place between two frames of a journal.
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

    public static func < (left: JournalPosition, right: JournalPosition) -> Bool {
        (left.segment, left.offset) < (right.segment, right.offset)
    }
}
