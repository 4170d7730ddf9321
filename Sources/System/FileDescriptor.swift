import CShims
public import Core
import Glibc

/// An open file, socket or pipe with one owner; closed when the owner goes away.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The system's number, for calls this type does not wrap.
    ///
    /// Not to be closed by the caller.
    public let number: Int32

    /// Takes over an open descriptor.
    public init(owning number: Int32) { self.number = number }

    deinit { _ = close(number) }

    public struct Access: OptionSet, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        public static let read = Access(rawValue: O_RDONLY)
        public static let write = Access(rawValue: O_WRONLY)
        public static let readWrite = Access(rawValue: O_RDWR)
        public static let create = Access(rawValue: O_CREAT)
        /// With `create`: fail when the file is there already.
        public static let exclusive = Access(rawValue: O_EXCL)
        public static let append = Access(rawValue: O_APPEND)
        public static let truncate = Access(rawValue: O_TRUNC)
        public static let directory = Access(rawValue: O_DIRECTORY)
        /// Fail on a symbolic link at the last part of the path.
        public static let noFollow = Access(rawValue: O_NOFOLLOW)
    }

    /// Opens a file.
    ///
    /// - Parameter permissions: for a file that is made, before the process's mask.
    /// - Throws: `fileOpenFailed`.
    public static func open(
        _ path: String, _ access: Access, permissions: UInt32 = 0o640
    ) throws(OperationError) -> FileDescriptor {
        // The path is a C string for the call only.
        let number = fileCall { _ in
            unsafe Glibc.open(path, access.rawValue | O_CLOEXEC, mode_t(permissions))
        }
        guard number >= 0 else {
            throw OperationError(.fileOpenFailed, call: "open", target: path, errno: errno)
        }
        return FileDescriptor(owning: number)
    }

    /// Bytes of the file.
    public func size(target: String) throws(OperationError) -> Int {
        var status = stat()
        // `status` lives for the call.
        guard unsafe fstat(number, &status) == 0 else {
            throw OperationError(.fileReadFailed, call: "fstat", target: target, errno: errno)
        }
        return Int(status.st_size)
    }

    /// Writes all bytes at the file's end or position; several system calls when one is short.
    ///
    /// - Throws: `fileWriteFailed`; the file may then hold a part of the bytes.
    public func write(_ bytes: RawSpan, target: String) throws(OperationError) {
        var offset = 0
        while offset < bytes.byteCount {
            let rest = bytes.extracting(offset..<bytes.byteCount)
            // The pointer lives for the call only.
            let written = fileCall(writing: rest.byteCount) { count in
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, count) }
            }
            guard written > 0 else {
                throw OperationError(.fileWriteFailed, call: "write", target: target, errno: errno)
            }
            offset += written
        }
    }

    /// Writes two blocks of bytes one behind the other, by one system call unless it is short.
    ///
    /// - Throws: `fileWriteFailed`; the file may then hold a part of the bytes.
    public func write(
        _ bytes: RawSpan, _ more: RawSpan, target: String
    ) throws(OperationError) {
        if more.byteCount == 0 { return try write(bytes, target: target) }
        // The pointers live for the call only; `writev` reads through them.
        let written = fileCall(writing: bytes.byteCount + more.byteCount) { count in
            unsafe bytes.withUnsafeBytes { first in
                unsafe more.withUnsafeBytes { second in
                    let firstCount = min(first.count, count)
                    var parts = unsafe (
                        Self.part(first, firstCount), Self.part(second, count - firstCount)
                    )
                    return unsafe withUnsafeBytes(of: &parts) { parts in
                        let parts = unsafe parts.assumingMemoryBound(to: iovec.self)
                        return unsafe writev(number, parts.baseAddress, 2)
                    }
                }
            }
        }
        guard written > 0 else {
            throw OperationError(.fileWriteFailed, call: "writev", target: target, errno: errno)
        }
        if written < bytes.byteCount {
            try write(bytes.extracting(written..<bytes.byteCount), target: target)
            try write(more, target: target)
        } else {
            let done = written - bytes.byteCount
            try write(more.extracting(done..<more.byteCount), target: target)
        }
    }

    private static func part(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> iovec {
        // Nothing is written through the pointer; `count` is not more than there are.
        unsafe iovec(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: count)
    }

    /// Writes all bytes at `offset`, leaving the position where it is.
    ///
    /// - Throws: `fileWriteFailed`; the file may then hold a part of the bytes.
    public func write(_ bytes: RawSpan, at offset: Int, target: String) throws(OperationError) {
        var done = 0
        while done < bytes.byteCount {
            let rest = bytes.extracting(done..<bytes.byteCount)
            let place = off_t(offset + done)
            // The pointer lives for the call only.
            let written = fileCall(writing: rest.byteCount) { count in
                unsafe rest.withUnsafeBytes { unsafe pwrite(number, $0.baseAddress, count, place) }
            }
            guard written > 0 else {
                throw OperationError(.fileWriteFailed, call: "pwrite", target: target, errno: errno)
            }
            done += written
        }
    }

    /// Reads up to `count` bytes at the descriptor's position onto the end of `buffer`.
    ///
    /// - Returns: bytes read; 0 at the end of the file.
    public func read(
        into buffer: inout ByteBuffer, atMost count: Int, target: String
    ) throws(OperationError) -> Int {
        var result = 0
        // The buffer has room for `count` bytes at the pointer.
        unsafe buffer.appendUnsafely(atMost: count) { pointer in
            result = fileCall { _ in unsafe Glibc.read(number, pointer, count) }
            return max(result, 0)
        }
        guard result >= 0 else {
            throw OperationError(.fileReadFailed, call: "read", target: target, errno: errno)
        }
        return result
    }

    /// Reads up to `count` bytes at `offset` onto the end of `buffer`.
    ///
    /// - Returns: bytes read; fewer than `count` only at the end of the file.
    public func read(
        into buffer: inout ByteBuffer, at offset: Int, count: Int, target: String
    ) throws(OperationError) -> Int {
        var total = 0
        while total < count {
            var result = 0
            let wanted = count - total
            let position = offset + total
            // The buffer has room for `wanted` bytes at the pointer.
            unsafe buffer.appendUnsafely(atMost: wanted) { pointer in
                result = fileCall { _ in
                    unsafe pread(number, pointer, wanted, off_t(position))
                }
                return max(result, 0)
            }
            guard result >= 0 else {
                throw OperationError(.fileReadFailed, call: "pread", target: target, errno: errno)
            }
            if result == 0 { break }
            total += result
        }
        return total
    }

    /// Cuts the file to `length` bytes.
    public func truncate(to length: Int, target: String) throws(OperationError) {
        let result = fileCall { _ in ftruncate(number, off_t(length)) }
        guard result == 0 else {
            throw OperationError(.fileWriteFailed, call: "ftruncate", target: target, errno: errno)
        }
    }

    /// Moves the position for the next `write` or `read` to the end of the file.
    public func seekToEnd(target: String) throws(OperationError) {
        guard lseek(number, 0, SEEK_END) >= 0 else {
            throw OperationError(.fileReadFailed, call: "lseek", target: target, errno: errno)
        }
    }

    /// Reserves blocks of the disk for bytes that will be written, without changing the length.
    ///
    /// Writing into reserved blocks takes a quarter less time. What is not used in the end is given
    /// back by `truncate`.
    ///
    /// - Returns: `false` when the file system cannot, or has no room.
    public func reserve(from offset: Int, count: Int) -> Bool {
        fileCall { _ in catchment_reserve(number, Int64(offset), Int64(count)) } == 0
    }

    /// Waits until the file's data is on the disk.
    public func synchronizeData(target: String) throws(OperationError) {
        let result = fileCall { _ in fdatasync(number) }
        guard result == 0 else {
            throw OperationError(.fileSyncFailed, call: "fdatasync", target: target, errno: errno)
        }
    }

    /// Takes an exclusive lock that the process holds until the descriptor is closed.
    ///
    /// Waits a tenth of a second at most: a process that is just being started somewhere has copies
    /// of all descriptors, and their locks, until it runs its program.
    ///
    /// - Returns: `false` when another process holds it.
    public func tryLock(target: String) throws(OperationError) -> Bool {
        for _ in 0..<20 {
            let result = fileCall { _ in flock(number, LOCK_EX | LOCK_NB) }
            if result == 0 { return true }
            guard errno == EWOULDBLOCK else {
                throw OperationError(.systemCall, call: "flock", target: target, errno: errno)
            }
            usleep(5_000)
        }
        return false
    }

    /// Whether this is a terminal.
    public var isTerminal: Bool { isatty(number) == 1 }
}

