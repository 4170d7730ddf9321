import Capture
import Core
import Foundation
import Testing

/// The recordings of `conf/samples`.
enum Samples {
    struct Expected: Decodable {
        var port: Int
        var records: Int?
        var messages: Int?
        /// Only streams have it.
        var framing: String?

        /// Records when every message is one.
        var count: Int { messages ?? records ?? 0 }
    }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("conf/samples")

    static func expected() throws -> [(name: String, counts: Expected)] {
        let data = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
        return try JSONDecoder().decode([String: Expected].self, from: data)
            .map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    }

    /// The datagrams of a capture, or the lines of a text file.
    static func payloads(_ name: String) throws -> [[UInt8]] {
        let file = try CaptureFile.open(folder.appendingPathComponent(name).path)
        var payloads: [[UInt8]] = []
        if file.format == .text {
            try file.forEachLine { line, _ in payloads.append(copy(line)) }
        } else {
            try file.forEachDatagram { _, bytes in payloads.append(copy(bytes)) }
        }
        return payloads
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    private static func copy(_ span: RawSpan) -> [UInt8] {
        (0..<span.byteCount).map { span.byte(at: $0) }
    }
}
