import Core
import Parsers
import TestKit

/// One line, and some fields that its record must have; `nil` for those that it must not have.
struct SyslogLine: Sendable, CustomStringConvertible {
    var line: String
    var expected: [String: String?]
    var description: String { line }

    init(_ line: String, _ expected: [String: String?]) {
        self.line = line
        self.expected = expected
    }
}

/// A parser of syslog and the last record it made.
struct SyslogRun {
    var parser = SyslogParser()
    var received = Timestamp(2026, 10, 12)

    func source(_ transport: Transport = .udp) -> PayloadSource {
        PayloadSource(
            peer: Endpoint(address: IPAddress(v4: 0xc000_0201), port: 514), transport: transport,
            received: received)
    }

    /// The record of a line.
    func read(_ line: [UInt8]) -> [String: String] {
        var batch = RecordBatch()
        _ = line.withBytes { parser.decode($0, from: source(), into: &batch) }
        return batch.count == 1 ? records(batch)[0] : [:]
    }

    func read(_ line: String) -> [String: String] { read(Array(line.utf8)) }

    /// A damaged form of a line, cut or with flipped bits, that gives no record with a text.
    func lost(damaging line: String) -> [UInt8]? {
        let bytes = Array(line.utf8)
        return (Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 500))
            .first { read($0)["message"] == nil }
    }

    /// The fields of an example that are not as expected: name, found, wanted.
    func differences(_ example: SyslogLine) -> [String] {
        let record = read(example.line)
        return example.expected.sorted { $0.key < $1.key }.compactMap { name, wanted in
            record[name] == wanted
                ? nil : "\(name): \(record[name] ?? "nil"), wanted \(wanted ?? "nil")"
        }
    }
}
