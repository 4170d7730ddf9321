import Codec
import Core
import ObjectStore

/// The headers that go with an object.
enum ObjectHeaders {
    typealias Headers = [(name: String, value: String)]

    /// - Returns: headers of requests that make an object, and of those that send its parts.
    static func read(
        _ settings: PluginSettings, compression: Compression,
        problems: inout [SettingsProblem]
    ) -> (object: Headers, part: Headers) {
        var object: Headers = []
        func add(_ header: String, _ key: String) {
            guard let value = settings.text(key) else { return }
            object.append((header, value))
            // A line break would begin another header.
            if value.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f }) {
                problems.append(
                    SettingsProblem(
                        .invalidValue, at: settings.location(of: key),
                        "'\(key)' has characters that no header takes"))
            }
        }
        add("content-type", "content_type")
        if settings.text("content_type") == nil {
            object.append(("content-type", "application/x-ndjson"))
        }
        if compression != .none { object.append(("content-encoding", compression.rawValue)) }
        add("x-amz-storage-class", "storage_class")
        add("x-amz-acl", "canned_acl")
        add("x-amz-tagging", "tagging")
        add("x-amz-server-side-encryption", "sse")
        add("x-amz-server-side-encryption-aws-kms-key-id", "sse_kms_key_id")
        if settings.text("sse_kms_key_id") != nil, settings.text("sse") != "aws:kms" {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "sse_kms_key_id"),
                    "'sse_kms_key_id' needs 'sse: aws:kms'"))
        }
        let part = customerKey(settings, problems: &problems)
        return (object + part, part)
    }

    /// A key of the customer's own goes with every request and is kept by nobody.
    private static func customerKey(
        _ settings: PluginSettings, problems: inout [SettingsProblem]
    ) -> Headers {
        guard let text = settings.text("sse_customer_key") else { return [] }
        guard let key = text.base64Bytes, key.count == 32 else {
            problems.append(
                SettingsProblem(
                    .invalidValue, at: settings.location(of: "sse_customer_key"),
                    "'sse_customer_key' is not 32 bytes in base 64"))
            return []
        }
        if settings.text("sse") != nil {
            problems.append(
                SettingsProblem(
                    .conflictingKeys, at: settings.location(of: "sse_customer_key"),
                    "'sse_customer_key' and 'sse' exclude each other"))
        }
        let prefix = "x-amz-server-side-encryption-customer"
        return [
            (prefix + "-algorithm", "AES256"), (prefix + "-key", text),
            (prefix + "-key-md5", key.withBytes { Digest.md5($0) }.base64),
        ]
    }
}
