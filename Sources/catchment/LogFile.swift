import Core
import System

/// The file that `log_file` names; lines are appended.
final class LogFile: Sendable {
    private let path: String
    private let file: FileDescriptor

    init(_ path: String) throws(OperationError) {
        self.path = path
        file = try FileDescriptor.open(path, [.write, .create, .append])
    }

    /// Appends in one write, so lines of several threads do not mix.
    ///
    /// A full disk loses the line: there is nowhere left to say so.
    func write(_ text: String) {
        Array(text.utf8).withBytes { bytes in
            try? file.write(bytes, target: path)
        }
    }
}
