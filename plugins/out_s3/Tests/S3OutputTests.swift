import Core
import Foundation
import ObjectStore
import TestKit
import Testing

@testable import OutS3

@Suite struct S3OutputTests {
    @Test func collectsUntilAnObjectIsLongEnough() throws {
        let engine = try Engine(["total_file_size": "1k"])
        try engine.deliver(10)
        #expect(engine.store.requests.isEmpty)
        #expect(engine.position == 0)
        try engine.deliver(20)
        #expect(engine.keys == ["b/t/00000000000000000000"])
        #expect(try engine.numbers() == Array(0..<30))
        #expect(engine.position == 30)
        try engine.deliver(5)
        #expect(engine.position == 30)
        try engine.drain()
        #expect(engine.keys.last == "b/t/00000000000000000030")
        #expect(try engine.numbers() == Array(0..<35))
        #expect(engine.position == 35)
    }

    @Test func deliversWhatIsOldEnough() throws {
        let engine = try Engine(["upload_timeout": "60s"])
        #expect(engine.output.deadline == nil)
        let start = engine.clock.now.seconds
        try engine.deliver(1)
        #expect(engine.output.deadline == Timestamp(seconds: start + 60))
        engine.clock.now = Timestamp(seconds: start + 59)
        try engine.commit()
        #expect(engine.keys.isEmpty)
        engine.clock.now = Timestamp(seconds: start + 60)
        try engine.commit()
        #expect(try engine.numbers() == [0])
        #expect(engine.output.deadline == nil)
    }

    @Test func readsAgainWhatWasCollectedBeforeACrash() throws {
        let engine = try Engine(["total_file_size": "1k"])
        try engine.deliver(15)
        try engine.restart()
        #expect(engine.read == 0)
        try engine.deliver(15)
        #expect(try engine.numbers() == Array(0..<30))
    }

