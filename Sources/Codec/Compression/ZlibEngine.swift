import CZlib
import Core

/// gzip by zlib.
@safe
final class ZlibEngine: DeflateEngine {
    // Allocated once and owned by this object: zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    init(level: Int) throws(OperationError) {
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

    func run(
        _ bytes: RawSpan, _ end: DeflateEnd, _ output: inout ByteBuffer
    ) throws(OperationError) {
        let flush =
            switch end {
            case .more: Z_NO_FLUSH
            case .flush: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        let (status, _) = unsafe stream.run(bytes, to: &output, piece: 32_768) {
            unsafe deflate($0, flush)
        }
        // Z_BUF_ERROR: there was nothing to do.
        let isDone = flush == Z_FINISH ? status == Z_STREAM_END : status == Z_OK
        if !isDone && status != Z_BUF_ERROR { throw GzipFailure.make("deflate", status) }
        if flush != Z_FINISH { return }
        let reset = unsafe deflateReset(stream)
        if reset != Z_OK { throw GzipFailure.make("deflateReset", reset) }
    }
}

extension GzipFailure {
    /// - Parameter status: zlib's.
    static func make(_ call: String, _ status: Int32) -> OperationError {
        let reason =
            switch status {
            case Z_MEM_ERROR: "not enough memory"
            case Z_DATA_ERROR: "the data are not valid gzip"
            case Z_STREAM_ERROR: "the stream is in no state for this"
            case Z_BUF_ERROR: "the data end early"
            default: "zlib status \(status)"
            }
        return make(call, reason, canRetry: status == Z_MEM_ERROR)
    }
}
