public import Core
import Glibc

/// What the system says about a file: which one it is, how long, when changed.
public struct FileStatus: Sendable, Equatable {
    public var kind: FileSystem.Kind
    /// Device and inode together tell a file from all others that exist at the same time.
    public var device: UInt64
    public var inode: UInt64
    /// Names that the file has; 0 when it was removed and is only open still.
    public var linkCount: Int
    /// Bytes.
    public var size: Int
    /// When the content changed last.
    public var modified: Timestamp

    init(_ status: stat) {
        kind = FileSystem.Kind(mode: status.st_mode)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        linkCount = Int(status.st_nlink)
        size = Int(status.st_size)
        modified = Timestamp(
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
    }
}

extension FileSystem.Kind {
    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            default: .other
            }
    }
}

extension FileDescriptor {
    /// The status of the open file.
    public func status(target: String) throws(OperationError) -> FileStatus {
        var status = stat()
        // `status` lives for the call.
        guard unsafe fstat(number, &status) == 0 else {
            throw OperationError(.fileReadFailed, call: "fstat", target: target, errno: errno)
        }
        return FileStatus(status)
    }
}

extension FileSystem {
    /// The status of what stands at `path`, links followed; `nil` when nothing can be seen there.
    public static func status(of path: String) -> FileStatus? {
        var status = stat()
        // `status` and the path live for the call.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return FileStatus(status)
    }

    /// Whether it is certain that nothing stands at `path`; a failing disk or network is not.
    public static func isAbsent(_ path: String) -> Bool {
        var status = stat()
        // `status` and the path live for the call.
        return unsafe stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }

    /// Where a symbolic link leads in the end; `nil` when `path` is none.
    public static func target(ofLink path: String) -> String? {
        var status = stat()
        // `status` and the path live for the call.
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else {
            return nil
        }
        // realpath allocates the text, which is copied and freed here.
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
