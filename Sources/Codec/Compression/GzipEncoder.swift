public import Core

/// Compresses into gzip members (RFC 1952), one after the other.
///
/// Members joined together are a valid gzip file, so a writer that ends a member at each commit can
/// be cut off there. ISA-L does the levels it has, where it is installed, and zlib the others.
public struct GzipEncoder: ~Copyable {
    private let engine: any DeflateEngine

    /// Whose code compresses.
    public enum Library: Sendable, CaseIterable {
        /// ISA-L, for levels up to 3.
        case isal
        case zlib
    }

    /// - Parameters:
    ///   - level: 1 (fast) to 9 (small).
    ///   - library: `nil` takes the fastest there is for the level.
    /// - Throws: `compressionFailed` when there is no memory or no such level, or when the library
    ///   that was asked for is not there.
    public init(level: Int = 1, library: Library? = nil) throws(OperationError) {
        let hasLevel = (1...IsalEngine.highestLevel).contains(level)
        switch library ?? (hasLevel && IsalEngine.failure == nil ? .isal : .zlib) {
        case .isal: engine = try IsalEngine(level: level)
        case .zlib: engine = try ZlibEngine(level: level)
        }
    }

    /// What to tell the operator when zlib does everything; `nil` when ISA-L is there.
    public static var remark: String? {
        IsalEngine.failure.map {
            "zlib compresses in place of ISA-L and takes several times as long: \($0) "
                + "(Debian's package is libisal2)"
        }
    }

    /// Compresses `bytes`; part of the result may stay inside until `flush` or `finish`.
    public mutating func append(
        _ bytes: RawSpan, to output: inout ByteBuffer
    ) throws(OperationError) {
        // Both libraries count in 32 bits; slices keep the numbers far below.
        var offset = 0
        while offset < bytes.byteCount {
            let count = Swift.min(bytes.byteCount - offset, 1 << 24)
            try engine.run(bytes.extracting(offset..<offset + count), .more, &output)
            offset += count
        }
    }

    /// Puts out everything so that a reader sees it; costs some ratio.
    public mutating func flush(to output: inout ByteBuffer) throws(OperationError) {
        try engine.run(RawSpan(), .flush, &output)
    }

    /// Ends the member; the next `append` begins another.
    public mutating func finish(to output: inout ByteBuffer) throws(OperationError) {
        try engine.run(RawSpan(), .finish, &output)
    }
}

/// What follows the bytes that an engine was given.
enum DeflateEnd { case more, flush, finish }

/// A library that makes gzip members.
protocol DeflateEngine: AnyObject {
    /// Compresses less than 4 GiB.
    func run(_ bytes: RawSpan, _ end: DeflateEnd, _ output: inout ByteBuffer)
        throws(OperationError)
}

enum GzipFailure {
    static func make(
        _ call: String, _ reason: String, canRetry: Bool = false
    ) -> OperationError {
        OperationError(
            .compressionFailed, call: call, target: "gzip", reason: reason, canRetry: canRetry)
    }
}
