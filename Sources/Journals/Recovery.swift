public import Core
import System

/// What opening a journal found, in numbers.
public struct RecoveryReport: Sendable, Equatable {
    public var segments = 0
    /// Records between the oldest and the newest frame.
    public var records: UInt64 = 0
    public var bytes = 0
    /// Bytes at the end that were no frame and were set aside in `.corrupt` files.
    public var corruptBytes = 0
    /// Bytes at the end that begin a frame whose append the process did not finish; removed.
    public var unfinishedBytes = 0
    /// Bytes before good frames that were no frame; readers pass over them.
    public var damagedBytes = 0
    /// How far the sources had been read.
    public var places = SourcePlaces()

    public var isEmpty: Bool { records == 0 && corruptBytes + damagedBytes + unfinishedBytes == 0 }
}

/// Opens the segments that an earlier process left.
///
/// Only the newest are read as a whole, to find the journal's end and the places of its sources;
/// what is damaged in older ones shows when they are read, so a start takes no longer for a large
/// journal.
enum Recovery {
    struct Result {
        var segments: [Segment] = []
        var endRecord: UInt64 = 0
        /// The highest number of a segment there has been.
        var lastNumber: UInt64 = 0
        var report = RecoveryReport()
    }

    static func run(_ settings: JournalSettings, log: Log) throws(OperationError) -> Result {
        var result = Result()
        guard case .filesystem(let directory) = settings.storage else { return result }
        try FileSystem.makeDirectories(directory)
        var numbers = try FileSystem.list(directory).compactMap { SegmentName.number(of: $0) }
        result.lastNumber = numbers.last ?? 0
        while let number = numbers.popLast() {
            let path = directory + "/" + SegmentName.text(number)
            if try openLast(path, number: number, into: &result, log: log) { break }
        }
        for number in numbers.reversed() {
            let path = directory + "/" + SegmentName.text(number)
            let segment = try open(path, number: number, endRecord: result.segments[0].firstRecord)
            result.segments.insert(segment, at: 0)
        }
        try addPlacesOfEarlierSegments(to: &result)
        result.report.segments = result.segments.count { !$0.isFresh }
        result.report.bytes = result.segments.reduce(0) { $0 + $1.published }
        if let first = result.segments.first {
            result.report.records = result.endRecord - first.firstRecord
        }
        return result
    }

    /// Opens the last segment, cutting off what is no frame.
    ///
    /// - Returns: `false` when nothing in it can be used; it has been set aside then.
    private static func openLast(
        _ path: String, number: UInt64, into result: inout Result, log: Log
    ) throws(OperationError) -> Bool {
        let storage = try SegmentStorage(file: path, create: false)
        var scan = SegmentScan(storage)
        try scan.run()
        result.report.damagedBytes += scan.damagedBytes
        let length = scan.validLength
        let rest = storage.byteCount - length
        if rest > 0, try scan.endsInsideFrame() {
            log.info("\(path): removed \(rest) bytes of a frame that was not written to its end")
            result.report.unfinishedBytes += rest
            try storage.truncate(to: length)
        } else if rest > 0 {
            let name = try storage.setAside(rest, at: length)
            log.warning(
                "\(ErrorCode.frameCorrupt.text): \(path): no frame at offset \(length); "
                    + "\(rest) bytes set aside in \(name)")
            result.report.corruptBytes += rest
            try storage.truncate(to: length)
        }
        guard length > 0 else {
            try storage.remove()
            return false
        }
        result.endRecord = scan.endRecord
        result.report.places = scan.places
        result.segments = [
            Segment(
                number: number, firstRecord: scan.firstRecord, salt: scan.salt, storage: storage,
                published: length, hasAllPlaces: scan.hasAllPlaces)
        ]
        return true
    }

    /// Opens an earlier segment without reading it.
    ///
    /// - Parameter endRecord: the first record of the segment behind it.
    private static func open(
        _ path: String, number: UInt64, endRecord: UInt64
    ) throws(OperationError) -> Segment {
        let storage = try SegmentStorage(file: path, create: false)
        var reader = SegmentReader(storage, hasChecksums: true)
        var firstRecord = endRecord
        var salt: UInt64 = 0
        if let header = try reader.readHeader(before: storage.byteCount) {
            firstRecord = min(header.firstRecord, endRecord)
            salt = header.salt
        } else {
            var scan = SegmentScan(storage)
            try scan.run()
            if scan.validLength > 0 { firstRecord = min(scan.firstRecord, endRecord) }
        }
        return Segment(
            number: number, firstRecord: firstRecord, salt: salt, storage: storage,
            published: storage.byteCount, hasAllPlaces: true)
    }

