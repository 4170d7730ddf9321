import Core
import System

/// A file being written: what was delivered into it and what waits for the next commit.
final class DestinationFile {
    let path: String
    /// Bytes that belong to committed records.
    var length: Int
    /// Bytes behind `length` that are in the file already and wait for the next commit.
    private(set) var earlyLength = 0
    /// Whether records wait for the next commit, in `pending` or in the file.
    var isDirty = false
    /// Start of the rotation period of its first byte, in seconds since 1970.
    var period: Int64
    /// Encoded records that are not in the file yet.
    var pending = ByteBuffer()
    /// Grows with each use; the smallest was used longest ago.
    var lastUse = 0
    /// Whether the state that the engine saved last lists the file.
    var isKnown = false
    private var descriptor: FileDescriptor?
    /// The end of the blocks reserved for what will be written.
    private var reserved = 0

    /// Files shorter than this get no blocks in advance: there may be many.
    private static let reservedFrom = 4 << 20
    private static let longestReserve = 16 << 20

    init(path: String, length: Int, period: Int64) {
        self.path = path
        self.length = length
        self.period = period
    }

    var isOpen: Bool { descriptor != nil }

    /// Opens the file for appending, making it when it is not there.
    ///
    /// What lies behind the bytes that this object knows of was written for a commit that never
    /// was, and is cut off.
    func open(isDurable: Bool, log: Log) throws(OperationError) {
        if isOpen { return }
        let isNew = FileSystem.kind(of: path) == nil
        let file = try FileDescriptor.open(path, [.write, .create])
        guard try file.tryLock(target: path) else {
            throw OperationError(
                .fileOpenFailed, call: "flock", target: path,
                reason: "another output or process writes this file", canRetry: true)
        }
        let size = try file.size(target: path)
        let expected = length + earlyLength
        if size > expected {
            log.info("\(path): cut \(size - expected) bytes that were not committed")
            try file.truncate(to: expected, target: path)
        } else if size < expected, earlyLength > 0 {
            // A part of the commit is gone: starting over brings its records again.
            throw OperationError(
                .fileWriteFailed, call: "open", target: path,
                reason: "\(expected - size) bytes written before are gone", canRetry: true)
        } else if size < expected {
            log.error(
                "\(path): \(expected - size) bytes are gone that had been delivered; going on at \(size)"
            )
            length = size
        }
        // An agent that was killed has left the blocks it had reserved.
        if expected >= Self.reservedFrom {
            try file.truncate(to: length + earlyLength, target: path)
        }
        try file.seekToEnd(target: path)
        if isNew, isDurable { try FileSystem.synchronizeDirectory(of: path) }
        descriptor = consume file
    }

    /// Appends bytes to the file, which is open; they count once `confirm` is called.
    func write(_ bytes: RawSpan) throws(OperationError) {
        precondition(isOpen)
        reserve(for: bytes.byteCount)
        // One system call up to 256 KiB: larger ones are no faster.
        var offset = 0
        while offset < bytes.byteCount {
            let count = min(bytes.byteCount - offset, 256 << 10)
            try descriptor?.write(bytes.extracting(offset..<offset + count), target: path)
            offset += count
        }
        earlyLength += bytes.byteCount
    }

    /// Appends a buffer's bytes, as `write` does.
    func write(contentsOf buffer: borrowing ByteBuffer) throws(OperationError) {
        try write(buffer.bytes)
    }

    /// Counts everything written as committed.
    func confirm() {
        length += earlyLength
        earlyLength = 0
        isDirty = false
    }

    /// Waits until what was written is on the disk; a closed file was waited for when it was closed.
    func synchronize() throws(OperationError) {
        try descriptor?.synchronizeData(target: path)
    }

    /// Reserves a quarter of what the file has grown to already.
    private func reserve(for count: Int) {
        let end = length + earlyLength
        guard end >= Self.reservedFrom, end + count > reserved else { return }
        let start = max(end, reserved)
        let step = max(min(end / 4, Self.longestReserve), count)
        if descriptor?.reserve(from: start, count: step) == true {
            reserved = start + step
        } else {
            reserved = .max
        }
    }

    /// Closes the file and gives back the blocks that it did not need.
    func close() {
        if reserved > length, let size = try? descriptor?.size(target: path) {
            try? descriptor?.truncate(to: size, target: path)
        }
        reserved = 0
        descriptor = nil
    }
}