    /// The object that was decided on is made again as it was, whatever came after it.
    @Test(arguments: [true, false])
    func repeatsTheSameObjectAfterACrash(isStored: Bool) throws {
        let engine = try Engine([
            "total_file_size": "1k", "s3_key_format": "/$TAG/%M%S-$UUID-$INDEX",
        ])
        engine.end = 25
        try engine.pump()
        if !isStored { engine.store.fail { _, _ in .reply(Reply(500)) } }
        try? engine.commit(saves: false)
        engine.store.fail { _, _ in nil }
        let before = engine.store.objects
        #expect(before.count == (isStored ? 1 : 0))
        try engine.restart()
        try engine.deliver(75)
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<100))
        let first = try #require(engine.store.objects.first { $0.key.hasSuffix("-0") })
        #expect(try PackedFile(first.key, holding: first.value).numbers() == Array(0..<25))
        for (key, bytes) in before { #expect(engine.store.objects[key] == bytes) }
    }

    @Test func keepsPartitionsApartAndPassesOverWhatIsDelivered() throws {
        // Of every ten records nine are of host a.
        let engine = try Engine(
            ["total_file_size": "1k", "s3_key_format": "/$host/$POSITION"],
            make: { makeBatch($0, hosts: ["slow"] + Array(repeating: "a", count: 9)) })
        try engine.deliver(100)
        #expect(engine.keys.allSatisfy { $0.hasPrefix("b/a/") })
        // The first record of the slow host holds the cursor.
        #expect(engine.position == 0)
        try engine.restart()
        try engine.deliver(100)
        try engine.restart()
        try engine.deliver(50)
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<250))
        #expect(engine.position == 250)
        #expect(engine.store.puts.values.allSatisfy { $0 == 1 })
    }

    @Test func putsRecordsIntoTheHourOfTheirTime() throws {
        let engine = try Engine(
            ["s3_key_format": "/dt=%Y-%m-%d/hour=%H/%M%S-$POSITION", "time_zone": "+05:30"],
            make: { makeBatch($0, secondsApart: 600) })
        try engine.deliver(12)
        try engine.drain()
        // 2026-01-31T11:59:50Z is 17:29:50 there.
        #expect(
            engine.keys == [
                "b/dt=2026-01-31/hour=17/2950-00000000000000000000",
                "b/dt=2026-01-31/hour=18/0950-00000000000000000004",
                "b/dt=2026-01-31/hour=19/0950-00000000000000000010",
            ])
        #expect(
            try engine.numbers("b/dt=2026-01-31/hour=18/0950-00000000000000000004") == Array(4..<10)
        )
    }

    @Test func uploadsLongObjectsInEqualParts() throws {
        let engine = try Engine(
            ["total_file_size": "300k"], partSize: 20_000, make: { makeBatch($0, filler: 500) })
        for _ in 0..<40 { try engine.deliver(10) }
        let parts = engine.store.requests.filter { $0.query["partNumber"] != nil }
        #expect(parts.count > 5)
        #expect(parts.allSatisfy { $0.body.count == 20_000 })
        #expect(engine.store.objects.isEmpty)
        #expect(engine.store.openUploads == 1)
        try engine.drain()
        #expect(engine.keys.count >= 1)
        #expect(try engine.numbers() == Array(0..<400))
        #expect(engine.store.openUploads == 0)
        #expect(engine.output.objects.all.isEmpty)
    }

    @Test(arguments: ["none", "gzip", "zstd"])
    func meetsTheSizeAfterCompression(compression: String) throws {
        let suffix = ["gzip": ".gz", "zstd": ".zst"][compression] ?? ""
        let engine = try Engine(
            [
                "total_file_size": "400k", "compression": compression,
                "s3_key_format": "/$POSITION\(suffix)",
            ], make: { makeBatch($0, filler: 400) })
        engine.step = 100
        for _ in 0..<50 { try engine.deliver(100) }
        let sizes = engine.store.objects.values.map(\.count)
        #expect(sizes.count >= 2)
        #expect(sizes.allSatisfy { (320_000...480_000).contains($0) }, "\(sizes)")
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<5_000))
        let headers = engine.store.headers(of: engine.keys[0])
        #expect(headers["content-encoding"] == (compression == "none" ? nil : compression))
        #expect(headers["content-type"] == "application/x-ndjson")
    }

    @Test func holdsFewObjectsOpen() throws {
        let engine = try Engine(
            ["max_open_objects": "3", "s3_key_format": "/$host/$POSITION"],
            make: { makeBatch($0, hosts: (0..<8).map { "h\($0)" }) })
        try engine.deliver(80)
        #expect(engine.output.objects.open.count == 3)
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<80))
    }

    @Test func holdsLittleInMemory() throws {
        let engine = try Engine(
            ["buffer_limit": "50k", "s3_key_format": "/$host/$POSITION"],
            make: { makeBatch($0, hosts: (0..<5).map { "h\($0)" }, filler: 1000) })
        for _ in 0..<30 {
            try engine.deliver(10)
            #expect(engine.output.objects.open.values.reduce(0) { $0 + $1.heldBytes } <= 50_000)
        }
        try engine.drain()
        #expect(try engine.numbers() == Array(0..<300))
    }

    @Test func sendsTheHeadersItWasTold() throws {
        let engine = try Engine([
            "content_type": "text/plain", "storage_class": "GLACIER_IR", "canned_acl": "private",
            "tagging": "a=b&c=d", "sse": "aws:kms", "sse_kms_key_id": "key",
            "send_content_md5": "on",
        ])
        try engine.deliver(1)
        try engine.drain()
        let headers = engine.store.headers(of: engine.keys[0])
        let wanted = [
            "content-type": "text/plain", "x-amz-storage-class": "GLACIER_IR",
            "x-amz-acl": "private", "x-amz-tagging": "a=b&c=d",
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": "key",
        ]
        for (name, value) in wanted { #expect(headers[name] == value) }
        #expect(headers["content-md5"]?.count == 24)
    }

    @Test func locksAndEncryptsObjects() throws {
        let key = [UInt8](repeating: 7, count: 32).base64
        let engine = try Engine([
            "object_lock_mode": "COMPLIANCE", "object_lock_retention": "30d",
            "sse_customer_key": key,
        ])
        try engine.deliver(1)
        try engine.drain()
        let headers = engine.store.headers(of: engine.keys[0])
        #expect(headers["x-amz-object-lock-mode"] == "COMPLIANCE")
        #expect(
            headers["x-amz-object-lock-retain-until-date"]?.hasPrefix("2026-03-02T11:59:59")
                == true)
        #expect(headers["content-md5"] != nil)
        #expect(headers["x-amz-server-side-encryption-customer-key"] == key)
        #expect(headers["x-amz-server-side-encryption-customer-key-md5"]?.count == 24)
    }

    /// "123456789" has the CRC32C e3069283 (RFC 3720 B.4 names the polynomial).
    @Test func sendsChecksums() throws {
        let payload = Array("123456789".utf8).withBytes { Payload($0) }
        #expect(ObjectChecksum(.crc32c, of: payload).value == [0xe3, 0x06, 0x92, 0x83].base64)
        let engine = try Engine(
            ["checksum": "crc32c", "total_file_size": "60k"], partSize: 20_000,
            make: { makeBatch($0, filler: 300) })
        for _ in 0..<30 { try engine.deliver(10) }
        try engine.drain()
        let requests = engine.store.requests
        for request in requests where request.method == "PUT" {
            #expect(request.headers["x-amz-checksum-crc32c"]?.count == 8)
        }
        let begun = try #require(requests.first { $0.query["uploads"] != nil })
        #expect(begun.headers["x-amz-checksum-algorithm"] == "CRC32C")
        let ended = try #require(
            requests.first { $0.method == "POST" && $0.query["uploadId"] != nil })
        #expect(String(decoding: ended.body, as: UTF8.self).contains("<ChecksumCRC32C>"))
        #expect(try engine.numbers() == Array(0..<300))
    }

    @Test func sendsNoChecksumsToStoresThatKnowNone() throws {
        let engine = try Engine(["checksum": "sha256"])
        engine.store.fail { request, _ in
            request.headers["x-amz-checksum-sha256"] == nil
                ? nil : .reply(FakeStore.error(501, "NotImplemented"))
        }
        try engine.deliver(3)
        try engine.drain(attempts: 2)
        #expect(engine.log.contains { $0.contains("knows no sha256 checksums") })
        #expect(try engine.numbers() == [0, 1, 2])
    }

    @Test func beginsAgainUnderAnotherKeyFormat() throws {
        let engine = try Engine(["s3_key_format": "/one/$UUID", "total_file_size": "1k"])
        engine.end = 25
        try engine.pump()
        engine.store.fail { _, _ in .reply(Reply(500)) }
        try? engine.commit()
        engine.store.fail { _, _ in nil }
        let other = try S3Output(
            settings: PluginSettings(
                testing: S3Output.info,
                [
                    ("bucket", "b"), ("endpoint", engine.store.endpoint),
                    ("aws_access_key_id", "i"), ("aws_secret_access_key", "s"),
                    ("s3_key_format", "/two/$UUID"),
                ]), clock: { .now() }, random: 5)
        other.prepare(
            sources: [OutputSource(name: "journal", isPersistent: true)], engine: OutputEngine())
        try other.open(resuming: engine.state, log: .silent)
        try other.write(makeBatch(0..<25), from: BatchOrigin(source: 0, firstRecord: 0))
        other.handOver()
        _ = other.plan()
        _ = try other.commit()
        #expect(engine.keys.allSatisfy { $0.hasPrefix("b/two/") })
        #expect(try engine.numbers() == Array(0..<25))
    }

    /// Two agents with the same settings never make the same key.
    @Test func makesKeysThatNoOtherAgentMakes() throws {
        let store = try FakeStore()
        for random in UInt64(1)...3 {
            let output = try S3Output(
                settings: PluginSettings(
                    testing: S3Output.info,
                    [
                        ("bucket", "b"), ("endpoint", store.endpoint), ("aws_access_key_id", "i"),
                        ("aws_secret_access_key", "s"),
                    ]), clock: { .now() }, random: random)
            output.prepare(
                sources: [OutputSource(name: "journal", isPersistent: random == 1)],
                engine: OutputEngine())
            try output.open(resuming: [], log: .silent)
            try output.write(makeBatch(0..<5), from: BatchOrigin(source: 0, firstRecord: 0))
            output.handOver()
            _ = output.plan()
            _ = try output.commit()
        }
        #expect(store.objects.count == 3)
        let keys = store.objects.keys
        #expect(keys.allSatisfy { $0.hasPrefix("b/fluent-bit-logs/t/2026/01/31/11/59/50-object") })
    }

    @Test func saysWhenObjectsTakeEachOthersPlace() throws {
        let engine = try Engine(["s3_key_format": "/same", "static_file_path": "on"])
        try engine.deliver(1)
        try engine.drain()
        #expect(!engine.log.contains { $0.contains("E3512") })
        try engine.deliver(1)
        try engine.drain()
        #expect(engine.log.contains { $0.contains("E3512") })
    }

    @Test func comparesChecksumsUnlessTheStoreHasOthers() throws {
        let engine = try Engine()
        engine.store.fail { _, number in number == 0 ? .wrongETag : nil }
        try engine.deliver(3)
        #expect {
            try engine.drain(attempts: 1)
        } throws: {
            ($0 as? OperationError)?.code == .storeMismatch
        }
        try engine.drain()
        #expect(try engine.numbers() == [0, 1, 2])
        engine.store.fail { _, _ in .wrongETag }
        try engine.deliver(3)
        try engine.drain(attempts: 3)
        #expect(engine.log.contains { $0.contains("E3511") })
        #expect(engine.position == 6)
    }

    @Test func waitsLongAfterARefusal() throws {
        let engine = try Engine()
        engine.store.fail { _, _ in .reply(FakeStore.error(403, "AccessDenied")) }
        try engine.deliver(3)
        #expect {
            try engine.drain(attempts: 1)
        } throws: {
            let error = $0 as? OperationError
            return error?.code == .storeDenied && error?.target == "s3://b/t/00000000000000000000"
        }
        #expect(engine.output.pause == OutputEngine().longestPause)
        #expect(engine.output.canCommitAgain)
        engine.store.fail { _, _ in nil }
        try engine.drain(attempts: 1)
        #expect(engine.output.pause == 0)
        #expect(try engine.numbers() == [0, 1, 2])
    }

    @Test func slowsDownWhenAsked() throws {
        let engine = try Engine(["parallel_uploads": "8"])
        engine.store.fail { _, _ in
            .reply(FakeStore.error(503, "SlowDown", headers: ["Retry-After": "5"]))
        }
        try engine.deliver(3)
        #expect(throws: OperationError.self) { try engine.drain(attempts: 1) }
        #expect(engine.output.pause == 5_000_000_000)
        #expect(engine.output.habits.parallel == 4)
    }

    @Test func tellsWhereARecordWouldGo() throws {
        let engine = try Engine(["s3_key_format": "/$TAG[1]/%H/$host/$UUID"])
        var place = ""
        let batch = makeBatch(0..<1, tag: "x.y")
        for run in batch.runs {
            batch.forEachRow(of: run) { row, _ in
                place = engine.output.destination(of: row, tag: "x.y", received: batch.received)
            }
        }
        #expect(place == "s3://b/y/11/a/$UUID")
    }
}
