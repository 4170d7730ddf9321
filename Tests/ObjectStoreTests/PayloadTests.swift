import Core
import TestKit
import Testing

@testable import ObjectStore

@Suite struct PayloadTests {
    /// Whatever the pieces, a payload is the bytes that were appended.
    @Test(arguments: [0, 1, 4095, 4096, 4097, 300_000, 1_000_003])
    func isWhatWasAppended(count: Int) throws {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var draft = PayloadDraft()
        var offset = 0
        while offset < count {
            let end = min(count, offset + Int.random(in: 1...70_000, using: &random))
            bytes.withBytes { draft.append($0.extracting(offset..<end)) }
            offset = end
        }
        #expect(draft.count == count)
        let payload = draft.finish()
        #expect(draft.count == 0)
        var back: [UInt8] = []
        payload.forEachPiece { back += $0.makeArray() }
        #expect(back == bytes && payload.count == count)
        let whole = bytes.withBytes { Payload($0) }
        #expect(payload.sha256 == bytes.withBytes { Digest.sha256($0) })
        #expect(payload.md5 == whole.md5)
        #expect(
            ObjectChecksum(.crc32c, of: payload).value == ObjectChecksum(.crc32c, of: whole).value)
    }

    /// libcurl gets the pieces one behind the other.
    @Test func goesOverTheWireInPieces() throws {
        let store = try FakeStore()
        let client = StoreClient(
            try #require(
                StoreEndpoint(
                    store.endpoint, region: "us-east-1", bucket: "b", addressing: .auto)),
            credentials: CredentialChain(
                [FixedCredentials(Credentials(keyID: "i", secret: "s", sessionToken: nil))],
                clock: { .now() }), transport: StoreClient.Transport(), clock: { .now() })
        let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let payload = bytes.withBytes { Payload($0) }
        let answer = try client.send(.put("k", payload, headers: [])).get()
        #expect(store.objects["b/k"] == bytes)
        #expect(answer.etag == "\"\(payload.md5.hex)\"")
    }
}
