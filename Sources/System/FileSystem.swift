public import Core
import Glibc

/// Calls on paths.
public enum FileSystem {
    public enum Kind: Sendable { case file, directory, other }

    /// What stands at `path`, links followed; `nil` when nothing does.
    public static func kind(of path: String) -> Kind? {
        var status = stat()
        // `status` and the path live for the call.
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Kind(mode: status.st_mode)
    }

    /// Reads a whole file; for configuration and small state.
    ///
    /// - Throws: `fileReadFailed` also when the file is longer than `limit` bytes.
    public static func readFile(
        _ path: String, limit: Int = 64 << 20
    ) throws(OperationError) -> [UInt8] {
        let file = try FileDescriptor.open(path, .read)
        var buffer = ByteBuffer()
        while try file.read(into: &buffer, atMost: 64 << 10, target: path) > 0 {
            guard buffer.count <= limit else {
                throw OperationError(
                    .fileReadFailed, call: "read", target: path,
                    reason: "the file is longer than \(limit) bytes", canRetry: false)
            }
        }
        return buffer.bytes.makeArray()
    }

    /// Writes a file so that readers see the old content or the new one, never a part.
    ///
    /// - Parameter isDurable: also waits until the new content and its name are on the disk.
    public static func replaceFile(
        _ path: String, with content: RawSpan, isDurable: Bool
    ) throws(OperationError) {
        let temporary = path + ".new"
        do {
            let file = try FileDescriptor.open(temporary, [.write, .create, .truncate])
            try file.write(content, target: temporary)
            if isDurable { try file.synchronizeData(target: temporary) }
        }
        try rename(temporary, to: path)
        if isDurable { try synchronizeDirectory(of: path) }
    }

    /// Renames a file, replacing one at `target`.
    public static func rename(_ path: String, to target: String) throws(OperationError) {
        // The paths live for the call.
        guard fileCall({ _ in unsafe Glibc.rename(path, target) }) == 0 else {
            throw OperationError(.fileRenameFailed, call: "rename", target: path, errno: errno)
        }
    }

    /// Removes a file; one that is not there counts as removed.
    public static func remove(_ path: String) throws(OperationError) {
        // The path lives for the call.
        guard fileCall({ _ in unsafe unlink(path) }) == 0 || errno == ENOENT else {
            throw OperationError(.fileWriteFailed, call: "unlink", target: path, errno: errno)
        }
    }

    /// Makes a directory and those above it.
    public static func makeDirectories(
        _ path: String, permissions: UInt32 = 0o750
    ) throws(OperationError) {
        if path.isEmpty || kind(of: path) == .directory { return }
        let parent = directory(of: path)
        if parent != path { try makeDirectories(parent, permissions: permissions) }
        // The path lives for the call.
        if fileCall({ _ in unsafe mkdir(path, mode_t(permissions)) }) == 0 { return }
        let number = errno
        // Another process may have been faster; a file in the way is an error.
        if number == EEXIST, kind(of: path) == .directory { return }
        throw OperationError(
            .fileOpenFailed, call: "mkdir", target: path,
            errno: number == EEXIST ? ENOTDIR : number)
    }

    /// Names in a directory, sorted, without `.` and `..`.
    public static func list(_ path: String) throws(OperationError) -> [String] {
        // The stream is closed below; entries are copied before the next call.
        guard let stream = unsafe opendir(path) else {
            throw OperationError(.fileReadFailed, call: "opendir", target: path, errno: errno)
        }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        unsafe closedir(stream)
        return names.sorted()
    }

    /// Bytes that this process may still write on the disk of `path`; `nil` when nobody can tell.
    public static func availableBytes(at path: String) -> Int? {
        var status = statvfs()
        // `status` and the path live for the call.
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedFullWidth(by: UInt64(status.f_frsize)).low)
    }

    /// Waits until the directory entry of `path` is on the disk.
    public static func synchronizeDirectory(of path: String) throws(OperationError) {
        let parent = directory(of: path)
        let handle = try FileDescriptor.open(parent, [.read, .directory])
        let result = fileCall { _ in fsync(handle.number) }
        guard result == 0 else {
            throw OperationError(.fileSyncFailed, call: "fsync", target: parent, errno: errno)
        }
    }

    /// The part before the last `/`; `.` when there is none.
    public static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The part after the last `/`.
    public static func name(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }
}
