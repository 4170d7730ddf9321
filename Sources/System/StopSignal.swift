import CShims
public import Core
import Glibc

/// An eventfd that wakes a thread out of any wait, once and for ever.
public struct StopSignal: ~Copyable, Sendable {
    private let file: FileDescriptor

    /// For waits of other kinds: readable once the signal was raised.
    public var descriptor: Int32 { file.number }

    public init() throws(OperationError) {
        let number = catchment_eventfd()
        guard number >= 0 else {
            throw OperationError(.systemCall, call: "eventfd", target: "stop signal", errno: errno)
        }
        file = FileDescriptor(owning: number)
    }

    /// Wakes whoever waits, now and later; any thread may call it.
    public func raise() {
        var one: UInt64 = 1
        // The pointer lives for the call only. A full counter is a raised signal too.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits for the signal alone, at most so long.
    ///
    /// - Returns: whether it was raised.
    public func wait(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // The pointer lives for the call only.
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Waits until `other` can be read or the signal was raised.
    ///
    /// - Parameter milliseconds: how long at most; negative waits for ever.
    /// - Returns: whether the signal was raised.
    public func wait(orReadable other: Int32, milliseconds: Int32 = -1) -> Bool {
        var entries = (
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0)
        )
        // The tuple is two adjacent entries and lives for the call.
        unsafe withUnsafeMutablePointer(to: &entries) { pair in
            unsafe pair.withMemoryRebound(to: pollfd.self, capacity: 2) { first in
                _ = unsafe poll(first, 2, milliseconds)
            }
        }
        return entries.0.revents != 0
    }
}
