import Core
import Synchronization
import Testing

@testable import Net

@Suite struct LastingListenerTests {
    /// How many listeners there are.
    private final class OpenCount: Sendable {
        let value = Atomic<Int>(0)
    }

    private final class FailingListener: Listener {
        let localEndpoint = Endpoint(address: .any, port: 1)
        private let count: OpenCount
        init(_ count: OpenCount) {
            self.count = count
            count.value.wrappingAdd(1, ordering: .relaxed)
        }
        deinit { count.value.wrappingSubtract(1, ordering: .relaxed) }
        func stop() {}
    }

    private static let failure = OperationError(
        .receiveFailed, call: "recvmmsg", target: "udp", reason: "test", canRetry: false)

    /// A socket whose address is still taken by the one before could not be opened.
    @Test func opensAgainOnceTheFailedOneIsClosed() throws {
        let count = OpenCount()
        let lasting = LastingListener<FailingListener>(firstPause: 1_000)
        try lasting.open { FailingListener(count) }
        var served = 0
        var openedBeside: [Int] = []
        lasting.run(log: .silent) { () throws(OperationError) in
            openedBeside.append(count.value.load(ordering: .relaxed))
            if openedBeside.count == 2 { throw Self.failure }
            return FailingListener(count)
        } serve: { (_) throws(OperationError) in
            served += 1
            if served < 3 { throw Self.failure }
        }
        #expect(served == 3)
        #expect(openedBeside == [0, 0, 0])
    }

    @Test func aStopEndsThePauseAndTheAttempts() throws {
        let count = OpenCount()
        let lasting = LastingListener<FailingListener>(firstPause: 60_000_000_000)
        try lasting.open { FailingListener(count) }
        var served = 0
        lasting.run(log: .silent) {
            FailingListener(count)
        } serve: { (_) throws(OperationError) in
            served += 1
            lasting.stop()
            throw Self.failure
        }
        #expect(served == 1)
    }
}
