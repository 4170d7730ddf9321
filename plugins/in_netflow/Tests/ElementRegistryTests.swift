import Core
import Foundation
import Testing

@testable import InNetflow

@Suite struct ElementRegistryTests {
    static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("data")

    /// Rows of a table as column name to value.
    static func rows(_ name: String) throws -> [[String: String]] {
        let text = try String(contentsOf: data.appendingPathComponent(name), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let header = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            let values = line.split(separator: ",", omittingEmptySubsequences: false)
            return Dictionary(uniqueKeysWithValues: zip(header, values.map(String.init)))
        }
    }

    static let encodings: [String: Encoding] = [
        "string": .paddedText, "octetArray": .bytes, "boolean": .ipfixBoolean,
        "macAddress": .mac, "ipv4Address": .address, "ipv6Address": .address,
        "float32": .float, "float64": .float, "dateTimeSeconds": .seconds,
        "dateTimeMilliseconds": .milliseconds, "dateTimeMicroseconds": .ntpMicroseconds,
        "dateTimeNanoseconds": .ntpNanoseconds, "basicList": .nested, "subTemplateList": .nested,
        "subTemplateMultiList": .nested,
    ]

    static func encoding(_ type: String) -> Encoding? {
        if type.hasPrefix("unsigned") { return .unsigned }
        return type.hasPrefix("signed") ? .signed : encodings[type]
    }

    @Test func knowsEveryElementOfIANA() throws {
        for row in try Self.rows("ipfix-elements.csv") {
            let number = try #require(UInt16(row["id"] ?? ""))
            let element = ElementRegistry.shared.element(ElementKey(number), of: .ipfix)
            #expect(element.name == row["name"])
            #expect(element.encoding == Self.encoding(row["type"] ?? ""), "\(element.name)")
        }
    }

    /// The rows of enterprise 29305 are in the table for this test only.
    @Test func knowsOrDerivesEveryElementOfVendors() throws {
        let vendors = Dictionary(
            uniqueKeysWithValues: try Self.rows("vendors.csv").map {
                ($0["pen"] ?? "", $0["vendor"] ?? "")
            })
        let privateVendors = ["Cisco": "cisco", "Palo": "paloalto"]
        for row in try Self.rows("enterprise-elements.csv") {
            let number = try #require(UInt16(row["id"] ?? ""))
            let enterprise = try #require(UInt32(row["pen"] ?? ""))
            let key = ElementKey(enterprise: enterprise, number)
            let element = ElementRegistry.shared.element(key, of: .ipfix)
            let first = String(row["vendor"]?.split(separator: " ").first ?? "")
            let vendor =
                enterprise == 0 ? privateVendors[first] : vendors[row["pen"] ?? ""]
            let name = row["name"] ?? ""
            #expect(element.name == (vendor.map { "\($0).\(name)" } ?? name), "\(row)")
            #expect(element.encoding == Self.encoding(row["type"] ?? ""), "\(row)")
        }
    }

    @Test func holdsNothingElse() throws {
        let iana = try Self.rows("ipfix-elements.csv").count
        let vendors = try Self.rows("enterprise-elements.csv").filter { $0["pen"] != "29305" }
        #expect(ElementRegistry.shared.count == iana + vendors.count)
        #expect(ElementRegistry.shared.count == ElementTable.count)
    }

    @Test(
        arguments: [
            (1, 1), (40_000, 40_000), (33_002, 33_002),
            (37_083, ElementKey(enterprise: 9, 4315)),
            (57_590, ElementKey(enterprise: 35_632, 118)),
            (60_000, 60_000), (65_535, 65_535),
        ] as [(UInt16, ElementKey)])
    func findsTheElementBehindAV9Type(_ type: UInt16, _ key: ElementKey) {
        #expect(ElementRegistry.shared.key(ofV9Type: type) == key)
    }

    @Test(
        arguments: [
            (ElementKey.reverse(1), "reverseOctetDeltaCount"),
            (ElementKey(enterprise: 6871, 16_424), "cert.reverseFlowAttributes"),
            (ElementKey.reverse(9999), "e29305id9999"),
            (ElementKey.scope(2), "scopeInterface"), (ElementKey.scope(9), "scope9"),
        ] as [(ElementKey, String)])
    func namesWhatNoTableHolds(_ key: ElementKey, _ name: String) {
        #expect(ElementRegistry.shared.element(key, of: .ipfix).name == name)
    }
}