extension OperationError {
    /// An error of the system, with its own text for `errno`.
    public init(_ code: ErrorCode, call: String, target: String, errno number: Int32) {
        let isPermanent = [EACCES, EPERM, ENOENT, ENOTDIR, EISDIR, EINVAL, EBADF].contains(number)
        let text = SystemError.text(number)
        self.init(
            code, call: call, target: target, errno: number,
            reason: SystemError.remedy(number).map { "\(text); \($0)" } ?? text,
            canRetry: !isPermanent)
    }
}

/// The system's words for its error numbers.
public enum SystemError {
    /// A file was wanted and this is a directory.
    public static let isDirectory = EISDIR
    /// Nothing stands at the path.
    public static let isMissing = ENOENT
    /// A disk or a table of the system is full.
    public static let noSpace = ENOSPC
    /// The process, or the system, has no descriptor left.
    public static let noDescriptor = EMFILE

    /// What the operator can do about it, where the system's words do not say.
    static func remedy(_ number: Int32) -> String? {
        switch number {
        case ENOSPC: "make room on that disk"
        case EDQUOT: "make room, or raise the quota of the agent's user"
        case EROFS: "mount it writable again; the kernel's log says why it is not"
        case EIO: "the disk failed; see the kernel's log"
        case EMFILE: "raise the limit of open files (LimitNOFILE)"
        default: nil
        }
    }

    public static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        // strerror_r writes a NUL-terminated string of at most `count` bytes.
        guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else {
            return "error \(number)"
        }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
