import Core
import Parsers
import TestKit
import Testing

@Suite struct RouterOSParserTests {
    static let received = Timestamp(2026, 10, 12)

    func read(
        _ line: [UInt8], parser: RouterOSParser = RouterOSParser()
    ) -> [String: String] {
        let source = PayloadSource(
            peer: Endpoint(address: IPAddress(v4: 0xc000_0201), port: 514), transport: .udp,
            received: Self.received)
        var batch = RecordBatch()
        _ = line.withBytes { parser.decode($0, from: source, into: &batch) }
        #expect(batch.count == 1)
        return records(batch).first ?? [:]
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var line: String
        var expected: [String: String?]
        var testDescription: String { line }

        init(_ line: String, _ expected: [String: String?]) {
            self.line = line
            self.expected = expected
        }
    }

    func check(_ example: Case) {
        let record = read(Array(example.line.utf8))
        for (name, value) in example.expected {
            #expect(record[name] == value, "\(name)")
        }
    }

    static let forms = [
        Case(
            "system,error,critical login failure for user guest from 192.168.88.17 via ssh",
            [
                "topics": "[system,error,critical]", "severity": "3", "facility": nil,
                "message": "login failure for user guest from 192.168.88.17 via ssh",
                "event": "login_failed", "user_name": "guest", "src_addr": "192.168.88.17",
                "service": "ssh", "hostname": nil, "time_source": "received",
                "peer_transport": "udp", "peer_address": "192.0.2.1", "parse_status": nil,
            ]),
        Case(
            "<27>Oct  2 17:36:35 MikroTik login failure for user a from 10.0.0.9 via winbox",
            [
                "hostname": "MikroTik", "facility_name": "daemon", "severity": "3",
                "time": "2026-10-02T17:36:35", "topics": nil, "event": "login_failed",
                "user_name": "a",
            ]),
        Case(
            "<30>Jun  4 18:00:00 r1 firewall,info forward: in:a out:b, proto UDP, "
                + "10.0.0.1:1->10.0.0.2:2, len 9",
            [
                "hostname": "r1", "topics": "[firewall,info]", "event": "firewall",
                "chain": "forward",
            ]
        ),
        // A relay that took the topics for a tag.
        Case(
            "<134>Jun  4 18:00:00 r1 firewall,info: drop forward: in:a out:b, proto UDP, "
                + "10.0.0.1:1->10.0.0.2:2, len 9",
            [
                "hostname": "r1", "topics": "[firewall,info]", "event": "firewall",
                "chain": "forward", "rule_prefix": "drop", "facility_name": "local0",
            ]
        ),
        Case(
            "<30>Jun  4 18:00:00 r1 system,info:", ["hostname": "r1", "topics": nil]
        ),
        Case(
            "<30>Jun  4 18:00:00 edge : firewall,info forward: in:ether1 out:bridge",
            [
                "hostname": "edge", "chain": "forward", "out_if_name": "bridge",
                "parse_status": "partial", "parse_error": "E2301",
            ]),
        Case(
            "<30>2026-10-02T17:36:35.265-0500 my home router system,info item added by x",
            [
                "hostname": "my home router", "time": "2026-10-02T22:36:35.265000000",
                "message": "item added by x",
            ]),
        Case(
            "Oct  2 17:36:35 MikroTik CEF:0|MikroTik|hAP ax^2|7.25|10|system,error,critical|High|"
                + "dvchost=MikroTik dvc=192.168.88.36 msg=login failure for user a\\=b from "
                + "192.168.88.17 via ssh app=ssh duser=guest",
            [
                "hostname": "MikroTik", "product": "hAP ax^2", "product_version": "7.25",
                "topics": "[system,error,critical]", "severity": "3",
                "message": "login failure for user a=b from 192.168.88.17 via ssh",
                "event": "login_failed", "user_name": "a=b", "src_addr": "192.168.88.17",
                "fields": "{dvchost:MikroTik,dvc:192.168.88.36,app:ssh,duser:guest}",
                "parse_status": nil,
            ]),
        Case(
            "2026-10-02T17:36:35.265-0500 r CEF:0|MikroTik|RB|7|16|dhcp,debug,packet|Low|"
                + "dvchost=r msg=    Router \\= 192.168.88.1",
            ["message": "    Router = 192.168.88.1", "severity": "7"]),
        Case("dns,packet <a:CNAME:422=b>", ["topics": "[dns,packet]", "severity": nil]),
        Case("lte,async,event +CUSD: 0", ["topics": "[lte,async,event]", "message": "+CUSD: 0"]),
        // Words of a text that are topics elsewhere.
        Case(
            "<30>Oct  2 17:36:35 r1 first L2TP UDP packet received from 192.0.2.1",
            ["hostname": "r1", "topics": nil, "event": "vpn_connect"]),
        Case(
            "Oct  2 17:36:35 r1 CEF:0|MikroTik|RB|7|16|hotspot,info,debug|Low|dvchost=r1 "
                + "msg=->: a (192.0.2.1): logged in",
            ["message_prefix": "->", "message": "a (192.0.2.1): logged in", "user_name": "a"]),
        Case("warning denied telnet connect from 192.0.2.1", ["topics": "[warning]"]),
        Case("system started", ["topics": nil, "parse_status": "raw", "parse_error": "E2302"]),
        Case("system,unheard,info x", ["topics": nil, "message": "system,unheard,info x"]),
        Case(
            "jun/15 18:56:43 wireless,info x",
            ["time": "2026-06-15T18:56:43", "message": "x", "topics": "[wireless,info]"]),
        Case("08:10:55 script,info x", ["time": "2026-10-12T08:10:55", "message": "x"]),
        Case("09-30 15:39:37 ovpn,info x", ["time": "2026-09-30T15:39:37", "message": "x"]),
        Case(
            "dhcp,info MikroTik: got it",
            ["message_prefix": "MikroTik", "message": "got it"]),
        Case("", ["message": "", "parse_status": "raw"]),
    ]

