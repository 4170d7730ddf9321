import Core
import System

/// Tells a file from all others that exist at the same time, whatever its name is.
///
/// Links lead to the file behind them. A number is used again after its file is removed, so a
/// `Fingerprint` goes with it.
struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64

    init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    init(_ status: FileStatus) {
        self.init(device: status.device, inode: status.inode)
    }
}

/// What the journal remembers a place of.
enum SourceName: Hashable {
    case file(FileIdentity)
    /// A pattern of `path` that was followed: files that fit it and are not known are new.
    case pattern(String)

    /// `F`, device and inode; or `P` and the pattern.
    var bytes: [UInt8] {
        switch self {
        case .file(let identity):
            var buffer = ByteBuffer()
            buffer.append(UInt8(ascii: "F"))
            buffer.append(bigEndian: identity.device)
            buffer.append(bigEndian: identity.inode)
            return buffer.bytes.makeArray()
        case .pattern(let pattern):
            return [UInt8(ascii: "P")] + pattern.utf8
        }
    }

    /// - Returns: `nil` for bytes that another version wrote.
    init?(_ bytes: [UInt8]) {
        switch bytes.first {
        case UInt8(ascii: "F") where bytes.count == 17:
            self = bytes.withBytes { bytes in
                .file(FileIdentity(device: bytes.uint64(at: 1), inode: bytes.uint64(at: 9)))
            }
        case UInt8(ascii: "P"):
            self = .pattern(String(decoding: bytes.dropFirst(), as: UTF8.self))
        default: return nil
        }
    }
}
