public import Core

/// A request that an object store did not carry out: whose fault it is, and what can help.
public struct StoreFailure: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// No answer, or none that can be trusted: nobody knows whether the request was carried out.
        case unreachable
        case untrusted
        /// The store has a problem that passes.
        case broken
        /// The store wants fewer requests.
        case throttled
        /// The store's clock and ours differ.
        case skewed
        /// A temporary key has ended.
        case expired
        /// The key may not do this.
        case denied
        /// No such bucket, here.
        case noBucket
        /// No such object.
        case noObject
        /// No such multipart upload: it was aborted, or it is complete.
        case noUpload
        /// There is an object of this key already.
        case exists
        /// The store does not know something that was asked for.
        case unsupported
        /// The request is not acceptable.
        case rejected
        /// What the store has is not what was sent.
        case mismatch
    }

    public var kind: Kind
    /// HTTP's status, or 0 without an answer.
    public var status: Int
    /// The store's own word: `SlowDown`.
    public var word: String
    public var message: String
    /// Nanoseconds that the store asked to wait.
    public var retryAfter: Int64?
    /// Whether the answer was longer than the request allows.
    var isAnswerTooLong = false
    /// What to do about it, when libcurl's number tells.
    private var advice = ""

    public init(_ kind: Kind, status: Int, word: String, message: String) {
        self.kind = kind
        self.status = status
        self.word = word
        self.message = message
    }

    /// Reads an answer whose status is no success.
    init(_ response: HTTPResponse, now: Timestamp) {
        let document = XMLElement(response.body)
        let error = document?.name == "Error" ? document : nil
        status = response.status
        word = error?["Code"] ?? response["x-amz-error-code"] ?? ""
        message = Self.sentence(error?["Message"] ?? response.plainText)
        kind = Self.kind(status: status, word: word)
        if kind == .rejected || kind == .noBucket,
            let region = error?["Region"] ?? response["x-amz-bucket-region"],
            !region.isEmpty
        {
            kind = .noBucket
            message += (message.isEmpty ? "" : ": ") + "the bucket is in region '\(region)'"
            advice = "correct 'region'"
        }
        if let text = response["retry-after"] {
            retryAfter = HTTPDate.retryAfter(text, now: now)
        }
    }

    /// Reads an exchange without an answer.
    init(_ failure: HTTPFailure) {
        // libcurl's numbers for handshakes, certificates and authorities.
        let isAboutTrust = [35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 83, 90, 91]
            .contains(failure.code)
        self.init(
            isAboutTrust ? .untrusted : .unreachable, status: 0, word: "",
            message: Self.sentence(failure.reason))
        // libcurl's "write error": the shim takes no more than the limit.
        isAnswerTooLong = failure.code == 23
        advice = Self.advice(failure)
    }

    /// A text of others as a part of a sentence: one line, of bounded length, without its full stop.
    private static func sentence(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }
        var line = String(words.joined(separator: " ").unicodeScalars.prefix(300))
        while line.hasSuffix(".") { line.removeLast() }
        return line
    }

    /// - Source: "libcurl error codes".
    private static func advice(_ failure: HTTPFailure) -> String {
        switch failure.code {
        case 5, 97: "correct 'proxy'"
        case 35 where failure.reason.contains("wrong version number"):
            "nobody speaks TLS there: write http:// before the endpoint"
        case 51, 60: "name the store's authority in 'tls.ca_file'"
        case 58, 66, 77: "correct 'tls.ca_file' or 'tls.ca_path'"
        default: ""
        }
    }

    private static func kind(status: Int, word: String) -> Kind {
        switch word {
        case "RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired": return .skewed
        case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException": return .expired
        case "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded",
            "TooManyRequests", "ServiceUnavailable", "BandwidthLimitExceeded":
            return .throttled
        case "RequestTimeout", "InternalError", "OperationAborted", "IncompleteBody", "BadDigest",
            "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch":
            return .broken
        case "NoSuchBucket", "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraint":
            return .noBucket
        case "NoSuchUpload": return .noUpload
        case "NoSuchKey": return .noObject
        case "NotImplemented", "UnsupportedOperation": return .unsupported
        case "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "InvalidToken",
            "AllAccessDisabled", "AccountProblem":
            return .denied
        default: break
        }
        switch status {
        case 401, 403: return .denied
        case 404: return .noObject
        case 408, 425: return .broken
        case 409: return .broken
        case 412: return .exists
        case 429, 503: return .throttled
        case 501: return .unsupported
        case 500...: return .broken
        case 301, 307, 308: return .noBucket
        default: return .rejected
        }
    }

    /// Whether the same request may succeed later without anybody changing anything.
    public var canRetry: Bool {
        switch kind {
        case .unreachable, .broken, .throttled, .skewed, .expired, .noUpload, .exists, .mismatch:
            true
        case .untrusted, .denied, .noBucket, .noObject, .unsupported: false
        // A 400 without a known word is more often a proxy's or a store's trouble than ours.
        case .rejected: word.isEmpty
        }
    }

    private var code: ErrorCode {
        switch kind {
        case .unreachable: .storeUnreachable
        case .untrusted: .storeUntrusted
        case .broken, .noUpload: .storeFailed
        case .throttled: .storeThrottled
        case .skewed: .storeClockSkew
        case .expired, .denied: .storeDenied
        case .noBucket: .storeNoBucket
        case .mismatch: .storeMismatch
        case .noObject, .exists, .unsupported, .rejected: .storeRejected
        }
    }

    /// The error as the engine knows it.
    public func operation(_ call: String, _ target: String) -> OperationError {
        let answer = [status == 0 ? "" : "HTTP \(status)", word].filter { !$0.isEmpty }
            .joined(separator: " ")
        let texts = [answer, message, hint].filter { !$0.isEmpty }
        return OperationError(
            code, call: call, target: target, reason: texts.joined(separator: ": "),
            canRetry: canRetry)
    }

    private var hint: String {
        if !advice.isEmpty { return advice }
        return switch word {
        case "SignatureDoesNotMatch": "the secret key is wrong, or a proxy changes requests"
        case "InvalidAccessKeyId": "the store does not know this key"
        case "AccessDenied": "the key may not do this"
        case "InvalidObjectState": "the object is archived; restore it first"
        case "NoSuchBucket": "make the bucket, or correct 'bucket'"
        case "AuthorizationHeaderMalformed": "correct 'region'"
        case "RequestTimeTooSkewed": "set the clock of this machine"
        default: ""
        }
    }
}
