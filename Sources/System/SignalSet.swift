import CShims
import Glibc

/// The signals that the agent waits for on its main thread, and a bell that ends the wait.
public final class SignalSet: Sendable {
    private let signals: FileDescriptor
    private let bell: FileDescriptor

    private init(signals: consuming FileDescriptor, bell: consuming FileDescriptor) {
        self.signals = signals
        self.bell = bell
    }

    /// Blocks the signals in this thread and in all threads started after.
    public static func block(_ numbers: [Int32]) -> SignalSet {
        // The array lives for the call.
        let signals = unsafe catchment_signalfd(numbers, numbers.count)
        let bell = catchment_eventfd()
        precondition(signals >= 0 && bell >= 0, "the system gives no more descriptors")
        return SignalSet(
            signals: FileDescriptor(owning: signals), bell: FileDescriptor(owning: bell))
    }

    /// Writing to a closed pipe or socket is an error result, not the end of the process.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Ends a `wait`, the present one or the next; may be called from any thread.
    public func wake() {
        var one: UInt64 = 1
        // Eight bytes, as eventfd wants. A full counter is a remembered wake-up too.
        _ = unsafe write(bell.number, &one, 8)
    }

    /// Waits for one of the signals.
    ///
    /// - Parameter nanoseconds: how long at most; `nil` waits for ever.
    /// - Returns: its number, or `nil` when `wake` was called or the time is over.
    public func wait(atMost nanoseconds: Int64? = nil) -> Int32? {
        var waiting = [
            pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell.number, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = nanoseconds.map { Int32(clamping: ($0 + 999_999) / 1_000_000) } ?? -1
        // The array lives for the call.
        _ = unsafe poll(&waiting, 2, milliseconds)
        var count: UInt64 = 0
        // Eight bytes, as eventfd gives.
        if waiting[1].revents != 0 { _ = unsafe read(bell.number, &count, 8) }
        let number = catchment_read_signal(signals.number)
        return number > 0 ? number : nil
    }

    public static let terminate = SIGTERM
    public static let interrupt = SIGINT
    public static let quit = SIGQUIT
    public static let hangUp = SIGHUP
    public static let userOne = SIGUSR1
}
