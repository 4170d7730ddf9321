public import Core
import System

/// Reads from a store for somebody who waits: what fails is tried again a few times, not for ever.
public struct PatientStore {
    /// Tries of one request, the first included.
    private static let tries = 5
    private static let longestPause: Int64 = 10_000_000_000

    let client: StoreClient
    private let wait: (Int64) -> Void

    /// - Parameter wait: waits for nanoseconds.
    init(_ client: StoreClient, wait: @escaping (Int64) -> Void) {
        self.client = client
        self.wait = wait
    }

    public init(_ client: StoreClient) {
        // Nobody rings.
        self.init(client) { Doorbell().wait(atMost: $0) }
    }

    /// Sends requests at once until all are answered.
    ///
    /// - Parameter read: makes a value of an answer to one of the requests; what it throws counts as
    ///   an answer that did not arrive.
    /// - Returns: the values in the order of the requests, or what did not pass in time.
    func answers<Value>(
        to requests: [StoreRequest], _ read: (Int, StoreAnswer) throws(StoreFailure) -> Value
    ) throws(OperationError) -> Result<[Value], StoreFailure> {
        var values: [Value?] = Array(repeating: nil, count: requests.count)
        var pause: Int64 = 250_000_000
        for attempt in 1... {
            let open = requests.indices.filter { values[$0] == nil }
            var failure: StoreFailure?
            for (index, result) in zip(open, try client.send(open.map { requests[$0] })) {
                do throws(StoreFailure) {
                    values[index] = try read(index, try result.get())
                } catch {
                    if failure?.canBeAskedAgain ?? true { failure = error }
                }
            }
            guard let failure else { break }
            if !failure.canBeAskedAgain || attempt == Self.tries { return .failure(failure) }
            wait(min(max(pause, failure.retryAfter ?? 0), Self.longestPause))
            pause *= 2
        }
        return .success(values.compactMap { $0 })
    }

    /// Some of the objects whose keys begin with `prefix`.
    ///
    /// - Parameter page: what the page before said comes next.
    public func objects(prefix: String, page: String?) throws(OperationError) -> ObjectPage {
        let request = StoreRequest.listObjects(prefix: prefix, page: page)
        switch try answers(
            to: [request],
            { _, answer throws(StoreFailure) in try answer.objects() })
        {
        case .success(let pages): return pages[0]
        case .failure(let failure):
            throw failure.operation("list", "s3://\(client.endpoint.bucket)/\(prefix)")
        }
    }
}

extension StoreFailure {
    /// Whether the same request for something to read may be answered soon.
    fileprivate var canBeAskedAgain: Bool { canRetry && kind != .exists && !isAnswerTooLong }
}
