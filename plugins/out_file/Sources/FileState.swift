import Core

/// What the output must know to go on exactly where it was: kept by the engine with the cursor.
///
/// Only files that the next commit may touch are listed. A file that is not in the list has not
/// been touched since it was committed, so its length is right as it is.
struct FileState: Equatable {
    struct File: Equatable {
        var path: String
        /// Bytes that belong to delivered records.
        var length: Int
        /// Start of the rotation period of its first byte, in seconds since 1970.
        var period: Int64
    }

    /// A rotation that was decided; it is carried out after this state was saved.
    struct Rename: Equatable {
        var path: String
        var target: String
        var length: Int
    }

    var files: [File] = []
    var renames: [Rename] = []

    private static let version: UInt8 = 1

    func encoded() -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(Self.version)
        buffer.append(bigEndian: UInt32(files.count))
        for file in files {
            buffer.append(path: file.path)
            buffer.append(bigEndian: UInt64(file.length))
            buffer.append(bigEndian: file.period)
        }
        buffer.append(bigEndian: UInt32(renames.count))
        for rename in renames {
            buffer.append(path: rename.path)
            buffer.append(path: rename.target)
            buffer.append(bigEndian: UInt64(rename.length))
        }
        return buffer.bytes.makeArray()
    }

    /// - Returns: `nil` when the bytes are no state.
    init?(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        let isSound = bytes.withBytes { read($0) }
        if !isSound { return nil }
    }

    init() {}

    private mutating func read(_ bytes: RawSpan) -> Bool {
        var reader = ByteReader(bytes)
        guard reader.readUInt8() == Self.version, let fileCount = reader.readUInt32() else {
            return false
        }
        for _ in 0..<fileCount {
            guard let path = reader.readPath(), let length = reader.readUInt64(),
                let period = reader.readUInt64(), let length = Int(exactly: length)
            else { return false }
            files.append(File(path: path, length: length, period: Int64(bitPattern: period)))
        }
        guard let renameCount = reader.readUInt32() else { return false }
        for _ in 0..<renameCount {
            guard let path = reader.readPath(), let target = reader.readPath(),
                let length = reader.readUInt64(), let length = Int(exactly: length)
            else { return false }
            renames.append(Rename(path: path, target: target, length: length))
        }
        return reader.isAtEnd
    }
}

extension ByteBuffer {
    fileprivate mutating func append(path: String) {
        append(bigEndian: UInt32(path.utf8.count))
        append(path)
    }
}

extension ByteReader {
    fileprivate mutating func readPath() -> String? {
        guard let count = readUInt32(), let bytes = read(count: Int(count)) else { return nil }
        return bytes.makeString()
    }
}
