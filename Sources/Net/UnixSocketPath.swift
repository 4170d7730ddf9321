// CShims names <sys/socket.h> too, and may be the module that gives its constants.
import CShims
import Core
import Glibc
import System

/// The name of a unix socket in the file system: made by bind, removed when the value ends.
struct UnixSocketPath: ~Copyable, Sendable {
    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Binds `socket` to `path`, replacing a socket that nobody serves any more.
    ///
    /// - Parameter permissions: mode bits of the socket, as in `0644`.
    static func bind(
        _ socket: borrowing Socket, kind: Socket.Kind, to path: String, permissions: UInt32
    ) throws(OperationError) -> UnixSocketPath {
        if isStale(path, kind: kind) { _ = unsafe unlink(path) }
        let descriptor = socket.descriptor
        // Paths and addresses live for the calls.
        let status = unsafe SocketAddress.with(path: path) { unsafe Glibc.bind(descriptor, $0, $1) }
        guard let status else {
            throw OperationError(
                .bindFailed, call: "bind", target: "unix \(path)",
                reason: "a unix socket's path has 1 to 107 bytes", canRetry: false)
        }
        if status != 0 { throw Socket.bindError(errno, target: "unix \(path)") }
        guard unsafe chmod(path, permissions) == 0 else {
            let number = errno
            _ = unsafe unlink(path)
            throw OperationError(.bindFailed, call: "chmod", target: path, errno: number)
        }
        return UnixSocketPath(path: path)
    }

    private init(path: String) {
        self.path = path
        var status = stat()
        // The pointer lives for the call only.
        _ = unsafe lstat(path, &status)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    deinit {
        var status = stat()
        // The pointer lives for the call only. A successor's socket must stay.
        if unsafe lstat(path, &status) == 0, UInt64(status.st_dev) == device,
            UInt64(status.st_ino) == inode
        {
            _ = unsafe unlink(path)
        }
    }

    /// Whether `path` is a socket that refuses connections: its owner died without removing it.
    private static func isStale(_ path: String, kind: Socket.Kind) -> Bool {
        var status = stat()
        // The pointer lives for the call only.
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
            return false
        }
        let descriptor = socket(AF_UNIX, kind.number | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // The address lives for the closure.
        let connected = unsafe SocketAddress.with(path: path) { unsafe connect(descriptor, $0, $1) }
        return connected != 0 && errno == ECONNREFUSED
    }
}
