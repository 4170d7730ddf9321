import Foundation
import Testing

@testable import catchment

/// The RouterOS samples hold the same entries in every format: so do their records.
@Suite struct RouterOSSamplesTests {
    /// How many records of `routeros.log` are what.
    static let events = [
        "firewall": 14, "login": 2, "logout": 1, "login_failed": 2, "access_denied": 1,
        "config_change": 6, "reboot": 2, "clock_change": 1, "firmware_upgraded": 1, "critical": 1,
        "link_up": 2, "link_down": 1, "interface_detect": 1, "loop_suspected": 1,
        "source_guard": 1, "dhcp_assigned": 2, "dhcp_deassigned": 2, "dhcp_failed": 2,
        "dhcp_client": 2, "rogue_dhcp": 2, "ppp_connect": 1, "ppp_authenticated": 1,
        "ppp_connected": 1, "ppp_disconnected": 1, "ppp_terminating": 1, "ppp_auth_failed": 2,
        "vpn_connect": 3, "session_start": 2, "session_end": 2, "wifi_connect": 3,
        "wifi_disconnect": 2, "wifi_roam": 1, "wifi_attempt": 1, "capsman": 1,
        "hotspot_attempt": 1, "hotspot_login": 1, "hotspot_logout": 1, "hotspot_login_failed": 1,
        "radius": 1, "radius_attribute": 1, "ipsec_failed": 2, "ipsec_phase1": 1, "ipsec_sa": 1,
        "ospf_neighbor": 2, "bgp": 2, "vrrp_state": 2, "netwatch": 2, "dns_query": 1,
        "dns_answer": 1, "web_proxy": 1, "script": 1, "script_failed": 1, "email_sent": 1,
        "poe_state": 1,
    ]

    /// What depends on the way a message came.
    static let wayFields: Set = [
        "time", "time_received", "time_source", "topics", "severity", "severity_name", "facility",
        "facility_name", "hostname", "peer_transport", "peer_address", "peer_port", "fields",
        "product", "product_version",
    ]

    func records(_ name: String) throws -> [[String: String]] {
        let path = ParseSamplesTests.samples.appendingPathComponent(name).path
        let run = try ParseRun(
            ["--as", "routeros", "--format", "json", path], registry: Plugins.registry)
        return try run.lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let record = try #require(object as? [String: Any])
            return record.filter { !Self.wayFields.contains($0.key) }.mapValues { "\($0)" }
        }
    }

    @Test func haveTheExpectedEvents() throws {
        let records = try records("routeros.log")
        let found = records.reduce(into: [:]) { $0[$1["event"] ?? "none", default: 0] += 1 }
        #expect(found == Self.events)
        #expect(records.allSatisfy { $0["parse_status"] == nil })
    }

    /// The records in the order of their texts, without the dump of two lines: it is one record only
    /// where both came in messages of the same second, and debug topics wait for their rest.
    func wholeRecords(_ name: String) throws -> [[String: String]] {
        try records(name).filter { record in
            let message = record["message"] ?? ""
            return !message.hasPrefix("received Access-Accept") && !message.hasPrefix("    Framed")
        }.sorted {
            ($0["message"] ?? "", $0["event"] ?? "") < ($1["message"] ?? "", $1["event"] ?? "")
        }
    }

    @Test func joinADumpOfOneSecond() throws {
        let dumps = try records("routeros-syslog-default.pcap").filter { $0["joined"] != nil }
        #expect(
            dumps.map { $0["message"] } == [
                "received Access-Accept with id 64 from 192.0.2.3:1812\n"
                    + "    Framed-IP-Address = 100.64.0.17"
            ])
    }

    /// Lines of a file may be of many routers: each is a record, in their order.
    @Test func haveARecordForEachLineOfAFile() throws {
        let path = ParseSamplesTests.samples.appendingPathComponent("routeros.log")
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        let messages = try records("routeros.log").map { $0["message"] ?? "" }
        #expect(messages.count == lines.count)
        for (line, message) in zip(lines, messages) {
            // Secrets and escapes do not stay as they are, the words in front of them do.
            let words = message.split(separator: " ").prefix(2).joined(separator: " ")
            #expect(line.contains(words), "\(line)")
        }
    }

    @Test(arguments: ["default", "iso", "cef"])
    func sayTheSameInEveryFormat(format: String) throws {
        let expected = try wholeRecords("routeros.log")
        #expect(try wholeRecords("routeros-syslog-\(format).pcap") == expected)
    }

    /// Without topics a text is too common to be taken for what it may be.
    @Test func sayTheSameWithoutTopics() throws {
        let expected = try wholeRecords("routeros.log")
        let found = try wholeRecords("routeros-syslog-bsd.pcap")
        #expect(found.count == expected.count)
        let differing = zip(found, expected).filter { $0 != $1 }
        #expect(
            Set(differing.map { $0.1["message"] ?? "" }) == ["    RemoteAddress=192.0.2.17"])
    }

    @Test(arguments: ["routeros.log", "routeros-syslog-cef.pcap", "routeros-syslog-bsd.pcap"])
    func holdNoPasswords(name: String) throws {
        let texts = try records(name).flatMap(\.values)
        #expect(!texts.contains { $0.contains("not-a-real") || $0.contains("not a real") })
    }
}
