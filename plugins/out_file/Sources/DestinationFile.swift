import Core
import System

/// A file being written: what was delivered into it and what waits for the next commit.
final class DestinationFile {
    let path: String
    /// Bytes that belong to committed records.
    var length: Int
    /// Start of the rotation period of its first byte, in seconds since 1970.
    var period: Int64
    /// Encoded records that are not in the file yet.
    var pending = ByteBuffer()
    /// Grows with each use; the smallest was used longest ago.
    var lastUse = 0
    /// Whether the state that the engine saved last lists the file.
    var isKnown = false
    private var descriptor: FileDescriptor?

    init(path: String, length: Int, period: Int64) {
        self.path = path
        self.length = length
        self.period = period
    }

    var isOpen: Bool { descriptor != nil }

    /// Opens the file for appending at `length`, making it when it is not there.
    ///
    /// What lies behind `length` was written by a commit that never was, and is cut off.
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
        if size > length {
            log.info("\(path): cut \(size - length) bytes that were not committed")
            try file.truncate(to: length, target: path)
        } else if size < length {
            log.error(
                "\(path): \(length - size) bytes are gone that had been delivered; going on at \(size)"
            )
            length = size
        }
        try file.seekToEnd(target: path)
        if isNew, isDurable { try FileSystem.synchronizeDirectory(of: path) }
        descriptor = consume file
    }

    /// Appends bytes to the file, which is open.
    func write(_ bytes: RawSpan) throws(OperationError) {
        precondition(isOpen)
        // One system call up to 256 KiB: larger ones are no faster.
        var offset = 0
        while offset < bytes.byteCount {
            let count = min(bytes.byteCount - offset, 256 << 10)
            try descriptor?.write(bytes.extracting(offset..<offset + count), target: path)
            offset += count
        }
        length += bytes.byteCount
    }

    /// Waits until what was written is on the disk; a closed file was waited for when it was closed.
    func synchronize() throws(OperationError) {
        try descriptor?.synchronizeData(target: path)
    }

    func close() { descriptor = nil }
}
