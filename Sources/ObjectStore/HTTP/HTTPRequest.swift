public import Core

/// Bytes of a request: they stay where they are until the last reference is gone.
public final class Payload: @unchecked Sendable {
    // Sendable: never changes.
    private let buffer: ByteBuffer

    public init(_ buffer: consuming ByteBuffer) { self.buffer = buffer }

    public convenience init(_ bytes: RawSpan) {
        var buffer = ByteBuffer(capacity: bytes.byteCount)
        buffer.append(bytes)
        self.init(buffer)
    }

    public var count: Int { buffer.count }

    public func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result { buffer.withBytes(body) }

    /// The bytes; valid as long as this object lives.
    @unsafe
    var start: UnsafePointer<UInt8>? {
        // The storage belongs to `buffer`, which never changes.
        unsafe buffer.withUnsafeBytes { unsafe $0.assumingMemoryBound(to: UInt8.self).baseAddress }
    }
}

/// One request, ready to be sent.
struct HTTPRequest {
    var method: String
    /// With everything percent-encoded.
    var url: String
    var headers: [(name: String, value: String)] = []
    var body: Payload?
    /// Bytes of the answer's body that are taken.
    var answerLimit = 4 << 20
}

/// What a server answered.
struct HTTPResponse {
    var status: Int
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    subscript(header: String) -> String? { headers.last { $0.name == header }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// An exchange without an answer.
struct HTTPFailure: Error {
    /// libcurl's number.
    var code: Int32
    var reason: String
}
