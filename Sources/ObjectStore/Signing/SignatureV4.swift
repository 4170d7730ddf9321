import Core

/// AWS Signature Version 4 in the `Authorization` header.
///
/// - Source: "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
struct SignatureV4 {
    var credentials: Credentials
    var region: String
    var service = "s3"

    /// Lower-case hex of the SHA-256 of no bytes.
    static let emptyHash = Digest.sha256(RawSpan()).hex

    /// What is signed, step by step, for the tests.
    struct Steps: Equatable {
        var canonicalRequest: String
        var stringToSign: String
        var authorization: String
    }

    /// Signs a request that has all its headers but `Authorization`.
    ///
    /// - Parameters:
    ///   - path: percent-encoded, as it goes over the wire.
    ///   - query: as `PercentEncoding.query` makes it.
    ///   - headers: all of them are signed.
    ///   - payloadHash: what `x-amz-content-sha256` says.
    func sign(
        method: String, path: String, query: String, headers: [(name: String, value: String)],
        payloadHash: String, at time: Timestamp
    ) -> Steps {
        let lines = headers.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
            .sorted { $0.name < $1.name }
        let names = lines.map(\.name).joined(separator: ";")
        let canonical = [
            method, path, query, lines.map { "\($0.name):\($0.value)\n" }.joined(), names,
            payloadHash,
        ].joined(separator: "\n")
        let stamp = Self.stamp(time)
        let scope = "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
        let hash = Array(canonical.utf8).withBytes { Digest.sha256($0) }.hex
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(hash)"
        let signature = Digest.hmac(
            key: signingKey(date: String(stamp.prefix(8))), Array(text.utf8)
        ).hex
        return Steps(
            canonicalRequest: canonical, stringToSign: text,
            authorization: "AWS4-HMAC-SHA256 Credential=\(credentials.keyID)/\(scope), "
                + "SignedHeaders=\(names), Signature=\(signature)")
    }

    private func signingKey(date: String) -> [UInt8] {
        [date, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secret)".utf8)) {
            Digest.hmac(key: $0, Array($1.utf8))
        }
    }

    /// `20130524T000000Z`.
    static func stamp(_ time: Timestamp) -> String {
        let date = CivilTime(secondsSince1970: time.seconds)
        func padded(_ number: Int, _ width: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return padded(date.year, 4) + padded(date.month) + padded(date.day) + "T"
            + padded(date.hour) + padded(date.minute) + padded(date.second) + "Z"
    }

    /// Without spaces at the ends, and one where there are several.
    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }
}
