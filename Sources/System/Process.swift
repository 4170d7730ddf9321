import Core
import Glibc

/// What the process is told from outside and says to it.
public enum Process {
    /// A variable of the environment.
    public static func environment(_ name: String) -> String? {
        // getenv's string is copied at once; the agent never changes its environment.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The machine's name.
    public static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        // The last byte stays NUL.
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    public static var identifier: Int32 { getpid() }

    private static let fileLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// Files and sockets that the process may have open.
    public static var descriptorLimit: Int {
        var limit = rlimit()
        // `limit` lives for the call.
        guard unsafe getrlimit(fileLimit, &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the limit of open files to what the system lets the process have.
    ///
    /// The usual 1024 is meant for programs that call `select`.
    public static func raiseDescriptorLimit() {
        var limit = rlimit()
        // `limit` lives for the calls. When it cannot be raised, the old one stays.
        guard unsafe getrlimit(fileLimit, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(fileLimit, &limit)
    }

    /// Bytes from the system's random source.
    public static func randomUInt64() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

/// A standard stream of the process.
public enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Writes all bytes; `false` when nobody reads any more.
    @discardableResult
    public func write(_ bytes: RawSpan) -> Bool {
        var offset = 0
        while offset < bytes.byteCount {
            let rest = bytes.extracting(offset..<bytes.byteCount)
            // The pointer lives for the call only.
            let written = fileCall { _ in
                unsafe rest.withUnsafeBytes {
                    unsafe Glibc.write(rawValue, $0.baseAddress, $0.count)
                }
            }
            if written <= 0 { return false }
            offset += written
        }
        return true
    }

    @discardableResult
    public func write(_ text: String) -> Bool {
        Array(text.utf8).withBytes { write($0) }
    }

    public var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Columns of the terminal, or `nil` when it is none.
    public var columns: Int? {
        var size = winsize()
        // `size` lives for the call.
        guard isTerminal, unsafe ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
        return size.ws_col > 0 ? Int(size.ws_col) : nil
    }
}
