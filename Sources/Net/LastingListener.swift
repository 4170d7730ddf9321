public import Core
import Synchronization
import System

/// What receives until it is stopped, or until its socket fails.
public protocol Listener: AnyObject, Sendable {
    /// Where the socket is bound.
    var localEndpoint: Endpoint { get }
    /// Makes receiving end soon; may come from any thread, more than once.
    func stop()
}

extension DatagramListener: Listener {}
extension MessageListener: Listener {}

/// A listener whose socket is opened again when it fails for good.
///
/// Order of calls: `open`, `run`; `stop` may come from any thread at any time, more than once.
public final class LastingListener<Served: Listener>: Sendable {
    private let listener = Mutex<Served?>(nil)
    private let isStopped = Atomic<Bool>(false)
    private let stopBell = Doorbell()
    /// Nanoseconds between a failure and the first attempt to open again; it doubles.
    private let firstPause: Int64
    private static var longestPause: Int64 { 30_000_000_000 }

    public init(firstPause: Int64 = 250_000_000) { self.firstPause = firstPause }

    /// Where the socket is bound, after `open`.
    public var localEndpoint: Endpoint? { listener.withLock { $0?.localEndpoint } }

    public func open(_ make: () throws(OperationError) -> Served) throws(OperationError) {
        let made = try make()
        listener.withLock { $0 = made }
        if isStopped.load(ordering: .sequentiallyConsistent) { made.stop() }
    }

    /// Serves until stopped; a `stop` before it leaves it time to take what waits in the socket.
    ///
    /// - Parameters:
    ///   - make: opens a socket in place of one that failed.
    ///   - serve: receives; returns when it was stopped.
    public func run(
        log: Log, make: () throws(OperationError) -> Served,
        serve: (Served) throws(OperationError) -> Void
    ) {
        var pause = firstPause
        while true {
            do throws(OperationError) {
                if listener.withLock({ $0 == nil }) { try open(make) }
                guard let served = listener.withLock({ $0 }) else { return }
                let start = MonotonicClock.now()
                // One that worked for a while has earned a quick successor.
                defer { if MonotonicClock.now() - start > pause { pause = firstPause } }
                try serve(served)
                return
            } catch {
                // Closes the old socket, so that another can have its address.
                listener.withLock { $0 = nil }
                log.error("\(error); opening the socket again in \(pause / 1_000_000) ms")
                stopBell.wait(atMost: pause)
                if isStopped.load(ordering: .sequentiallyConsistent) { return }
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    public func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        listener.withLock { $0?.stop() }
        stopBell.ring()
    }
}
