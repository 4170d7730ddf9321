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
                ["preset": "garage", "endpoint": "http://[::1]:3900", "addressing": "virtual"],
                "http://logs.[::1]:3900/"
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
            ("time_zone", "Nowhere/Land", .invalidValue),
        ])
    func refuses(key: String, value: String, code: ErrorCode) {
        #expect {
            _ = try settings(["bucket": "logs"].merging([key: value]) { $1 })
        } throws: { error in
            (error as? SettingsError)?.problems.contains { $0.code == code } == true
        }
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
