import Core
import System

/// What opening a journal found, in numbers.
public struct RecoveryReport: Sendable, Equatable {
    public var segments = 0
    public var frames = 0
    public var records = 0
    public var bytes = 0
    /// Bytes that were no valid frame and were set aside in `.corrupt` files.
    public var corruptBytes = 0
    /// The source position of the last good frame; empty when there is none.
    public var sourcePosition: [UInt8] = []

    public var isEmpty: Bool { segments == 0 && corruptBytes == 0 }
}

/// Opens the segments that an earlier process left and keeps the valid beginning of each.
enum Recovery {
    struct Result {
        var segments: [Journal.Segment] = []
        var endRecord: UInt64 = 0
        var report = RecoveryReport()
    }

    static func run(_ settings: JournalSettings, log: Log) throws(OperationError) -> Result {
        var result = Result()
        guard case .filesystem(let directory) = settings.storage else { return result }
        try FileSystem.makeDirectories(directory)
        for name in try FileSystem.list(directory) {
            guard let number = SegmentName.number(of: name) else { continue }
            try recover(directory + "/" + name, number: number, into: &result, log: log)
        }
        return result
    }

    private static func recover(
        _ path: String, number: UInt64, into result: inout Result, log: Log
    ) throws(OperationError) {
        let storage = try SegmentStorage(file: path, create: false)
        var scan = SegmentScan(storage)
        let firstRecord: UInt64
        if let header = try scan.readSegmentHeader(), header.number == number {
            firstRecord = header.firstRecord
            while try scan.readFrame() {}
        } else {
            firstRecord = result.endRecord
        }
        let invalid = storage.byteCount - scan.validLength
        if invalid > 0 {
            try setAside(storage, from: scan.validLength, log: log)
            result.report.corruptBytes += invalid
        }
        guard scan.validLength > 0 else {
            // Set aside as a whole, or made and not begun.
            try storage.remove()
            return
        }
        // One that had just begun stays: the numbers of segments and records go on from it.
        if scan.frames > 0 { result.report.segments += 1 }
        result.report.frames += scan.frames
        result.report.records += scan.records
        result.report.bytes += scan.frames > 0 ? scan.validLength : 0
        if !scan.lastPosition.isEmpty { result.report.sourcePosition = scan.lastPosition }
        result.endRecord = firstRecord + UInt64(scan.records)
        result.segments.append(
            Journal.Segment(
                number: number, firstRecord: firstRecord, storage: storage,
                published: scan.validLength))
    }

    /// Copies the invalid end of a segment to `NAME.corrupt` and cuts it off.
    private static func setAside(
        _ storage: SegmentStorage, from offset: Int, log: Log
    ) throws(OperationError) {
        let count = storage.byteCount - offset
        var bytes = ByteBuffer()
        try storage.read(at: offset, count: count, into: &bytes)
        let target = storage.name + ".corrupt"
        try FileSystem.replaceFile(target, with: bytes.bytes, isDurable: false)
        try storage.truncate(to: offset)
        log.warning(
            "\(ErrorCode.frameCorrupt.text): \(storage.name): no valid frame at offset \(offset); "
                + "\(count) bytes set aside in \(target)")
    }
}

/// Walks through a segment frame by frame and checks each.
struct SegmentScan: ~Copyable {
    private let storage: SegmentStorage
    private var buffer = ByteBuffer()
    /// Bytes from the start that are a valid header and valid frames.
    private(set) var validLength = 0
    private(set) var frames = 0
    private(set) var records = 0
    private(set) var lastPosition: [UInt8] = []

    init(_ storage: SegmentStorage) { self.storage = storage }

    mutating func readSegmentHeader() throws(OperationError)
        -> (number: UInt64, firstRecord: UInt64)?
    {
        guard storage.byteCount >= Frame.segmentHeaderLength else { return nil }
        buffer.removeAll()
        try storage.read(at: 0, count: Frame.segmentHeaderLength, into: &buffer)
        guard let header = try? Frame.readSegmentHeader(buffer.bytes) else { return nil }
        validLength = Frame.segmentHeaderLength
        return header
    }

    /// - Returns: `false` at the end of the valid frames.
    mutating func readFrame() throws(OperationError) -> Bool {
        let left = storage.byteCount - validLength
        guard left >= Frame.headerLength else { return false }
        buffer.removeAll()
        try storage.read(at: validLength, count: Frame.headerLength, into: &buffer)
        guard let header = try? Frame.readHeader(buffer.bytes), header.frameLength <= left else {
            return false
        }
        try storage.read(
            at: validLength + Frame.headerLength, count: header.bodyLength, into: &buffer)
        guard (try? Frame.intactHeader(of: buffer)) != nil else { return false }
        let position = try? FrameDecoder.position(in: buffer)
        if let position, !position.isEmpty { lastPosition = position }
        validLength += header.frameLength
        frames += 1
        records += header.recordCount
        return true
    }
}
