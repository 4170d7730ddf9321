public import Core
public import System

/// Bytes of an open file or pipe.
public final class FileSource: ByteStream {
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
public final class MemorySource: ByteStream {
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
