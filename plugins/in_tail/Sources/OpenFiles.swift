import Core
import Glibc
import System

/// The files whose descriptors are open, never more than a limit: patterns can fit any number of
/// files.
final class OpenFiles {
    /// Compressed files that are read at a time, each with a window and text of its own.
    private static let compressedLimit = 4
    /// A process's descriptors are shared with sockets, journals and outputs.
    private static let share = 4

    /// Falls when the process has no descriptor left.
    private(set) var limit: Int
    private let log: Log
    /// In the order they were opened.
    private var files: [TailedFile] = []

    init(limit: Int = Process.descriptorLimit / share, log: Log) {
        self.limit = max(limit, 2)
        self.log = log
    }

    var count: Int { files.count }

    /// Opens a file that is not open, after closing others when there are as many as may be.
    ///
    /// - Returns: `false` when its path leads to another file now, or to none.
    func open(_ file: TailedFile) throws(OperationError) -> Bool {
        if file.descriptor != nil { return true }
        guard FileSystem.status(of: file.path).map({ FileIdentity($0) }) == file.identity else {
            return false
        }
        let open = try openFile(file.path)
        guard try FileIdentity(open.file.status(target: file.path)) == file.identity else {
            return false
        }
        adopt(open, for: file)
        return true
    }

    /// Opens a path, after closing other files when there are as many as may be.
    func openFile(_ path: String) throws(OperationError) -> OpenFile {
        while files.count >= limit { closeOldest() }
        while true {
            do throws(OperationError) {
                return try OpenFile(path)
            } catch {
                guard error.errno == EMFILE || error.errno == ENFILE, !files.isEmpty else {
                    throw error
                }
                limit = max(2, files.count / 2)
                log.warning("\(error); holding at most \(limit) files open from now on")
                while files.count >= limit { closeOldest() }
            }
        }
    }

    /// Takes over what `openFile` returned.
    func adopt(_ open: OpenFile, for file: TailedFile) {
        file.descriptor = open
        files.append(file)
    }

    /// A file without a name is lost when it is closed, so those go last.
    private func closeOldest() {
        let index = files.firstIndex { $0.departure == nil } ?? 0
        files.remove(at: index).close()
    }

    func close(_ file: TailedFile) {
        files.removeAll { $0 === file }
        file.close()
    }

    /// Whether a compressed file may be read now; others that wait for more bytes give way.
    func mayDecompress(_ file: TailedFile) -> Bool {
        if file.gzip != nil { return true }
        let others = files.filter { $0.gzip != nil }
        if others.count < Self.compressedLimit { return true }
        guard let idle = others.first(where: { !$0.isReady }) else { return false }
        idle.gzip = nil
        return true
    }
}
