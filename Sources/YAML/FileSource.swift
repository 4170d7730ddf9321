public import Core
import System

/// Where configuration files come from: the disk, or a table in tests.
public protocol FileSource: Sendable {
    /// - Throws: also when the file is longer than `limit` bytes.
    func read(_ path: String, limit: Int) throws(OperationError) -> [UInt8]

    /// The names in a directory, sorted.
    func list(_ directory: String) throws(OperationError) -> [String]
}

/// The files of this machine.
public struct Disk: FileSource {
    public init() {}

    public func read(_ path: String, limit: Int) throws(OperationError) -> [UInt8] {
        try FileSystem.readFile(path, limit: limit)
    }

    public func list(_ directory: String) throws(OperationError) -> [String] {
        try FileSystem.list(directory)
    }
}
