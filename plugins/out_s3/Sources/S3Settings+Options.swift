import Core
import Parsers

extension S3Settings {
    static let options: [OptionSpec] = [
        OptionSpec("bucket", .text, required: true, help: "Bucket that the objects go to."),
        OptionSpec(
            "preset", .choice(Preset.all.map(\.name)), default: "aws",
            help: "Whose store it is: sets `region`, `endpoint` and `addressing` unless given."),
        OptionSpec(
            "region", .text, help: "Region of the bucket; by default what the preset says."),
        OptionSpec(
            "endpoint", .text,
            help: "`[http(s)://]host[:port]` of the store; https when it names no scheme."),
        OptionSpec(
            "addressing", .choice(["auto", "path", "virtual"]), default: "auto",
            help: "`path` puts the bucket into the path, `virtual` into the host's name."),
        OptionSpec(
            "s3_key_format", .text, default: "/fluent-bit-logs/$TAG/%Y/%m/%d/%H/%M/%S",
            help: "Keys of the objects; has placeholders."),
        OptionSpec(
            "s3_key_format_tag_delimiters", .text, default: ".",
            help: "Characters between the parts of a tag, for `$TAG[n]`."),
        OptionSpec(
            "static_file_path", .boolean, default: "false",
            help: "Append nothing to a key without `$UUID`, `$INDEX` or `$POSITION`."),
        OptionSpec(
            TimeZone.option.key, .text, default: "UTC",
            help: "Zone of times in keys: `Europe/Berlin`, `+02:00`, `UTC`, `local`."),
        OptionSpec(
            "format", .choice(["json_lines", "json"]), default: "json_lines",
            help: "One JSON object per line; `json` is another name for it."),
        OptionSpec(
            "json_date_key", .text, default: "false",
            help: "Key for the record's time, put first; `false` adds none."),
        OptionSpec(
            "compression", .choice(["none", "gzip", "zstd"]), default: "none",
            help: "Compress the objects and say so in `Content-Encoding`."),
        OptionSpec(
            "total_file_size", .size, default: "100000000",
            help: "Size of an object as it is stored, 1K to 50G."),
        OptionSpec(
            "upload_chunk_size", .size, default: "8MiB",
            help: "Size of the parts that larger objects are uploaded in, 5MiB to 5G."),
        OptionSpec(
            "upload_timeout", .duration, default: "10m",
            help: "Deliver an object after this time however small it is."),
        OptionSpec(
            "use_put_object", .boolean, default: "false",
            help: "Upload every object with one request; it is held in memory."),
        OptionSpec(
            "parallel_uploads", .integer(1...64), default: "4", help: "Requests at the same time."),
        OptionSpec(
            "max_open_objects", .integer(1...65_536), default: "256",
            help: "Objects collected at once; the one used longest ago is delivered."),
        OptionSpec(
            "buffer_limit", .size, default: "64MiB",
            help: "Memory for what is collected; above it objects are delivered early."),
        OptionSpec("content_type", .text, help: "`Content-Type` of the objects."),
        OptionSpec(
            "storage_class", .text, help: "Storage class: `STANDARD_IA`, `GLACIER_IR`, ..."),
        OptionSpec("canned_acl", .text, help: "Access list: `bucket-owner-full-control`, ..."),
        OptionSpec("tagging", .text, help: "Tags of the objects: `key=value&key=value`."),
        OptionSpec(
            "sse", .choice(["AES256", "aws:kms"]), help: "Encryption at rest with the store's keys."
        ),
        OptionSpec(
            "sse_kms_key_id", .text, help: "Key of KMS for `sse: aws:kms`; by default the bucket's."
        ),
        OptionSpec(
            "sse_customer_key", .text,
            help: "Encryption with a key of your own (SSE-C): 32 bytes in base 64."),
        OptionSpec(
            "object_lock_mode", .choice(["GOVERNANCE", "COMPLIANCE"]),
            help: "Lock the objects; the bucket must allow it."),
        OptionSpec("object_lock_retention", .duration, help: "How long: `30d`."),
        OptionSpec(
            "if_none_match", .boolean, default: "false",
            help: "Never replace an object: attempts after a crash make no further version."),
        OptionSpec(
            "checksum", .choice(["none", "crc32c", "sha256"]), default: "none",
            help: "Send a checksum that the store keeps with the object."),
        OptionSpec(
            "sign_payload", .choice(["auto", "on"]), default: "auto",
            help: "`auto` leaves it out of signatures over TLS with `checksum: crc32c`."),
        OptionSpec(
            "send_content_md5", .boolean, default: "false",
            help: "Send `Content-MD5`; buckets with object lock want it."),
        OptionSpec(
            "aws_access_key_id", .text,
            help: "Key; otherwise the environment and shared files are asked."),
        OptionSpec("aws_secret_access_key", .text, help: "Its secret."),
        OptionSpec("aws_session_token", .text, help: "Goes with temporary keys."),
        OptionSpec("profile", .text, help: "Profile in the shared files."),
        OptionSpec("role_arn", .text, help: "Role that the key takes for the requests."),
        OptionSpec("external_id", .text, help: "What the role's owner wants to hear."),
        OptionSpec(
            "sts_endpoint", .text, help: "Service that gives temporary keys; by default AWS's."),
        OptionSpec(
            "tls.ca_file", .path, help: "Authorities that may sign the store's certificate."),
        OptionSpec("tls.ca_path", .path, help: "The same as a directory."),
        OptionSpec(
            "tls.verify", .boolean, default: "on", help: "Check the store's certificate."),
        OptionSpec(
            "proxy", .text, help: "`http://host:port`; otherwise `HTTPS_PROXY` is used as by curl."),
        OptionSpec(
            "net.connect_timeout", .duration, default: "10s", help: "Time to connect, TLS included."
        ),
        OptionSpec(
            "net.io_timeout", .duration, default: "60s",
            help: "A request without a byte for so long has failed."),
    ]
}
