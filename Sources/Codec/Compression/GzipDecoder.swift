import CZlib
public import Core

/// Reads gzip files piece by piece, over any number of members (RFC 1952 §2.2).
@safe
public struct GzipDecoder: ~Copyable {
    // Allocated once and owned by this value: zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether everything so far was whole members: the file may end here.
    public private(set) var isAtMemberEnd = true
    private var hasMember = false

    /// - Throws: `compressionFailed` when there is no memory.
    public init() throws(OperationError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, 16 for the gzip wrapper.
        let status = unsafe inflateInit2_(
            stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK { throw GzipFailure.make("inflateInit", status) }
    }

    deinit {
        // Of a stream that was not initialised, inflateEnd only says so.
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Decompresses the next bytes of the file.
    ///
    /// Zero bytes after a member are padding and skipped.
    /// - Throws: `compressionFailed` when they are no gzip or their checksum is wrong.
    public mutating func append(
        _ bytes: RawSpan, to output: inout ByteBuffer
    ) throws(OperationError) {
        var offset = 0
        while offset < bytes.byteCount {
            if isAtMemberEnd, hasMember {
                if bytes.byte(at: offset) == 0 {
                    offset += 1
                    continue
                }
                let status = unsafe inflateReset(stream)
                if status != Z_OK { throw GzipFailure.make("inflateReset", status) }
            }
            let count = Swift.min(bytes.byteCount - offset, 1 << 24)
            offset += try run(bytes.extracting(offset..<offset + count), &output)
        }
    }

    /// - Returns: bytes used.
    private mutating func run(
        _ bytes: RawSpan, _ output: inout ByteBuffer
    ) throws(OperationError) -> Int {
        let (status, left) = unsafe stream.run(bytes, to: &output, piece: 65_536) {
            unsafe inflate($0, Z_NO_FLUSH)
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw GzipFailure.make("inflate", status)
        }
        isAtMemberEnd = status == Z_STREAM_END
        hasMember = true
        return bytes.byteCount - left
    }
}
