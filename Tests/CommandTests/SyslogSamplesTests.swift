import Foundation
import Testing

@testable import catchment

/// What the syslog samples hold of vendors is read as theirs.
@Suite struct SyslogSamplesTests {
    func count(_ field: String) throws -> [String: Int] {
        let path = ParseSamplesTests.samples.appendingPathComponent("syslog.log").path
        let run = try ParseRun(
            ["--as", "syslog", "--format", "json", path], registry: Plugins.registry)
        return try run.lines.reduce(into: [:]) { counts, line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let record = try #require(object as? [String: Any])
            counts[record[field] as? String ?? "none", default: 0] += 1
        }
    }

    @Test func haveTheExpectedHeaders() throws {
        #expect(
            try count("format") == ["rfc5424": 8, "rfc3164": 21, "cisco": 3, "kv": 1, "raw": 5])
    }

    @Test func haveTheExpectedVendors() throws {
        #expect(try count("vendor") == ["Cisco": 4, "Fortinet": 1, "Example": 1, "none": 32])
    }

    @Test func haveTheExpectedBodies() throws {
        #expect(try count("body_format") == ["cef": 1, "json": 1, "kv": 1, "none": 35])
    }
}
