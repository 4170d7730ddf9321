import Foundation
import Glibc

/// A file system of a few pages, whose troubles are real; needs the right to mount one.
public final class SmallDisk {
    public let path: String
    private let directory: TemporaryDirectory?

    /// - Parameter path: a directory to mount it on; `nil` makes one.
    /// - Returns: `nil` when it cannot be mounted.
    public init?(bytes: Int, at path: String? = nil) throws {
        directory = try path == nil ? TemporaryDirectory() : nil
        self.path = path ?? directory?.path ?? ""
        // The words live for the call.
        guard unsafe mount("tmpfs", self.path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            return nil
        }
    }

    deinit { unsafe umount2(path, Int32(MNT_DETACH)) }

    public static var isPossible: Bool { (try? SmallDisk(bytes: 1 << 16)) ?? nil != nil }

    /// The path of something on it.
    public func file(_ name: String) -> String { path + "/" + name }

    private var ballast: String { file("ballast") }

    /// Takes all room, but for so many bytes.
    public func fill(leaving bytes: Int = 0) {
        let file = FileHandle(forWritingAtPath: ballast) ?? make(ballast)
        _ = try? file?.seekToEnd()
        while (try? file?.write(contentsOf: Data(count: 4096))) != nil {}
        if bytes > 0, let size = try? file?.offset() {
            try? file?.truncate(atOffset: size - min(UInt64(bytes), size))
        }
    }

    private func make(_ path: String) -> FileHandle? {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return FileHandle(forWritingAtPath: path)
    }

    /// Gives back what `fill` took.
    public func makeRoom() { try? FileManager.default.removeItem(atPath: ballast) }

    /// Lets nobody write any more, or everybody again.
    ///
    /// - Returns: `false` when a file is open for writing.
    public func setReadOnly(_ isReadOnly: Bool) -> Bool {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        // The words live for the call.
        return unsafe mount("tmpfs", path, "tmpfs", flags, nil) == 0
    }
}
