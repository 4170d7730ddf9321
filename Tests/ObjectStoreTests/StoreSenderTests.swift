import Core
import Synchronization
import System
import TestKit
import Testing

@testable import ObjectStore

@Suite struct StoreSenderTests {
    let store: FakeStore
    private let rings = Doorbell()

    init() throws { store = try FakeStore() }

    private func sender(
        clock: @escaping @Sendable () -> Timestamp = { .now() }, key: Credentials? = nil
    ) throws -> StoreSender {
        let rings = self.rings
        let sources: [any CredentialSource] = key.map { [FixedCredentials($0)] } ?? []
        return StoreSender(
            StoreClient(
                try #require(
                    StoreEndpoint(
                        store.endpoint, region: "us-east-1", bucket: "b", addressing: .auto)),
                credentials: CredentialChain(sources, clock: clock),
                transport: StoreClient.Transport(), clock: clock), onAnswer: { rings.ring() })
    }

    private static let key = Credentials(keyID: "id", secret: "s", sessionToken: nil)

    private static func payload(_ text: String) -> Payload {
        Array(text.utf8).withBytes { Payload($0) }
    }

    /// Waits for so many outcomes, sorted by number.
    private func outcomes(
        _ count: Int, of sender: StoreSender
    ) -> [(number: Int, outcome: StoreSender.Outcome)] {
        var result: [(number: Int, outcome: StoreSender.Outcome)] = []
        let deadline = MonotonicClock.now() + 20_000_000_000
        while result.count < count, MonotonicClock.now() < deadline {
            sender.wait(atMost: 1_000_000_000)
            result += sender.take()
        }
        return result.sorted { $0.number < $1.number }
    }

    private func answer(_ outcome: StoreSender.Outcome) throws -> StoreAnswer {
        guard case .answered(let answer) = outcome else { throw StoreEndpointTests.None() }
        return answer
    }

    /// Whoever takes an outcome fills the memory of the payload again.
    @Test func holdsNoPayloadOfWhichItHasTold() throws {
        let sender = try sender(key: Self.key)
        weak var held: Payload?
        for number in 0..<20 {
            do {
                let payload = Self.payload("payload")
                held = payload
                sender.send(.put("k\(number)", payload, headers: []), as: number)
            }
            #expect(outcomes(1, of: sender).count == 1)
            #expect(held == nil)
        }
    }

    @Test func uploadsInPartsAtOnce() throws {
        let sender = try sender(key: Self.key)
        sender.send(.createUpload("big", headers: []), as: 0)
        let id = try answer(try #require(outcomes(1, of: sender).first).outcome).uploadID()
        for number in 1...5 {
            sender.send(
                .uploadPart(
                    "big", upload: id, number: number, Self.payload("part \(number);"),
                    headers: []), as: number)
        }
        let parts = try outcomes(5, of: sender).map { number, outcome in
            StoredPart(number: number, etag: try #require(try answer(outcome).etag))
        }
        #expect(parts.map(\.number) == [1, 2, 3, 4, 5])
        sender.send(.completeUpload("big", upload: id, parts: parts, headers: []), as: 6)
        try answer(try #require(outcomes(1, of: sender).first).outcome).checkCompletion()
        #expect(store.objects["b/big"] == Array("part 1;part 2;part 3;part 4;part 5;".utf8))
        #expect(sender.underWay == 0)
    }

    /// What is given up ends at once, and later requests are not taken for it.
    @Test func givesUpWhatIsUnderWay() throws {
        let sender = try sender(key: Self.key)
        store.fail { _, _ in .reply(Reply(200).ending(.silence)) }
        for number in 0..<3 { sender.send(.head("k"), as: number) }
        // All are with the store by now, or soon: nothing comes back either way.
        #expect(sender.underWay == 3)
        let start = MonotonicClock.now()
        sender.cancel(waitingAtMost: 20_000_000_000)
        #expect(MonotonicClock.now() - start < 10_000_000_000)
        #expect(sender.underWay == 0)
        #expect(sender.take().isEmpty)
        store.fail { _, _ in nil }
        sender.send(.put("k", Self.payload("text"), headers: []), as: 9)
        let after = outcomes(1, of: sender)
        #expect(after.map(\.number) == [9])
        _ = try answer(try #require(after.first).outcome)
        #expect(store.objects["b/k"] == Array("text".utf8))
    }

    @Test func ringsTheBellOfItsOwner() throws {
        let sender = try sender(key: Self.key)
        sender.send(.put("k", Self.payload("text"), headers: []), as: 1)
        #expect(rings.wait(atMost: 10_000_000_000))
        #expect(sender.hasNews)
    }

    @Test func repeatsWithTheStoresClock() throws {
        store.refuseOtherClocks()
        let sender = try sender(clock: { Timestamp(seconds: 1_000_000_000) }, key: Self.key)
        sender.send(.put("k", Self.payload("text"), headers: []), as: 1)
        _ = try answer(try #require(outcomes(1, of: sender).first).outcome)
        #expect(store.requests.count == 2)
    }

    @Test func saysWhenNothingCanBeSent() throws {
        let sender = try sender()
        sender.send(.head("k"), as: 4)
        let outcome = try #require(outcomes(1, of: sender).first)
        guard case .notSent(let error) = outcome.outcome else { throw StoreEndpointTests.None() }
        #expect(outcome.number == 4)
        #expect(!error.reason.isEmpty)
        #expect(sender.underWay == 0)
    }
}