    /// A segment's first frame has the places of all sources; when it is missing, the segments
    /// before it know them.
    private static func addPlacesOfEarlierSegments(
        to result: inout Result
    ) throws(OperationError) {
        guard let last = result.segments.last, !last.hasAllPlaces else { return }
        let newer = result.report.places
        result.report.places = SourcePlaces()
        for segment in result.segments.dropLast().suffix(2) {
            var scan = SegmentScan(segment.storage)
            try scan.run()
            result.report.places.merge(scan.places.all)
        }
        result.report.places.merge(newer.all)
    }
}

/// Walks through a whole segment, checks each frame, and finds where the last good one ends.
struct SegmentScan: ~Copyable {
    private let byteCount: Int
    private var reader: SegmentReader
    /// Bytes up to the end of the last good frame, or of the header; 0 when there is neither.
    private(set) var validLength = 0
    /// Bytes before `validLength` that are no frame.
    private(set) var damagedBytes = 0
    private(set) var frames = 0
    private(set) var firstRecord: UInt64 = 0
    private(set) var endRecord: UInt64 = 0
    private(set) var salt: UInt64 = 0
    private(set) var oldest: Timestamp?
    private(set) var newest: Timestamp?
    private(set) var places = SourcePlaces()
    /// Whether the frame with the places of all sources was read.
    private(set) var hasAllPlaces = false

    init(_ storage: SegmentStorage) {
        byteCount = storage.byteCount
        reader = SegmentReader(storage, hasChecksums: true)
    }

    mutating func run() throws(OperationError) {
        var hasHeader = false
        if let header = try reader.readHeader(before: byteCount) {
            hasHeader = true
            firstRecord = header.firstRecord
            endRecord = header.firstRecord
            salt = header.salt
            validLength = SegmentHeader.length
        }
        var damage = hasHeader ? 0 : min(SegmentHeader.length, byteCount)
        var offset = SegmentHeader.length
        while offset < byteCount {
            switch try reader.step(at: offset, before: byteCount) {
            case .damage(let length):
                damage += length
                offset += length
            case .frame(let header):
                try count(header, at: offset, isFirst: frames == 0 && !hasHeader)
                damagedBytes += damage
                damage = 0
                offset += header.frameLength
                validLength = offset
            }
        }
    }

    /// Whether the good frames are followed by the beginning of one more: the process ended while it
    /// was writing it, and nobody was told that it was kept.
    mutating func endsInsideFrame() throws(OperationError) -> Bool {
        let rest = byteCount - validLength
        guard frames > 0 || validLength == SegmentHeader.length else { return false }
        var isBeginning = false
        guard rest >= Frame.headerLength else {
            // The header itself was cut: what there is of it must be right.
            try reader.withBytes(at: validLength, count: rest, before: byteCount) { bytes in
                isBeginning = bytes.isPrefix(ofBigEndian: Frame.magic)
            }
            return isBeginning
        }
        let salt = self.salt
        try reader.withBytes(
            at: validLength, count: Frame.headerLength, before: byteCount
        ) { bytes in
            guard let header = Frame.Header(bytes) else { return }
            isBeginning = header.salt == salt && header.frameLength > rest
        }
        return isBeginning
    }

    private mutating func count(
        _ header: Frame.Header, at offset: Int, isFirst: Bool
    ) throws(OperationError) {
        if isFirst { firstRecord = header.firstRecord }
        frames += 1
        endRecord = header.endRecord
        salt = header.salt
        oldest = oldest ?? header.received
        newest = header.received
        if offset == SegmentHeader.length { hasAllPlaces = true }
        var progress: [SourceProgress] = []
        try reader.withBytes(
            at: offset, count: header.frameLength, before: offset + header.frameLength
        ) { bytes in
            progress = (try? FrameDecoder.progress(in: bytes)) ?? []
        }
        places.merge(progress)
    }
}

extension RawSpan {
    /// Whether the bytes, as far as they go, begin like `number`.
    fileprivate func isPrefix(ofBigEndian number: UInt32) -> Bool {
        (0..<Swift.min(byteCount, 4)).allSatisfy { index in
            byte(at: index) == UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * index))
        }
    }
}
