import Core
import ObjectStore

extension S3Settings {
    /// Texts that mean nothing when they are empty: mostly a variable that is not set.
    private static let neverEmpty = [
        "region", "content_type", "storage_class", "canned_acl", "tagging", "sse_kms_key_id",
        "aws_access_key_id", "aws_secret_access_key", "profile", "role_arn", "external_id",
        "sts_endpoint", "tls.ca_file", "tls.ca_path",
    ]

    /// Texts that go into the head of a request, where a line break begins another header.
    private static let inHeads = [
        "bucket", "region", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
        "role_arn", "external_id", "proxy",
    ]

    /// What can be said of options without the others; no message shows a secret.
    static func check(_ settings: PluginSettings, problems: inout [SettingsProblem]) {
        func refuse(_ code: ErrorCode, _ key: String, _ message: String, hint: String? = nil) {
            problems.append(
                SettingsProblem(code, at: settings.location(of: key), message, hint: hint))
        }
        for key in neverEmpty where settings.text(key) == "" {
            refuse(
                .invalidValue, key, "'\(key)' is empty", hint: "leave it out, or set its variable")
        }
        for key in inHeads where settings.text(key)?.hasControlCharacters == true {
            refuse(
                .invalidValue, key, "'\(key)' has a line break or another control character")
        }
        let bucket = settings.text("bucket") ?? ""
        if bucket.isEmpty || !bucket.utf8.allSatisfy(\.isInBucketNames) {
            let hint: String? =
                if bucket.hasPrefix("arn:") {
                    "an access point has an alias, which stands for a bucket"
                } else if bucket.contains("/") {
                    "only the bucket's name; folders go into 's3_key_format'"
                } else {
                    nil
                }
            refuse(.invalidValue, "bucket", "'bucket' is no name of a bucket", hint: hint)
        }
        let format = settings.text("s3_key_format") ?? ""
        if format.hasControlCharacters {
            refuse(.invalidValue, "s3_key_format", "'s3_key_format' has control characters")
        }
        if format.utf8.count > KeyTemplate.keyLimit {
            refuse(
                .outOfRange, "s3_key_format",
                "'s3_key_format' is longer than the \(KeyTemplate.keyLimit) bytes of a key")
        }
        if format.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) {
            refuse(
                .invalidValue, "s3_key_format",
                "'s3_key_format' has a '.' or '..' between slashes, which stores take for a folder")
        }
        for (key, least) in [("net.connect_timeout", Int64(100)), ("net.io_timeout", 1_000)] {
            let time = settings.duration(key) ?? 0
            if !(least * 1_000_000...3_600_000_000_000).contains(time) {
                let text = least < 1_000 ? "\(least)ms" : "\(least / 1_000)s"
                refuse(.outOfRange, key, "'\(key)' is outside \(text) to 1h")
            }
        }
        if let limit = settings.size("buffer_limit"), limit < 16 << 10 {
            refuse(.outOfRange, "buffer_limit", "'buffer_limit' is less than 16KiB")
        }
        // Times are counted in nanoseconds since 1970, which end in 2262.
        let day: Int64 = 86_400_000_000_000
        for (key, days) in [("upload_timeout", Int64(365)), ("object_lock_retention", 36_500)] {
            guard let time = settings.duration(key) else { continue }
            if !(1_000_000_000...days * day).contains(time) {
                refuse(.outOfRange, key, "'\(key)' is outside 1s to \(days)d")
            }
        }
        if let proxy = settings.text("proxy"), !proxy.isEmpty, !isProxy(proxy) {
            refuse(.invalidValue, "proxy", "'proxy' is no http://[user:password@]host:port")
        }
        if settings.text("aws_session_token") != nil, settings.text("aws_access_key_id") == nil {
            refuse(
                .conflictingKeys, "aws_session_token",
                "'aws_session_token' needs 'aws_access_key_id' and 'aws_secret_access_key'")
        }
    }

    /// Whether libcurl can read it.
    private static func isProxy(_ text: String) -> Bool {
        guard !text.utf8.contains(0x20) else { return false }
        guard let scheme = text.firstRange(of: "://") else { return true }
        return ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
            .contains(text[..<scheme.lowerBound].lowercased())
    }
}

extension String {
    fileprivate var hasControlCharacters: Bool { utf8.contains { $0 < 0x20 || $0 == 0x7f } }
}

extension UInt8 {
    /// As buckets of AWS and of others are named; Ceph writes `TENANT:BUCKET`.
    fileprivate var isInBucketNames: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }
}
