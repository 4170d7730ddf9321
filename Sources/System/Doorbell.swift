import Glibc

/// Lets threads wait for news from other threads.
///
/// A ring is remembered until somebody waits, so none is missed; many rings count as one.
@safe
public final class Doorbell: @unchecked Sendable {
    // Sendable: `hasRung` is guarded by `mutex`, which `condition` belongs to.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var hasRung = false

    public init() {
        // Both are initialised here, destroyed in deinit and never moved.
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    public func ring() {
        unsafe pthread_mutex_lock(mutex)
        let isNews = !hasRung
        hasRung = true
        unsafe pthread_mutex_unlock(mutex)
        if isNews { unsafe pthread_cond_broadcast(condition) }
    }

    /// Waits for a ring and takes it.
    ///
    /// - Parameter nanoseconds: how long at most; `nil` waits for ever.
    /// - Returns: whether it rang.
    @discardableResult
    public func wait(atMost nanoseconds: Int64? = nil) -> Bool {
        let deadline = nanoseconds.map { MonotonicClock.now() &+ max($0, 0) }
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !hasRung {
            guard let deadline else {
                unsafe pthread_cond_wait(condition, mutex)
                continue
            }
            var until = timespec(
                tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            if unsafe pthread_cond_timedwait(condition, mutex, &until) == ETIMEDOUT { break }
        }
        let rang = hasRung
        hasRung = false
        return rang
    }
}

/// The clock that nobody sets: for waiting and measuring.
public enum MonotonicClock {
    /// Nanoseconds since some fixed moment.
    public static func now() -> Int64 {
        var time = timespec()
        // The pointer lives for the call only.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
