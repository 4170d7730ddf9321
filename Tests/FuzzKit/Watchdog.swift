import Glibc
import Synchronization
import System

/// Ends the process when one input takes too long.
public final class Watchdog: Sendable {
    private let ticks = Atomic<Int>(0)
    private let seconds: Int

    /// - Parameter seconds: longest time without a call of `tick`.
    public init(seconds: Int) { self.seconds = seconds }

    public func start() {
        _ = Thread.start(name: "watchdog") { self.watch() }
    }

    /// Says that inputs are being run.
    public func tick() { ticks.add(1, ordering: .relaxed) }

    private func watch() {
        var last = -1
        var quiet = 0
        while true {
            sleep(1)
            let now = ticks.load(ordering: .relaxed)
            quiet = now == last ? quiet + 1 : 0
            last = now
            if quiet >= seconds { fatalError("no input was finished for \(seconds) s") }
        }
    }
}
