import Glibc

#if DEBUG
import Synchronization

/// Makes the file calls of a test fail: the call of a number, in a way.
///
/// Only builds for tests have it. Set for the duration of a closure by `FileFaults.$current`.
public final class FileFaults: Sendable {
    /// What happens to the chosen call.
    public enum Kind: Sendable, CaseIterable {
        /// It fails with ENOSPC.
        case full
        /// It fails with EIO.
        case broken
        /// A write writes half of its bytes and says so; other calls go well.
        case short
        /// A write writes half of its bytes, and the next call fails with ENOSPC.
        case torn
        /// A write writes half of its bytes, and from then on every call fails: the process, or
        /// its disk, has ended.
        case ended
    }

    @TaskLocal public static var current: FileFaults?

    private let kind: Kind
    private let number: Int
    private let end: Int
    private let calls = Atomic<Int>(0)

    /// - Parameters:
    ///   - number: the call, counted from 1; 0 makes none fail.
    ///   - end: the call from which on every call fails.
    public init(_ kind: Kind, call number: Int, endingAt end: Int = .max) {
        self.kind = kind
        self.number = number
        self.end = end
    }

    /// Calls made so far.
    public var count: Int { calls.load(ordering: .relaxed) }

    /// What the next call is to do.
    ///
    /// - Parameter length: bytes to write; 0 for other calls.
    /// - Returns: an error number, 0 for none, and bytes to write.
    fileprivate func next(writing length: Int) -> (error: Int32, length: Int) {
        let call = calls.add(1, ordering: .relaxed).newValue
        if number == 0 || call < number { return (0, length) }
        if call >= end { return (EIO, length) }
        let half = length > 1 ? length / 2 : length
        switch kind {
        case .full: return (call == number ? ENOSPC : 0, length)
        case .broken: return (call == number ? EIO : 0, length)
        case .short: return (0, call == number ? half : length)
        case .torn:
            if call == number, length > 1 { return (0, half) }
            return (call <= number + 1 ? ENOSPC : 0, length)
        case .ended:
            if call == number, length > 1 { return (0, half) }
            return (EIO, length)
        }
    }
}
#endif

/// Makes a call on a file, again when a signal interrupted it.
///
/// - Parameters:
///   - length: bytes to write; 0 for other calls.
///   - call: gets the bytes to write.
@inline(__always)
func fileCall<Number: SignedInteger>(
    writing length: Int = 0, _ call: (_ length: Int) -> Number
) -> Number {
    var length = length
    #if DEBUG
    if let faults = FileFaults.current {
        let fault = faults.next(writing: length)
        if fault.error != 0 {
            errno = fault.error
            return -1
        }
        length = fault.length
    }
    #endif
    while true {
        let result = call(length)
        if result >= 0 || errno != EINTR { return result }
    }
}
