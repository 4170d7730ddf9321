import Core
import Glibc
import System

/// The files whose descriptors are open, never more than a limit: records can name any number of
/// files.
struct OpenFiles {
    /// Falls when the process has no descriptor left.
    private(set) var limit: Int
    private let isDurable: Bool
    /// In the order they were opened.
    private var files: [DestinationFile] = []

    /// A process's descriptors are shared with sockets, journals and other outputs.
    private static let share = 4

    init(limit: Int, isDurable: Bool) {
        self.limit = max(1, min(limit, Process.descriptorLimit / Self.share))
        self.isDurable = isDurable
    }

    /// Opens a file, after closing the one opened longest ago when there are as many as may be.
    mutating func open(_ file: DestinationFile, log: Log) throws(OperationError) {
        if file.isOpen { return }
        while files.count >= limit { try closeOldest() }
        while true {
            do throws(OperationError) {
                try file.open(isDurable: isDurable, log: log)
                files.append(file)
                return
            } catch {
                guard error.errno == EMFILE || error.errno == ENFILE, !files.isEmpty else {
                    throw error
                }
                limit = max(1, files.count / 2)
                log.warning("\(error); holding at most \(limit) files open from now on")
                while files.count >= limit, !files.isEmpty { try closeOldest() }
            }
        }
    }

    private mutating func closeOldest() throws(OperationError) {
        let oldest = files.removeFirst()
        defer { oldest.close() }
        if isDurable { try oldest.synchronize() }
    }

    /// Closes a file that is forgotten; everything in it is committed.
    mutating func close(_ file: DestinationFile) {
        files.removeAll { $0 === file }
        file.close()
    }

    mutating func closeAll() {
        for file in files { file.close() }
        files.removeAll()
    }
}