    @Test(arguments: forms)
    func recognisesWireForms(example: Case) { check(example) }

    static let firewallLines = [
        Case(
            "firewall,info A|live-in| input: in:ether1 out:(unknown 0), connection-state:new "
                + "src-mac 52:55:0A:00:02:02, proto TCP (SYN), 172.17.0.1:55134->10.0.2.15:15902, "
                + "len 44",
            [
                "rule_prefix": "A|live-in|", "action": "accept", "chain": "input",
                "in_if_name": "ether1", "out_if_name": "(unknown 0)", "connection_state": "[new]",
                "src_mac": "52:55:0a:00:02:02", "transport": "tcp", "tcp_flags": "2",
                "src_addr": "172.17.0.1", "src_port": "55134", "dst_addr": "10.0.2.15",
                "dst_port": "15902", "packet_length": "44", "event": "firewall",
                "parse_status": nil, "user_name": nil, "post_nat_src_addr": nil,
            ]),
        Case(
            "firewall,info [drop-input] input: in:PPPoE out:(unknown 0), connection-state:new "
                + "proto TCP (SYN), 150.107.38.251:56625->222.222.222.222:8058, len 52",
            ["rule_prefix": "[drop-input]", "action": "drop", "src_mac": nil, "dst_port": "8058"]),
        Case(
            "firewall,info output: in:(unknown 0) out:ether1, connection-state:new proto ICMP "
                + "(type 8, code 0), 10.0.2.15->203.0.113.9, len 56",
            [
                "rule_prefix": nil, "action": nil, "transport": "icmp", "icmp_type": "8",
                "icmp_code": "0", "src_port": nil, "dst_addr": "203.0.113.9",
            ]),
        Case(
            "firewall,info forward: in:ether5_EXT out:Rapid Net, src-mac 2c:c8:1b:f4:85:e4, proto "
                + "TCP (ACK,FIN), 10.0.15.100:57916->142.250.194.234:443, NAT "
                + "(10.0.15.100:57916->103.145.208.134:57916)->142.250.194.234:443, len 52",
            [
                "out_if_name": "Rapid Net", "tcp_flags": "17",
                "post_nat_src_addr": "103.145.208.134", "post_nat_src_port": "57916",
                "orig_dst_addr": nil,
            ]),
        Case(
            "firewall,info forward: in:ether1 out:ether1, connection-state:new,dnat src-mac "
                + "52:55:0A:00:02:02, proto TCP (SYN), 172.17.0.1:33202->203.0.113.9:9999, NAT "
                + "172.17.0.1:33202->(10.0.2.15:15903->203.0.113.9:9999), len 44",
            [
                "connection_state": "[new,dnat]", "orig_dst_addr": "10.0.2.15",
                "orig_dst_port": "15903", "post_nat_src_addr": nil, "packet_length": "44",
            ]),
        Case(
            "firewall,info x forward: in:<pppoe-u-1> out:b, connection-mark:m connection-state:new,"
                + " proto 47, 10.0.0.1->10.0.0.2, NAT (10.0.0.1->1.1.1.1)->(10.0.0.2->2.2.2.2), "
                + "prio 1->0, len 9",
            [
                "user_name": "u-1", "connection_mark": "m", "connection_state": "[new]",
                "transport": "gre", "post_nat_src_addr": "1.1.1.1", "orig_dst_addr": "10.0.0.2",
                "packet_length": "9", "parse_status": nil,
            ]),
        Case(
            "firewall,info input: in:WAN out:(unknown 0), proto TCP (SYN,ECE,CWR), "
                + "[2001:db8::1]:40384->[2001:db8::2]:20461, len 24",
            [
                "src_addr": "2001:db8::1", "src_port": "40384", "dst_addr": "2001:db8::2",
                "dst_port": "20461", "tcp_flags": "194",
            ]),
        Case(
            "firewall,info input: in:a out:b, proto ICMPv6 (type 135, code 0), fe80::1->ff02::1, "
                + "len 72",
            [
                "src_addr": "fe80::1", "dst_addr": "ff02::1", "transport": "icmpv6",
                "icmp_type": "135",
            ]),
        Case(
            "firewall,info input: in:a out:b, wonders of 7.99, proto UDP, 10.0.0.1:1->10.0.0.2:2, "
                + "len 9",
            ["src_port": "1", "packet_length": "9"]),
        // Names of interfaces may hold what separates parts.
        Case(
            "firewall,info A|x| forward: in:vlan 10, office out:<pppoe-bob, b@example.net>, "
                + "connection-state:established,snat src-mac 00:00:5e:00:53:02, proto 50, "
                + "192.0.2.7->203.0.113.7, len 120",
            [
                "in_if_name": "vlan 10, office", "out_if_name": "<pppoe-bob, b@example.net>",
                "user_name": "bob, b@example.net", "connection_state": "[established,snat]",
                "transport": "esp", "src_addr": "192.0.2.7", "parse_status": nil,
            ]),
        Case(
            "firewall,info input: in:bridge(ether1) out:(unknown 0), connection-state:new src-mac "
                + "00:00:5e:00:53:02, proto UDP, [fe80::1]:546->[ff02::1:2]:547, len 96",
            [
                "in_if_name": "bridge(ether1)", "src_addr": "fe80::1", "src_port": "546",
                "dst_addr": "ff02::1:2", "dst_port": "547",
            ]),
        Case(
            "firewall,info forward: in:bridge out:ether1, connection-state:new proto TCP (SYN), "
                + "[2001:db8:1::44]:50000->[2001:db8:9::9]:443, NAT "
                + "([2001:db8:1::44]:50000->[2001:db8:7::44]:50000)->[2001:db8:9::9]:443, len 80",
            [
                "post_nat_src_addr": "2001:db8:7::44", "post_nat_src_port": "50000",
                "parse_status": nil,
            ]),
        Case(
            "firewall,info forward: in:a out:b, connection-state:established,snat,dnat proto TCP "
                + "(ACK), 192.0.2.33:40112->192.0.2.15:443, NAT (192.0.2.33:40112->203.0.113.9:40112)"
                + "->(203.0.113.9:443->192.0.2.15:443), prio 0->7, len 52",
            [
                "post_nat_src_addr": "203.0.113.9", "post_nat_src_port": "40112",
                "orig_dst_addr": "203.0.113.9", "orig_dst_port": "443", "packet_length": "52",
                "parse_status": nil,
            ]),
        Case(
            "firewall,info M|mark|vpn wan.guard-2: in:l2tp-out1 out:(unknown 0), "
                + "connection-mark:to-vpn connection-state:new proto ICMPv6 (type 128, code 0), "
                + "2001:db8::1->2001:db8::2, len 104",
            [
                "rule_prefix": "M|mark|vpn", "action": "mangle", "chain": "wan.guard-2",
                "connection_mark": "to-vpn", "icmp_type": "128", "parse_status": nil,
            ]),
        Case(
            "firewall,info input: in:a out:b, proto UDP, garbage, len 9",
            ["transport": "udp", "packet_length": "9", "parse_status": "partial"]),
    ]

