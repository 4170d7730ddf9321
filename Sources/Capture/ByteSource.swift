public import Core
public import System

/// Where the bytes of a capture come from, in order and once.
public protocol ByteSource: AnyObject {
    /// Appends about `count` bytes to `buffer`, fewer when only fewer are there yet.
    ///
    /// - Returns: bytes appended; 0 at the end.
    func read(into buffer: inout ByteBuffer, atMost count: Int) throws(OperationError) -> Int

    /// What was wrong with the source's own format when it ended early, such as a gzip file that
    /// was cut off; asked at the end.
    var damage: ErrorCode? { get }

    /// Bytes taken from the file and bytes the file has; 0 of 0 when its length is not known.
    var progress: (done: Int, total: Int) { get }
}

extension ByteSource {
    public var damage: ErrorCode? { nil }
    public var progress: (done: Int, total: Int) { (0, 0) }
}

/// Bytes of an open file or pipe.
public final class FileSource: ByteSource {
    private let file: FileDescriptor
    private let path: String
    private let size: Int
    private var bytesRead = 0

    /// - Parameter path: for errors only.
    public init(_ file: consuming FileDescriptor, path: String) throws(OperationError) {
        size = try file.size(target: path)
        self.file = file
        self.path = path
    }

    /// Pipes have size 0.
    public var progress: (done: Int, total: Int) { size > 0 ? (bytesRead, size) : (0, 0) }

    public func read(
        into buffer: inout ByteBuffer, atMost count: Int
    ) throws(OperationError) -> Int {
        let count = try file.read(into: &buffer, atMost: count, target: path)
        bytesRead += count
        return count
    }
}

/// Bytes in memory.
public final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public func read(into buffer: inout ByteBuffer, atMost count: Int) -> Int {
        let end = min(offset + count, bytes.count)
        let part = bytes[offset..<end]
        defer { offset = end }
        // Any bytes are a valid UInt8; 6.3 still calls `bytes` unsafe.
        buffer.append(unsafe part.span.bytes)
        return part.count
    }
}
