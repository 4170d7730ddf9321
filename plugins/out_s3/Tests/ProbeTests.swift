import Core
import TestKit
import Testing

@testable import OutS3

@Suite struct ProbeTests {
    private func probe(
        _ fault: @escaping @Sendable (ReceivedRequest, Int) -> FakeStore.Fault? = { _, _ in nil }
    ) throws -> (steps: [ProbeStep], store: FakeStore) {
        let engine = try Engine()
        engine.store.fail(fault)
        return (engine.output.probe(), engine.store)
    }

    @Test func triesEverythingAndLeavesNothing() throws {
        let (steps, store) = try probe()
        #expect(steps.map(\.name) == ["bucket", "write", "read", "multipart", "delete"])
        #expect(steps.allSatisfy { $0.isGood })
        #expect(store.objects.isEmpty)
        #expect(store.openUploads == 0)
    }

    @Test(
        arguments: [
            (0, Reply(200).ending(.none), "write", "check 'endpoint'"),
            (0, FakeStore.error(403, "SignatureDoesNotMatch"), "write", "the secret key is wrong"),
            (0, FakeStore.error(403, "InvalidAccessKeyId"), "write", "does not know this key"),
            (0, FakeStore.error(404, "NoSuchBucket"), "write", "make the bucket"),
            (0, Reply(400, "Speak TLS,\n please.\n"), "write", "HTTP 400: Speak TLS, please"),
            (0, Reply(404, "<html>"), "write", "is this the address of an object store?"),
            (0, FakeStore.error(501, "NotImplemented"), "write", "NotImplemented"),
            (1, Reply(200, "else"), "read", "other bytes"),
            (2, FakeStore.error(403, "AccessDenied"), "multipart", "may not do this"),
            (4, FakeStore.error(403, "AccessDenied"), "delete", "without this right"),
        ] as [(Int, Reply, String, String)])
    func saysWhatIsWrong(number: Int, reply: Reply, step: String, words: String) throws {
        let (steps, _) = try probe { _, count in count == number ? .reply(reply) : nil }
        let last = try #require(steps.last)
        #expect(last.name == step)
        #expect(!last.isGood)
        #expect(last.finding.contains(words), "\(last.finding)")
    }

    /// Objects with a lock must come with a checksum, and the one of a probe must go away again.
    @Test func sendsWhatTheOutputSends() throws {
        let engine = try Engine([
            "object_lock_mode": "COMPLIANCE", "object_lock_retention": "365d",
            "checksum": "sha256",
        ])
        #expect(engine.output.probe().allSatisfy { $0.isGood })
        let put = try #require(engine.store.requests.first)
        #expect(put.headers["content-md5"] != nil)
        #expect(put.headers["x-amz-checksum-sha256"] != nil)
        let end = put.headers["x-amz-object-lock-retain-until-date"]
        #expect(end == "\(Timestamp(seconds: engine.clock.now.seconds + 60))")
    }

    @Test func tellsThatTheClockIsOff() throws {
        let (steps, _) = try probe { request, _ in
            request.headers["x-amz-date"]?.hasPrefix("2033") == true
                ? nil
                : .reply(
                    FakeStore.error(
                        403, "RequestTimeTooSkewed",
                        headers: ["Date": "Sun, 06 Nov 2033 08:49:37 GMT"]))
        }
        #expect(steps.contains { $0.name == "clock" && $0.finding.contains("run NTP") })
        #expect(steps.allSatisfy { $0.isGood })
    }
}
