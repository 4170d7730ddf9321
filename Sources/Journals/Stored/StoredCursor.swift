public import Core
import System

/// The cursor of an output, looked at from outside.
public struct StoredCursor: Sendable {
    /// The output's name.
    public let output: String
    public let path: String
    /// `nil` when the file cannot be read or has just been removed.
    public let cursor: Cursor?
    /// Why it cannot be read.
    public let error: OperationError?

    static let suffix = ".cursor"

    init(path: String) {
        self.path = path
        output = StorageName.instance(
            ofFile: String(FileSystem.name(of: path).dropLast(Self.suffix.count)))
        var result = Self.load(path)
        // Both slots of the file look damaged when an agent has written each during the read.
        let bell = Doorbell()
        for _ in 0..<2 where result.error != nil {
            bell.wait(atMost: 2_000_000)
            result = Self.load(path)
        }
        (cursor, error) = result
    }

    private static func load(_ path: String) -> (cursor: Cursor?, error: OperationError?) {
        do throws(OperationError) {
            return (try CursorFile(path: path, isDurable: false).load(), nil)
        } catch {
            return (nil, error)
        }
    }

    /// All cursors of a directory, by name.
    static func all(in directory: String) throws(OperationError) -> [StoredCursor] {
        guard FileSystem.kind(of: directory) == .directory else { return [] }
        return try FileSystem.list(directory).filter { $0.hasSuffix(suffix) }
            .map { StoredCursor(path: directory + "/" + $0) }
    }
}

/// Names of inputs and outputs as names of files: what is no letter or digit is `%` and two hex
/// digits.
enum StorageName {
    static func instance(ofFile name: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
