import Core
import Parsers
import TestKit
import Testing

/// Headers that relays make, and rare ones of routers.
@Suite struct RouterOSRelayTests {
    typealias Case = RouterOSParserTests.Case

    static let event =
        "CEF:0|MikroTik|CHR|7.20|10|interface,info|Low|dvchost=r msg=ether1 link down"

    static let headers = [
        // RFC 5424: the topics as the application's name, then in the text.
        Case(
            "<134>1 2026-10-02T17:36:35.5+02:00 gw firewall,info - - -  D|x| forward: in:a out:b, "
                + "proto UDP, 10.0.0.1:5->10.0.0.2:6, len 33",
            [
                "time": "2026-10-02T15:36:35.500000000", "hostname": "gw",
                "topics": "[firewall,info]", "event": "firewall", "rule_prefix": "D|x|",
                "severity": "6", "facility_name": "local0", "parse_status": nil,
            ]),
        Case(
            "<30>1 2026-10-02T17:36:35Z gw firewall,info 12 ID47 [meta a=\"3\"][x@1 b=\"q\\\"]\"] "
                + "forward: in:a out:b, proto UDP, 10.0.0.1:5->10.0.0.2:6, len 33",
            ["hostname": "gw", "event": "firewall", "chain": "forward", "rule_prefix": nil]),
        Case(
            "<30>1 - gw - - - - interface,info ether1 link down",
            ["hostname": "gw", "topics": "[interface,info]", "event": "link_down"]),
        Case(
            "<30>1 2026-10-02T17:36:35Z - - - - - ether1 link down",
            ["hostname": nil, "topics": nil, "event": "link_down", "severity": "6"]),
        Case(
            "<30>1 2026-10-02T17:36:35Z gw - - - - \u{feff}\(event)",
            ["hostname": "gw", "product": "CHR", "event": "link_down", "interface": "ether1"]),
        // The relay took the first word for a tag.
        Case(
            "<30>1 2026-10-02T17:36:35Z gw forward - - -  in:a out:b",
            ["hostname": "gw", "message_prefix": "forward", "message": "in:a out:b"]),
        Case("<30>1 not a header", ["message": "<30>1 not a header", "parse_status": "raw"]),
        Case("<30>1 2026-10-02T17:36:35Z gw", ["parse_status": "raw"]),
        Case("<30>1 2026-10-02T17:36:35Z gw - - - [x", ["parse_status": "raw"]),
        // A time and a name in front of those that the event has.
        Case(
            "2026-10-02T17:36:40+00:00 relay 2026-10-02T17:36:35.265+0200 my gw \(event)",
            ["time": "2026-10-02T15:36:35.265000000", "hostname": "my gw", "event": "link_down"]),
        Case("Oct  2 17:36:35 10.0.0.1 gw \(event)", ["hostname": "10.0.0.1 gw"]),
        // MikroTik's own syslog server.
        Case(
            "2026.10.02-17:36:35 <192.0.2.10>: interface,info ether1 link down",
            ["time": "2026-10-02T17:36:35", "hostname": "192.0.2.10", "event": "link_down"]),
        Case("2026.13.02-17:36:35 <192.0.2.10>: interface,info x", ["parse_status": "raw"]),
        // Identities.
        Case(
            "<30>Oct  2 17:36:35 MikroTik RB4011 - Head Office - Main interface,info ether1 link down",
            ["hostname": "MikroTik RB4011 - Head Office - Main", "event": "link_down"]),
        Case(
            "<30>Oct  2 17:36:35 GW: Riga interface,info ether1 link down",
            ["hostname": "GW: Riga", "event": "link_down"]),
        Case(
            "<30>Oct  2 17:36:35 info ether1 link down",
            ["hostname": "info", "topics": nil, "event": "link_down"]),
        Case(
            "<30>Oct  2 17:36:35 dns ether1 link down",
            ["hostname": "dns", "topics": nil, "event": "link_down"]),
        // Topics that stand alone, and words that do not mean to.
        Case(
            "dns query from 192.0.2.8: #3 abc.com. AAAA",
            ["topics": "[dns]", "event": "dns_query", "qtype": "AAAA", "parse_status": nil]),
        Case(
            "<30>Jun  4 18:00:00 r ipsec processing payload: ID_I",
            ["topics": "[ipsec]", "hostname": "r", "message": "processing payload: ID_I"]),
        Case("snmp timeout", ["topics": "[snmp]", "message": "timeout", "parse_status": nil]),
        Case("upnp new mapping", ["topics": "[upnp]", "message": "new mapping"]),
        Case("wireless is on", ["topics": nil, "parse_status": "raw"]),
        Case(
            "<27>Oct  2 17:36:35 r error while running customized default configuration script: x",
            [
                "topics": nil, "hostname": "r",
                "message": "error while running customized default configuration script: x",
            ]),
        Case(
            "ovpn,debug,error,,,l2tp,info,,warning duplicate packet, dropping",
            [
                "topics": "[ovpn,debug,error,l2tp,info,warning]", "severity": "3",
                "message": "duplicate packet, dropping",
            ]),
        Case(",info x", ["topics": nil, "parse_status": "raw"]),
        Case(
            "mar/02 09:04:31 interface, info ether1 link down",
            ["topics": "[interface,info]", "event": "link_down", "message": "ether1 link down"]),
        Case(
            "system, info, account user a logged in from 192.0.2.1 via winbox",
            ["topics": "[system,info,account]", "event": "login", "severity": "6"]),
        Case(
            "<30>Oct  2 17:36:35 r dns, script and all",
            ["topics": nil, "message": "dns, script and all"]),
        Case("<30>Oct  2 17:36:35 r system,info,", ["topics": nil, "message": "system,info,"]),
        Case("<30>Oct  2 17:36:35 r system,info,: x", ["topics": nil]),
    ]

