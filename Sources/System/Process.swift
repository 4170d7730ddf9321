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

    /// Resident memory in bytes, from `/proc/self/statm`.
    public static var residentBytes: Int {
        guard let text = try? FileSystem.readFile("/proc/self/statm") else { return 0 }
        let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
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
            let written = retryOnInterrupt {
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
