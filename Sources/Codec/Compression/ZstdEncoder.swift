import CZstd
public import Core

/// Compresses into Zstandard frames (RFC 8878), one after the other.
///
/// Frames joined together are a valid file, so a writer that ends a frame at each commit can be cut
/// off there.
@safe
public struct ZstdEncoder: ~Copyable {
    // Owned by this value.
    private let context: OpaquePointer?

    /// - Parameter level: 1 (fast) to 19 (small).
    /// - Throws: `compressionFailed` when there is no memory or no such level.
    public init(level: Int = 3) throws(OperationError) {
        unsafe context = ZSTD_createCCtx()
        if unsafe context == nil {
            throw ZstdFailure.make("ZSTD_createCCtx", "not enough memory")
        }
        let result = unsafe ZSTD_CCtx_setParameter(
            context, ZSTD_c_compressionLevel, Int32(clamping: level))
        let checksum = unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        try ZstdFailure.check("ZSTD_CCtx_setParameter", result)
        try ZstdFailure.check("ZSTD_CCtx_setParameter", checksum)
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// Compresses `bytes`; part of the result may stay inside until `flush` or `finish`.
    public mutating func append(
        _ bytes: RawSpan, to output: inout ByteBuffer
    ) throws(OperationError) {
        try run(bytes, ZSTD_e_continue, &output)
    }

    /// Puts out everything so that a reader sees it; costs some ratio.
    public mutating func flush(to output: inout ByteBuffer) throws(OperationError) {
        try run(RawSpan(), ZSTD_e_flush, &output)
    }

    /// Ends the frame; the next `append` begins another.
    public mutating func finish(to output: inout ByteBuffer) throws(OperationError) {
        try run(RawSpan(), ZSTD_e_end, &output)
    }

    private mutating func run(
        _ bytes: RawSpan, _ directive: ZSTD_EndDirective, _ output: inout ByteBuffer
    ) throws(OperationError) {
        let context = unsafe self.context
        // The input's pointer is used inside the closure only.
        let result = unsafe bytes.withUnsafeBytes { source -> Int in
            var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var left = 0
            var isMore = false
            repeat {
                let piece = 65_536
                unsafe output.appendUnsafely(atMost: piece) { target in
                    var room = unsafe ZSTD_outBuffer(dst: target, size: piece, pos: 0)
                    left = unsafe ZSTD_compressStream2(context, &room, &input, directive)
                    return unsafe room.pos
                }
                let used = unsafe input.pos
                isMore = directive == ZSTD_e_continue ? used < source.count : left > 0
            } while isMore && ZSTD_isError(left) == 0
            return left
        }
        try ZstdFailure.check("ZSTD_compressStream2", result)
    }
}

/// Reads Zstandard files piece by piece, over any number of frames.
@safe
public struct ZstdDecoder: ~Copyable {
    // Owned by this value.
    private let context: OpaquePointer?
    /// Whether everything so far was whole frames: the file may end here.
    public private(set) var isAtFrameEnd = true

    /// - Throws: `compressionFailed` when there is no memory.
    public init() throws(OperationError) {
        unsafe context = ZSTD_createDCtx()
        if unsafe context == nil {
            throw ZstdFailure.make("ZSTD_createDCtx", "not enough memory")
        }
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Decompresses the next bytes of the file.
    ///
    /// - Throws: `compressionFailed` when they are no Zstandard or their checksum is wrong.
    public mutating func append(
        _ bytes: RawSpan, to output: inout ByteBuffer
    ) throws(OperationError) {
        if bytes.byteCount == 0 { return }
        let context = unsafe self.context
        // The input's pointer is used inside the closure only.
        let result = unsafe bytes.withUnsafeBytes { source -> Int in
            var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var hint = 0
            var isMore = false
            repeat {
                let piece = 131_072
                var written = 0
                unsafe output.appendUnsafely(atMost: piece) { target in
                    var room = unsafe ZSTD_outBuffer(dst: target, size: piece, pos: 0)
                    hint = unsafe ZSTD_decompressStream(context, &room, &input)
                    written = unsafe room.pos
                    return written
                }
                let used = unsafe input.pos
                // At a frame's end nothing is left inside.
                isMore = used < source.count || written == piece && hint != 0
            } while isMore && ZSTD_isError(hint) == 0
            return hint
        }
        try ZstdFailure.check("ZSTD_decompressStream", result)
        isAtFrameEnd = result == 0
    }
}

enum ZstdFailure {
    static func check(_ call: String, _ result: Int) throws(OperationError) {
        guard ZSTD_isError(result) != 0 else { return }
        // A text that lives for ever.
        let reason = unsafe ZSTD_getErrorName(result).map { unsafe String(cString: $0) }
        throw make(call, reason ?? "unknown")
    }

    static func make(_ call: String, _ reason: String) -> OperationError {
        OperationError(
            .compressionFailed, call: call, target: "zstd", reason: reason, canRetry: false)
    }
}