    @Test(arguments: headers)
    func recognisesHeaders(example: Case) { RouterOSParserTests().check(example) }

    @Test(arguments: headers)
    func survivesDamage(example: Case) {
        let bytes = Array(example.line.utf8)
        for damaged in Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 200) {
            #expect(RouterOSParserTests().read(damaged)["message"] != nil)
        }
    }

    @Test(arguments: [
        Case(
            "system,error,critical login failure for user admin via local",
            ["event": "login_failed", "user_name": "admin", "service": "local", "src_addr": nil]),
        Case(
            "system,info,account user admin logged in from fe80::1%ether1 via winbox",
            ["event": "login", "src_addr": "fe80::1", "service": "winbox"]),
        Case(
            "system,info,account user admin logged in from 10.0.0.9 via ssh app=ssh duser=admin",
            ["event": "login", "service": "ssh"]),
    ])
    func readsLogins(example: Case) { RouterOSParserTests().check(example) }

    /// Without topics only the configuration tells where an identity with spaces ends.
    @Test(arguments: [
        Case(
            "<30>Oct  2 17:36:35 my gw 1 ether1 link down",
            ["hostname": "my gw 1", "message": "ether1 link down", "event": "link_down"]),
        Case(
            "<30>Oct  2 17:36:35 my gw 1 interface,info ether1 link down",
            ["hostname": "my gw 1", "topics": "[interface,info]", "event": "link_down"]),
        Case(
            "<30>Oct  2 17:36:35 my gw 1 my gw 1: ether1 link down",
            ["hostname": "my gw 1", "message_prefix": "my gw 1", "event": "link_down"]),
        Case("<30>Oct  2 17:36:35 my gw 10 x", ["hostname": "my", "message": "gw 10 x"]),
        Case("<30>Oct  2 17:36:35 my gw 1", ["hostname": "my", "message": "gw 1"]),
        Case("<30>Oct  2 17:36:35 other ether1 link down", ["hostname": "other"]),
        Case("ether1 link down", ["hostname": nil, "parse_status": "raw"]),
    ])
    func knowsAnIdentity(example: Case) {
        let parser = RouterOSParser()
        var sender = RouterOSSender(identity: Array("my gw 1".utf8))
        var batch = RecordBatch()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 1), transport: .udp,
            received: RouterOSParserTests.received)
        Array(example.line.utf8).withBytes {
            _ = parser.decode($0, from: source, of: &sender, into: &batch)
        }
        let record = records(batch).first ?? [:]
        for (name, value) in example.expected { #expect(record[name] == value, "\(name)") }
    }
}
