public import Core

extension StoreRequest {
    /// Objects whose keys begin with `prefix`, a thousand at a time.
    ///
    /// - Parameter page: the token that the page before named.
    /// - Source: `ListObjectsV2`, Amazon S3 API Reference.
    public static func listObjects(prefix: String, page: String?) -> StoreRequest {
        var request = StoreRequest("GET", key: nil)
        // Keys may have characters that no XML document can hold.
        request.query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", prefix)]
        if let page { request.query.append(("continuation-token", page)) }
        // A thousand keys of 1024 bytes, each byte as `%XX`.
        request.answerLimit = 16 << 20
        return request
    }

    /// Bytes of an object.
    ///
    /// - Parameter etag: of the object that is wanted; another one is refused with 412.
    public static func get(
        _ key: String, bytes: Range<Int>, etag: String?,
        headers: [(name: String, value: String)], limit: Int
    ) -> StoreRequest {
        var request = StoreRequest.get(key, limit: limit)
        request.headers = headers + [("range", "bytes=\(bytes.lowerBound)-\(bytes.upperBound - 1)")]
        if let etag { request.headers.append(("if-match", etag)) }
        // Without it Google's store decompresses what is stored as gzip. It rewrites the header too,
        // so that a signature over it would not fit.
        request.unsignedHeaders = [("accept-encoding", "gzip")]
        return request
    }
}

extension StoreAnswer {
    /// Some of the objects of a bucket, but no folders.
    public func objects() throws(StoreFailure) -> ObjectPage {
        guard let result = document("ListBucketResult") else { throw unclear }
        let isEncoded = result["EncodingType"] == "url"
        var keys: [String] = []
        for item in result.children where item.name == "Contents" {
            guard let text = item["Key"],
                let key = isEncoded ? PercentEncoding.decode(text) : text
            else { throw unclear }
            // Folders that programs make are empty objects.
            if key.hasSuffix("/"), item["Size"] == "0" { continue }
            keys.append(key)
        }
        let token = result["NextContinuationToken"] ?? ""
        if result["IsTruncated"] == "true", token.isEmpty { throw unclear }
        return ObjectPage(keys: keys, next: result["IsTruncated"] == "true" ? token : nil)
    }

    /// The length of the object that this answer has a part of (RFC 9110 §14.4).
    ///
    /// - Parameter range: the part that was asked for; it may go beyond the object's end.
    func objectLength(asked range: Range<Int>) throws(StoreFailure) -> Int {
        guard let text = self["content-range"] else {
            // A store that does not know ranges sends all of it.
            guard range.lowerBound == 0 else { throw unclear }
            return body.count
        }
        // rclone says 200 to it.
        let words = text.split { " -/".contains($0) }
        guard words.count == 4, words[0] == "bytes", Int(words[1]) == range.lowerBound,
            let last = Int(words[2]), let length = Int(words[3]),
            last + 1 == min(range.upperBound, length), body.count == last + 1 - range.lowerBound
        else { throw unclear }
        return length
    }
}
