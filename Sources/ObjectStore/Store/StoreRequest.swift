import Core

/// One request to a bucket, before it is signed.
public struct StoreRequest: Sendable {
    public var method: String
    /// The object; `nil` is the bucket itself.
    public var key: String?
    public var query: [(name: String, value: String)] = []
    public var headers: [(name: String, value: String)] = []
    /// Headers that something on the way may change: they are not signed.
    public var unsignedHeaders: [(name: String, value: String)] = []
    public var body: Payload?
    /// Bytes of the answer's body that are taken.
    public var answerLimit = 4 << 20
    /// The checksum that goes with the body, among the headers.
    public var checksum: ObjectChecksum?
    /// Whether the signature leaves out the body.
    ///
    /// - Source: "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference.
    public var isPayloadUnsigned = false
    /// Whether the MD5 of the body will be compared with what the store answers, unless that confirms
    /// the checksum.
    public var isComparedByMD5 = false

    public init(_ method: String, key: String?) {
        self.method = method
        self.key = key
    }
}

/// A part of a multipart upload that the store has.
public struct StoredPart: Sendable, Equatable {
    /// From 1.
    public var number: Int
    public var etag: String
    /// The checksum that was sent with it.
    public var checksum: ObjectChecksum?

    public init(number: Int, etag: String, checksum: ObjectChecksum? = nil) {
        self.number = number
        self.etag = etag
        self.checksum = checksum
    }
}

extension StoreRequest {
    public static func put(
        _ key: String, _ body: Payload, headers: [(name: String, value: String)]
    ) -> StoreRequest {
        var request = StoreRequest("PUT", key: key)
        request.body = body
        request.headers = headers
        return request
    }

    public static func createUpload(
        _ key: String, headers: [(name: String, value: String)]
    ) -> StoreRequest {
        var request = StoreRequest("POST", key: key)
        request.query = [("uploads", "")]
        request.headers = headers
        request.body = Payload(RawSpan())
        return request
    }

    public static func uploadPart(
        _ key: String, upload: String, number: Int, _ body: Payload,
        headers: [(name: String, value: String)]
    ) -> StoreRequest {
        var request = StoreRequest("PUT", key: key)
        request.query = [("partNumber", "\(number)"), ("uploadId", upload)]
        request.headers = headers
        request.body = body
        return request
    }

    public static func completeUpload(
        _ key: String, upload: String, parts: [StoredPart],
        headers: [(name: String, value: String)]
    ) -> StoreRequest {
        var request = StoreRequest("POST", key: key)
        request.query = [("uploadId", upload)]
        let list = parts.map {
            "<Part><PartNumber>\($0.number)</PartNumber>"
                + "<ETag>\(XMLElement.escape($0.etag))</ETag>"
                + ($0.checksum.map { "<\($0.element)>\($0.value)</\($0.element)>" } ?? "")
                + "</Part>"
        }
        let text =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + list.joined() + "</CompleteMultipartUpload>"
        request.body = Array(text.utf8).withBytes { Payload($0) }
        request.headers = [("content-type", "application/xml")] + headers
        return request
    }

    public static func abortUpload(_ key: String, upload: String) -> StoreRequest {
        var request = StoreRequest("DELETE", key: key)
        request.query = [("uploadId", upload)]
        return request
    }

    /// Uploads of keys that begin with `prefix`.
    public static func listUploads(prefix: String) -> StoreRequest {
        var request = StoreRequest("GET", key: nil)
        request.query = [("uploads", ""), ("prefix", prefix)]
        return request
    }

    public static func head(_ key: String) -> StoreRequest { StoreRequest("HEAD", key: key) }

    public static func get(_ key: String, limit: Int) -> StoreRequest {
        var request = StoreRequest("GET", key: key)
        request.answerLimit = limit
        return request
    }

    public static func delete(_ key: String) -> StoreRequest { StoreRequest("DELETE", key: key) }

    /// Whether the MD5 of the body will be asked for.
    func needsMD5(after answer: StoreAnswer) -> Bool {
        isComparedByMD5 && checksum.map { !answer.confirms($0) } ?? true
    }
}
