import Parsers
import TestKit
import Testing

/// Firewall lines of rare shapes.
@Suite struct RouterOSFirewallTests {
    typealias Case = RouterOSParserTests.Case

    static let tail = "connection-state:new proto UDP, 10.0.0.1:5->10.0.0.2:6, len 33"

    static let lines = [
        // Prefixes that look like a line.
        Case(
            "firewall,info drop: in:WAN input: in:ether1 out:(unknown 0), \(tail)",
            [
                "rule_prefix": "drop: in:WAN", "chain": "input", "in_if_name": "ether1",
                "action": "drop",
            ]),
        Case(
            "firewall,info wan: in:x out:y forward: in:ether1 out:ether2, \(tail)",
            [
                "rule_prefix": "wan: in:x out:y", "chain": "forward", "in_if_name": "ether1",
                "out_if_name": "ether2",
            ]),
        Case(
            "firewall,info 10.0.0.9:53->1.1.1.1:53, len 9 forward: in:a out:b, \(tail)",
            ["rule_prefix": "10.0.0.9:53->1.1.1.1:53, len 9", "src_addr": "10.0.0.1"]),
        // Names that look like parts of a line.
        Case(
            "firewall,info input: in:src-mac out:len, \(tail)",
            ["in_if_name": "src-mac", "out_if_name": "len"]),
        Case(
            "firewall,info forward: in:vlan 100, office (2nd floor) out:eth:1, \(tail)",
            ["in_if_name": "vlan 100, office (2nd floor)", "out_if_name": "eth:1"]),
        Case(
            "firewall,info input: in: out:ether1, \(tail)",
            ["in_if_name": "", "out_if_name": "ether1"]),
        // Marks.
        Case(
            "firewall,info forward: in:a out:b, connection-mark:to wan 2 connection-state:new src-mac "
                + "00:00:5E:00:53:05, proto UDP, 10.0.0.1:5->10.0.0.2:6, len 33",
            [
                "connection_mark": "to wan 2", "connection_state": "[new]",
                "src_mac": "00:00:5e:00:53:05",
            ]),
        Case(
            "firewall,info forward: in:a out:b, packet-mark:voip connection-mark:vc \(tail)",
            ["out_if_name": "b", "connection_mark": "vc", "connection_state": "[new]"]),
        Case(
            "firewall,info prerouting: in:a out:(unknown 0), packet-mark:p src-mac "
                + "00:00:5E:00:53:05, proto UDP, 10.0.0.1:5->10.0.0.2:6, len 33",
            ["out_if_name": "(unknown 0)", "src_mac": "00:00:5e:00:53:05"]),
        Case(
            "firewall,info forward: in:a out:b, routing-mark:wan2, \(tail)",
            ["out_if_name": "b", "connection_state": "[new]"]),
        // Addresses.
        Case(
            "firewall,info input: in:a out:b, proto UDP, [fe80::1%ether1]:546->[ff02::1:2]:547, len 80",
            [
                "src_addr": "fe80::1", "src_port": "546", "dst_addr": "ff02::1:2",
                "dst_port": "547",
            ]),
        Case(
            "firewall,info input: in:a out:b, proto ICMPv6 (type 143, code 0), ::->ff02::16, len 76",
            ["src_addr": nil, "dst_addr": "ff02::16", "icmp_type": "143"]),
    ]

    @Test(arguments: lines)
    func areUnderstood(example: Case) {
        RouterOSParserTests().check(example)
        RouterOSParserTests().check(Case(example.line, ["event": "firewall", "parse_status": nil]))
    }

    @Test(arguments: [
        Case(
            "firewall,info forward: in:a out:b, proto UDP, 10.0.0.1:5->10.0.0.2:6, ttl 64, len 233",
            ["packet_length": "233", "dst_port": "6", "parse_status": "partial"]),
        Case(
            "firewall,info input: in:a out:(none), src-mac 00:00:5E:00:53:05, dst-mac "
                + "01:80:c2:00:00:00, eth-proto 0027",
            ["src_mac": "00:00:5e:00:53:05", "out_if_name": "(none)", "parse_status": "partial"]),
    ])
    func keepWhatIsUnderstood(example: Case) { RouterOSParserTests().check(example) }

    @Test(arguments: lines)
    func surviveDamage(example: Case) {
        let bytes = Array(example.line.utf8)
        for damaged in Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 200) {
            #expect(RouterOSParserTests().read(damaged)["message"] != nil)
        }
    }
}
