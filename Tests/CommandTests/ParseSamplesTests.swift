import Core
import Foundation
import Pipeline
import Testing

@testable import catchment

/// The recorded samples give the numbers that an independent decoder found in them.
@Suite struct ParseSamplesTests {
    struct Expected: Decodable {
        var packets: Int?
        var port: Int
        var records: Int?
        var messages: Int?
    }

    static let samples = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("conf/samples")

    static let expected: [String: Expected] = {
        guard let data = try? Data(contentsOf: samples.appendingPathComponent("expected.json"))
        else { return [:] }
        return (try? JSONDecoder().decode([String: Expected].self, from: data)) ?? [:]
    }()

    static func input(ofPort port: Int) -> String {
        switch port {
        case 2055: "netflow"
        case 5141: "routeros"
        default: "syslog"
        }
    }

    @Test func areThere() { #expect(Self.expected.count >= 25) }

    @Test(arguments: expected.keys.sorted())
    func giveTheExpectedNumbers(name: String) throws {
        let expected = try #require(Self.expected[name])
        let input = Self.input(ofPort: expected.port)
        let isText = name.contains(".log") || name.contains("tcp")
        let reading = isText ? ["--as", input] : []
        let path = Self.samples.appendingPathComponent(name).path
        let hasInput = Plugins.registry.names(.input).contains(input)
        guard hasInput || !isText else { return }
        let run = try ParseRun(reading + [path], registry: Plugins.registry)
        #expect(run.status == 0)
        if let packets = expected.packets {
            #expect(run.messages.contains(", \(packets) UDP datagrams, "))
        }
        #expect(!run.messages.contains("damaged:"))
        guard hasInput, let records = expected.records ?? expected.messages else { return }
        #expect(run.lines.count == records)
    }
}
