import Core
import ObjectStore
import TestKit
import Testing

@testable import OutS3

@Suite struct S3SettingsTests {
    private func settings(_ values: [String: String]) throws -> S3Settings {
        try S3Settings(
            PluginSettings(
                testing: S3Output.info, values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            ))
    }

    @Test(
        arguments: [
            (["preset": "aws", "region": "eu-west-1"], "https://logs.s3.eu-west-1.amazonaws.com/"),
            (["preset": "aws", "addressing": "path"], "https://s3.us-east-1.amazonaws.com/logs"),
            (
                ["preset": "wasabi", "region": "eu-central-1"],
                "https://s3.eu-central-1.wasabisys.com/logs"
            ),
            (["preset": "b2"], "https://s3.us-west-004.backblazeb2.com/logs"),
            (["preset": "gcs"], "https://storage.googleapis.com/logs"),
            (
                ["preset": "r2", "endpoint": "https://x.r2.cloudflarestorage.com"],
                "https://x.r2.cloudflarestorage.com/logs"
            ),
            (
                ["preset": "garage", "endpoint": "http://s3.lan:3900", "addressing": "virtual"],
                "http://logs.s3.lan:3900/"
            ),
        ] as [([String: String], String)])
    func knowsStores(values: [String: String], url: String) throws {
        let endpoint = try settings(values.merging(["bucket": "logs"]) { $1 }).endpoint
        #expect(endpoint.bucketURL == url)
    }

    @Test(
        arguments: [
            ("bucket", "", ErrorCode.invalidValue), ("bucket", "a/b", .invalidValue),
            ("endpoint", "ftp://x", .invalidValue), ("endpoint", "::1", .invalidValue),
            ("s3_key_format", "/%Q", .invalidValue), ("s3_key_format", "/", .invalidValue),
            ("upload_chunk_size", "1M", .outOfRange), ("total_file_size", "0", .outOfRange),
            ("total_file_size", "51G", .outOfRange), ("upload_timeout", "10ms", .outOfRange),
            ("aws_access_key_id", "x", .conflictingKeys), ("sse_kms_key_id", "x", .conflictingKeys),
            ("content_type", "a\nb: c", .invalidValue), ("preset", "minio", .missingKey),
            ("time_zone", "Nowhere/Land", .invalidValue), ("bucket", "a b", .invalidValue),
            ("bucket", "a?b", .invalidValue), ("bucket", "arn:aws:s3:::b/x", .invalidValue),
            ("region", "", .invalidValue), ("region", "eu west", .invalidValue),
            ("aws_secret_access_key", "", .invalidValue), ("storage_class", "", .invalidValue),
            ("aws_session_token", "x", .conflictingKeys),
            ("aws_access_key_id", "a\nb: c", .invalidValue),
            ("s3_key_format", "/../$TAG", .invalidValue),
            ("s3_key_format", "$UUID/", .invalidValue),
            ("s3_key_format", "/a\u{1}U", .invalidValue),
            ("s3_key_format", String(repeating: "a", count: 1025), .outOfRange),
            ("net.connect_timeout", "0", .outOfRange), ("net.io_timeout", "0", .outOfRange),
            ("object_lock_retention", "100000d", .outOfRange),
            ("upload_timeout", "100000d", .outOfRange),
            ("s3_key_format", String(repeating: "$a", count: 257), .outOfRange),
            ("buffer_limit", "0", .outOfRange), ("proxy", "non sense", .invalidValue),
            ("proxy", "ftp://p:1", .invalidValue), ("sts_endpoint", "ht tp", .invalidValue),
        ])
    func refuses(key: String, value: String, code: ErrorCode) {
        #expect {
            _ = try settings(["bucket": "logs"].merging([key: value]) { $1 })
        } throws: { error in
            // Where the option is, and nothing of what may be a secret.
            (error as? SettingsError)?.problems.contains {
                $0.code == code && ($0.message.contains("'\(key)") || code == .conflictingKeys)
            } == true
        }
    }

    @Test func refusesABucketInFrontOfAnAddress() {
        #expect(throws: SettingsError.self) {
            _ = try settings([
                "bucket": "logs", "preset": "minio", "endpoint": "http://[::1]:9000",
                "addressing": "virtual",
            ])
        }
    }

    @Test(
        arguments: [
            ([:], true), (["sign_payload": "on"], false), (["tls.verify": "off"], false),
            (["endpoint": "http://x"], false),
        ] as [([String: String], Bool)])
    func signsWhatTLSDoesNotGuard(values: [String: String], mayLeave: Bool) throws {
        let all = values.merging(["bucket": "logs"]) { $1 }
        #expect(try settings(all).mayLeaveUnsigned == mayLeave)
    }

    @Test(
        arguments: [
            ([:], false), (["use_put_object": "on"], true),
            (["use_put_object": "on", "total_file_size": "50M"], false),
            (["upload_chunk_size": "80M", "total_file_size": "1G"], true),
            (["upload_chunk_size": "80M", "total_file_size": "1G", "buffer_limit": "1G"], false),
        ] as [([String: String], Bool)])
    func tellsOfSizesThatAreNeverReached(values: [String: String], isTold: Bool) throws {
        let all = values.merging(["bucket": "logs"]) { $1 }
        #expect((try settings(all).remark != nil) == isTold)
    }

    @Test func takesAnEmptyTokenForNone() throws {
        let read = try settings([
            "bucket": "logs", "aws_access_key_id": "a", "aws_secret_access_key": "b",
            "aws_session_token": "",
        ])
        #expect(read.credentials?.sessionToken == nil)
    }

    @Test func restoresItsState() {
        var state = S3State()
        state.identity = 1
        state.index = 2
        state.fingerprint = 3
        state.floors = ["a": 4]
        state.delivered = [S3State.Delivered(source: "a", partition: "p\u{1}U", end: 9)]
        for end in [nil, 12] as [UInt64?] {
            state.plans.append(
                S3State.Plan(
                    source: "a", partition: "q", key: "k", start: 5, end: end, count: 3,
                    isMultipart: end == nil, upload: end == nil ? "u" : nil,
                    time: Timestamp(seconds: -5)))
        }
        let bytes = state.encoded()
        #expect(S3State(bytes) == state)
        #expect(S3State([]) == S3State())
        for count in 1..<bytes.count { #expect(S3State(Array(bytes[..<count])) == nil) }
    }
}
