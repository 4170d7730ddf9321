import CShims
import Glibc

/// A thread of the operating system that runs one function.
@safe
public final class Thread: @unchecked Sendable {
    // Sendable: `handle` is written once in `start` and used by `join`, which one owner calls.
    private let handle: pthread_t

    private init(handle: pthread_t) { self.handle = handle }

    /// Starts `body` on a new thread.
    ///
    /// All signals are blocked there: the main thread takes them.
    ///
    /// - Parameter name: at most 15 bytes are shown by `top` and debuggers.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Thread {
        let box = unsafe Unmanaged.passRetained(Body(name: name, body))
        var handle = pthread_t()
        // The new thread takes over the box's reference.
        let result = unsafe pthread_create(
            &handle, nil,
            { argument in
                if let argument = unsafe argument {
                    let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                    unsafe catchment_name_thread(body.name)
                    body.run()
                }
                return nil
            }, box.toOpaque())
        precondition(result == 0, "the system gives no more threads")
        return Thread(handle: handle)
    }

    /// Waits until the thread has ended.
    ///
    /// Call once.
    public func join() {
        // The handle is valid until joined.
        _ = pthread_join(handle, nil)
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, _ run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
