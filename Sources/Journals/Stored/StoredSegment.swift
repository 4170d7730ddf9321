public import Core
import System

/// A segment file, looked at from outside.
public struct StoredSegment: Sendable, Equatable {
    public let path: String
    /// As its name says; 0 when the file has another name.
    public let number: UInt64

    init(path: String) {
        self.path = path
        number = SegmentName.number(of: FileSystem.name(of: path)) ?? 0
    }

    /// Bytes in the file now; 0 when it is gone.
    public var byteCount: Int {
        guard let storage = try? SegmentStorage(reading: path) else { return 0 }
        return storage.byteCount
    }

    /// - Returns: `nil` when the file is gone or its header cannot be read.
    func readHeader() -> SegmentHeader? {
        guard let storage = try? SegmentStorage(reading: path) else { return nil }
        var reader = SegmentReader(storage, hasChecksums: true)
        return (try? reader.readHeader(before: storage.byteCount)) ?? nil
    }

    /// Whether the file begins as segments of any version do.
    var looksLikeSegment: Bool {
        guard let storage = try? SegmentStorage(reading: path) else { return false }
        var bytes = ByteBuffer()
        _ = try? storage.read(at: 0, count: 8, into: &bytes)
        return bytes.count == 8 && bytes.bytes.uint64(at: 0) == SegmentHeader.magic
    }
}

/// A frame as it stands in its segment.
public struct StoredFrame: Sendable {
    /// Bytes from the start of the segment.
    public let offset: Int
    /// Bytes of the frame.
    public let length: Int
    /// Numbers of its records, counted since the journal was made.
    public let records: Range<UInt64>
    public let received: Timestamp
    let header: Frame.Header

    init(_ header: Frame.Header, at offset: Int) {
        self.offset = offset
        self.header = header
        length = header.frameLength
        records = header.firstRecord..<header.endRecord
        received = header.received
    }
}

/// Bytes of a segment that cannot be used.
public struct StoredDamage: Sendable, Equatable {
    public var code: ErrorCode
    public var path: String
    /// Bytes from the start of the segment.
    public var offset: Int
    public var length: Int
    /// What is wrong, in a few words.
    public var reason: String
}
