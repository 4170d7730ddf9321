import Glibc

extension FileSystem {
    /// The path from the root, without links, `.` and `..`; `nil` when nothing stands there.
    public static func absolutePath(_ path: String) -> String? {
        // The system allocates the result, which is copied and freed here.
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
