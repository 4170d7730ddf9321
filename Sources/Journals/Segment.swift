import Core

/// A run of frames that is removed as a whole.
struct Segment: Sendable {
    /// Segments count up from 1; numbers are never used again.
    var number: UInt64
    /// Number of its first record, counted since the journal was made.
    var firstRecord: UInt64
    /// Stands in every frame (see `SegmentHeader`).
    var salt: UInt64
    var storage: SegmentStorage
    /// Bytes that readers may read.
    var published: Int
    /// Whether its first frame has the places of all sources, so that no other segment is needed to
    /// go on.
    var hasAllPlaces: Bool
    /// Bytes published in the segments before it since the journal was opened or made.
    var base: UInt64 = 0
    /// When the last frame was received.
    var newest = Timestamp(nanoseconds: .max)

    /// Whether the next frame would be its first.
    var isFresh: Bool { published <= SegmentHeader.length }

    /// The place before its first frame.
    var start: JournalPosition {
        JournalPosition(
            segment: number, offset: UInt64(SegmentHeader.length), record: firstRecord)
    }

    /// Bytes published before `place`, which lies in this segment.
    func bytes(before place: JournalPosition) -> UInt64 { base + place.offset }

    var endBytes: UInt64 { base + UInt64(published) }
}

/// Names of segment files: twenty digits, so that they sort as they were made.
enum SegmentName {
    static let suffix = ".segment"

    static func text(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits + suffix
    }

    static func number(of name: String) -> UInt64? {
        guard name.hasSuffix(suffix) else { return nil }
        let digits = name.dropLast(suffix.count)
        guard digits.count == 20, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(digits)
    }
}