    @Test(arguments: firewallLines)
    func takesFirewallLinesApart(example: Case) { check(example) }

    @Test(arguments: [
        Case(
            "system,error,critical login failure for user  via ssh from from 2001:db8::9 via api-ssl",
            [
                "event": "login_failed", "user_name": " via ssh from", "src_addr": "2001:db8::9",
                "service": "api-ssl",
            ]),
        Case(
            "system,info,account user admin logged in from 10.0.0.9 via winbox",
            [
                "event": "login", "user_name": "admin", "src_addr": "10.0.0.9",
                "service": "winbox",
            ]),
        Case(
            "system,info,account user x logged out from 5C:80:B6:E8:74:DE via winbox",
            ["event": "logout", "src_mac": "5c:80:b6:e8:74:de", "src_addr": nil]),
        Case(
            "system,info,account user x logged out via api",
            ["event": "logout", "user_name": "x", "service": "api"]),
        Case(
            "system,error,critical login failure for user x from 198.51.100.66 via ssh from "
                + "203.0.113.41 via winbox",
            [
                "event": "login_failed", "user_name": "x from 198.51.100.66 via ssh",
                "src_addr": "203.0.113.41", "service": "winbox",
            ]),
    ])
    func readsLogins(example: Case) { check(example) }

    @Test func takesOffPrefixesItIsTold() {
        let parser = RouterOSParser(messagePrefixes: ["core1"])
        let record = read(Array("dhcp,info core1: text".utf8), parser: parser)
        #expect(record["message_prefix"] == "core1")
        #expect(record["message"] == "text")
    }

    @Test func sharesShapesBetweenRecords() {
        let parser = RouterOSParser()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 1), transport: .udp, received: Self.received)
        var batch = RecordBatch()
        for example in Self.firewallLines.prefix(4) {
            _ = Array(example.line.utf8).withBytes {
                parser.decode($0, from: source, into: &batch)
            }
        }
        #expect(batch.runs.count == 1)
    }

    @Test(arguments: forms + firewallLines)
    func survivesDamage(example: Case) {
        let bytes = Array(example.line.utf8)
        for damaged in Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 200) {
            #expect(read(damaged)["message"] != nil)
        }
    }
}
