import CZlib
public import Core

/// Compresses into gzip members (RFC 1952), one after the other.
///
/// Members joined together are a valid gzip file, so a writer that ends a member at each commit can
/// be cut off there.
@safe
public struct GzipEncoder: ~Copyable {
    // Allocated once and owned by this value: zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter level: 1 (fast) to 9 (small).
    /// - Throws: `compressionFailed` when there is no memory or no such level.
    public init(level: Int = 6) throws(OperationError) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, 16 for the gzip wrapper, default memory and strategy.
        let status = unsafe deflateInit2_(
            stream, Int32(clamping: level), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK { throw GzipFailure.make("deflateInit", status) }
    }

    deinit {
        // Of a stream that was not initialised, deflateEnd only says so.
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Compresses `bytes`; part of the result may stay inside until `flush` or `finish`.
    public mutating func append(
        _ bytes: RawSpan, to output: inout ByteBuffer
    ) throws(OperationError) {
        try run(bytes, Z_NO_FLUSH, &output)
    }

    /// Puts out everything so that a reader sees it; costs some ratio.
    public mutating func flush(to output: inout ByteBuffer) throws(OperationError) {
        try run(RawSpan(), Z_SYNC_FLUSH, &output)
    }

    /// Ends the member; the next `append` begins another.
    public mutating func finish(to output: inout ByteBuffer) throws(OperationError) {
        try run(RawSpan(), Z_FINISH, &output)
        let status = unsafe deflateReset(stream)
        if status != Z_OK { throw GzipFailure.make("deflateReset", status) }
    }

    private mutating func run(
        _ bytes: RawSpan, _ flush: Int32, _ output: inout ByteBuffer
    ) throws(OperationError) {
        // zlib counts in 32 bits; slices keep the numbers far below.
        var offset = 0
        repeat {
            let count = Swift.min(bytes.byteCount - offset, 1 << 24)
            let isLast = offset + count == bytes.byteCount
            try runSlice(
                bytes.extracting(offset..<offset + count), isLast ? flush : Z_NO_FLUSH, &output)
            offset += count
        } while offset < bytes.byteCount
    }

    private mutating func runSlice(
        _ bytes: RawSpan, _ flush: Int32, _ output: inout ByteBuffer
    ) throws(OperationError) {
        let stream = unsafe self.stream
        // The input's pointer is used inside the closure only; zlib never writes through it.
        let status = unsafe bytes.withUnsafeBytes { input -> Int32 in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.bindMemory(to: UInt8.self).baseAddress)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            var status = Z_OK
            var room: UInt32
            repeat {
                let piece = 32_768
                room = 0
                unsafe output.appendUnsafely(atMost: piece) { target in
                    unsafe stream.pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.pointee.avail_out = UInt32(piece)
                    status = unsafe deflate(stream, flush)
                    room = unsafe stream.pointee.avail_out
                    return piece - Int(room)
                }
            } while room == 0 && status == Z_OK
            return status
        }
        // Z_BUF_ERROR: there was nothing to do.
        let isDone = flush == Z_FINISH ? status == Z_STREAM_END : status == Z_OK
        if !isDone && status != Z_BUF_ERROR { throw GzipFailure.make("deflate", status) }
    }
}

enum GzipFailure {
    static func make(_ call: String, _ status: Int32) -> OperationError {
        let reason =
            switch status {
            case Z_MEM_ERROR: "not enough memory"
            case Z_DATA_ERROR: "the data are not valid gzip"
            case Z_STREAM_ERROR: "the stream is in no state for this"
            case Z_BUF_ERROR: "the data end early"
            default: "zlib status \(status)"
            }
        return OperationError(
            .compressionFailed, call: call, target: "gzip", reason: reason,
            canRetry: status == Z_MEM_ERROR)
    }
}
