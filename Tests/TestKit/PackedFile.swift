import Codec
import Core
import Foundation

/// A file as its reader sees it: plain, `.gz` or `.zst` by its name.
public struct PackedFile {
    public enum Problem: Error {
        /// The last gzip member or zstd frame has no end.
        case torn(String)
    }

    public let path: String

    private let content: [UInt8]?

    public init(_ path: String) {
        self.path = path
        content = nil
    }

    /// - Parameter content: what the file would hold.
    public init(_ path: String, holding content: [UInt8]) {
        self.path = path
        self.content = content
    }

    /// The content, unpacked.
    public func text() throws -> String {
        let bytes = try content ?? [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var plain = ByteBuffer()
        var isWhole = true
        if path.hasSuffix(".gz") {
            var decoder = try GzipDecoder()
            try bytes.withBytes { span throws(OperationError) in
                try decoder.append(span, to: &plain)
            }
            isWhole = decoder.isAtMemberEnd
        } else if path.hasSuffix(".zst") {
            var decoder = try ZstdDecoder()
            try bytes.withBytes { span throws(OperationError) in
                try decoder.append(span, to: &plain)
            }
            isWhole = decoder.isAtFrameEnd
        } else {
            return String(decoding: bytes, as: UTF8.self)
        }
        guard isWhole || bytes.isEmpty else { throw Problem.torn(path) }
        return plain.bytes.makeString()
    }

    /// The field `n` of every line.
    public func numbers() throws -> [Int] {
        struct Record: Decodable { var n: Int }
        return try text().split(separator: "\n").map { line in
            try JSONDecoder().decode(Record.self, from: Data(line.utf8)).n
        }
    }
}
