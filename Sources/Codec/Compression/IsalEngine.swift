import CIsal
import Core

/// gzip by ISA-L, which is loaded when it is first needed (docs/decisions/0010).
@safe
final class IsalEngine: DeflateEngine {
    static let highestLevel = Int(CATCHMENT_ISAL_MAX_LEVEL)

    /// Why ISA-L cannot be used; `nil` when it can.
    static let failure: String? = unsafe catchment_isal_load().map {
        // The text is static.
        unsafe String(cString: $0)
    }

    // Owned by this object.
    private let stream: OpaquePointer?

    /// - Parameter level: 1 to `highestLevel`.
    init(level: Int) throws(OperationError) {
        if let failure = Self.failure { throw GzipFailure.make("dlopen", failure) }
        guard (1...Self.highestLevel).contains(level) else {
            throw GzipFailure.make("isal_deflate_init", "ISA-L has no level \(level)")
        }
        let made = unsafe catchment_isal_make(Int32(level))
        unsafe stream = made
        if unsafe made == nil {
            throw GzipFailure.make("isal_deflate_init", "not enough memory", canRetry: true)
        }
    }

    deinit { unsafe catchment_isal_free(stream) }

    func run(
        _ bytes: RawSpan, _ end: DeflateEnd, _ output: inout ByteBuffer
    ) throws(OperationError) {
        let stream = unsafe self.stream
        let last =
            switch end {
            case .more: CATCHMENT_ISAL_MORE
            case .flush: CATCHMENT_ISAL_FLUSH
            case .finish: CATCHMENT_ISAL_FINISH
            }
        // The input's pointer is used inside the closure only.
        let status = unsafe bytes.withUnsafeBytes { input -> Int32 in
            unsafe catchment_isal_give(
                stream, input.bindMemory(to: UInt8.self).baseAddress, UInt32(input.count), last)
            var status: Int32 = 0
            var isDone = false
            repeat {
                let piece = 32_768
                unsafe output.appendUnsafely(atMost: piece) { target in
                    var written: UInt32 = 0
                    status = unsafe catchment_isal_run(
                        stream, target.assumingMemoryBound(to: UInt8.self), UInt32(piece),
                        &written, &isDone)
                    return Int(written)
                }
            } while status == 0 && !isDone
            return status
        }
        if status != 0 { throw GzipFailure.make("isal_deflate", "ISA-L status \(status)") }
    }
}
