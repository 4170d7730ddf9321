public import Core
import Synchronization
import System

/// Sends requests on a thread of its own, all that it is given at once.
///
/// For use by one owner, who takes the answers when it likes. The thread starts with the first
/// request and ends with this object; what is under way then is given up.
public final class StoreSender {
    /// What became of a request.
    public enum Outcome: Sendable {
        case answered(StoreAnswer)
        case failed(StoreFailure)
        /// Nothing can be sent at all: no key, no libcurl.
        case notSent(OperationError)
    }

    private let loop: SendLoop
    private var isStarted = false

    /// - Parameters:
    ///   - client: used by the thread alone from now on.
    ///   - onAnswer: called on the thread when an answer waits to be taken.
    public init(_ client: StoreClient, onAnswer: @escaping @Sendable () -> Void) {
        loop = SendLoop(client, onAnswer: onAnswer)
    }

    deinit { loop.end() }

    /// Requests without an answer.
    public var underWay: Int { loop.state.withLock { $0.queue.count + $0.running } }

    /// Sends a request; its outcome will have this number.
    public func send(_ request: StoreRequest, as number: Int) {
        if !isStarted {
            isStarted = true
            let loop = self.loop
            _ = Thread.start(name: "s3 send") { loop.run() }
        }
        loop.state.withLock { $0.queue.append(SendLoop.Job(number: number, request: request)) }
        loop.wake()
    }

    /// What has ended since the last call.
    public func take() -> [(number: Int, outcome: Outcome)] {
        loop.state.withLock { state in
            defer { state.ended.removeAll() }
            return state.ended
        }
    }

    /// Waits until there is something to take.
    public func wait(atMost nanoseconds: Int64) { loop.news.wait(atMost: nanoseconds) }

    /// Whether there is something to take.
    public var hasNews: Bool {
        loop.state.withLock { !$0.ended.isEmpty }
    }

    /// Gives up what is under way; no answers of it will come.
    ///
    /// - Parameter nanoseconds: how long to wait until nothing more is sent.
    public func cancel(waitingAtMost nanoseconds: Int64 = 500_000_000) {
        loop.state.withLock { state in
            state.queue.removeAll()
            state.ended.removeAll()
            state.round += 1
        }
        guard isStarted else { return }
        loop.wake()
        let deadline = MonotonicClock.now() + nanoseconds
        while underWay > 0, MonotonicClock.now() < deadline {
            loop.news.wait(atMost: deadline - MonotonicClock.now())
        }
    }
}

/// What the thread does.
private final class SendLoop: @unchecked Sendable {
    // Sendable: `client` belongs to the thread, the rest guards itself.
    struct Job {
        var number: Int
        var request: StoreRequest
        /// Whether it was repeated with a better clock or key.
        var isRepeated = false
    }

    struct State {
        var queue: [Job] = []
        var running = 0
        var ended: [(number: Int, outcome: StoreSender.Outcome)] = []
        /// Grows when everything is given up.
        var round = 0
        var isEnding = false
    }

    let state = Mutex(State())
    let news = Doorbell()
    private let bell = Doorbell()
    private let client: StoreClient
    private let onAnswer: @Sendable () -> Void

    init(_ client: StoreClient, onAnswer: @escaping @Sendable () -> Void) {
        self.client = client
        self.onAnswer = onAnswer
    }

    func wake() {
        bell.ring()
        client.wake()
    }

    func end() {
        state.withLock { $0.isEnding = true }
        wake()
    }

    func run() {
        var jobs: [Int: Job] = [:]
        var round = 0
        while true {
            let (new, current, isEnding) = state.withLock { state in
                defer {
                    state.running += state.queue.count
                    state.queue.removeAll()
                }
                return (state.queue, state.round, state.isEnding)
            }
            if isEnding || current != round {
                client.cancel()
                jobs.removeAll()
                round = current
                state.withLock { $0.running = new.count }
                news.ring()
                if isEnding { return }
            }
            for job in new { begin(job, &jobs, round) }
            if jobs.isEmpty {
                bell.wait()
                continue
            }
            // A ring from here on wakes the client, too.
            for (token, result) in client.run(atMost: 1_000) {
                guard let (number, outcome) = settle(token, result, &jobs, round) else { continue }
                end(number, outcome, round)
            }
        }
    }

    /// Lets go of a job before its outcome is told: whoever takes it fills the memory of the payload
    /// again.
    ///
    /// - Returns: `nil` when the request was repeated.
    private func settle(
        _ token: Int, _ result: Result<StoreAnswer, StoreFailure>, _ jobs: inout [Int: Job],
        _ round: Int
    ) -> (number: Int, outcome: StoreSender.Outcome)? {
        guard var job = jobs.removeValue(forKey: token) else { return nil }
        switch result {
        case .failure(let failure) where !job.isRepeated && client.canRepeat(after: failure):
            job.isRepeated = true
            begin(job, &jobs, round)
            return nil
        case .failure(let failure): return (job.number, .failed(failure))
        case .success(let answer):
            // Here it keeps nobody waiting.
            if job.request.needsMD5(after: answer) { _ = job.request.body?.md5 }
            return (job.number, .answered(answer))
        }
    }

    private func begin(_ job: Job, _ jobs: inout [Int: Job], _ round: Int) {
        do throws(OperationError) {
            jobs[try client.begin(job.request)] = job
        } catch {
            end(job.number, .notSent(error), round)
        }
    }

    private func end(_ number: Int, _ outcome: StoreSender.Outcome, _ round: Int) {
        state.withLock { state in
            // Of a round that was given up nobody wants to know.
            guard state.round == round else { return }
            state.running -= 1
            state.ended.append((number, outcome))
        }
        news.ring()
        onAnswer()
    }
}
