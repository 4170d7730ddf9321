import Parsers
import Testing

/// Names that users and clients choose do not make another message of the one they stand in.
@Suite struct RouterOSForgeryTests {
    typealias Case = RouterOSParserTests.Case

    /// What a name looks like that wants to be a firewall line.
    static let line = "x: in:a out:b, proto UDP, 1.1.1.1:1->2.2.2.2:2, len 5"

    @Test(arguments: [
        Case(
            "dhcp,info lan assigned 192.0.2.5 for 00:00:5E:00:53:05 \(line)",
            ["event": "dhcp_assigned", "client_ip": "192.0.2.5", "client_name": line]),
        Case(
            "<30>Oct  2 17:36:35 r lan assigned 192.0.2.5 for 00:00:5E:00:53:05 \(line)",
            ["event": "dhcp_assigned", "client_ip": "192.0.2.5", "client_name": line]),
        Case(
            "system,error,critical login failure for user \(line) from 192.0.2.66 via ssh",
            [
                "event": "login_failed", "user_name": line, "src_addr": "192.0.2.66",
                "service": "ssh",
            ]),
        Case(
            "<27>Oct  2 17:36:35 r login failure for user \(line) from 192.0.2.66 via ssh",
            ["event": "login_failed", "user_name": line, "src_addr": "192.0.2.66"]),
        Case(
            "pppoe,ppp,info,account \(line) logged in, 192.0.2.7 from 00:00:5E:00:53:05",
            ["event": "session_start", "user_name": line, "client_ip": "192.0.2.7"]),
        Case("script,info note: in:summer out:door", ["event": "script"]),
        Case("info note: in:a out:b, proto UDP, 1.1.1.1:1->2.2.2.2:2", ["event": "firewall"]),
        // Prefixes of rules are an operator's.
        Case(
            "firewall,info login failure for user forward: in:a out:b, proto UDP, "
                + "1.1.1.1:1->2.2.2.2:2, len 5",
            ["event": "firewall", "rule_prefix": "login failure for user"]),
        Case(
            "<30>Oct  2 17:36:35 r user bob logged in or what not forward: in:a out:b, proto UDP, "
                + "1.1.1.1:1->2.2.2.2:2, len 5",
            ["event": "firewall", "rule_prefix": "user bob logged in or what not"]),
    ])
    func areNoFirewallLines(example: Case) { RouterOSParserTests().check(example) }

    @Test(arguments: [
        Case(
            "dhcp,info lan assigned 192.0.2.5 for 00:00:5E:00:53:05 rule changed by admin",
            ["event": "dhcp_assigned", "client_name": "rule changed by admin"]),
        Case(
            "<30>Oct  2 17:36:35 r lan assigned 192.0.2.5 for 00:00:5E:00:53:05 rule changed by admin",
            ["event": "dhcp_assigned", "client_name": "rule changed by admin"]),
        Case(
            "<30>Oct  2 17:36:35 r lan assigned 192.0.2.5 for 00:00:5E:00:53:05 link down",
            ["event": "dhcp_assigned", "client_name": "link down"]),
        Case(
            "dhcp,info lan deassigned 192.0.2.5 for 00:00:5E:00:53:05 assigned 192.0.2.6 for "
                + "00:00:5E:00:53:06",
            ["event": "dhcp_deassigned", "server": "lan", "client_ip": "192.0.2.5"]),
        Case(
            "hotspot,info,debug a (192.0.2.9): logged out: b (192.0.2.5): login failed: no",
            ["event": "hotspot_login_failed", "client_ip": "192.0.2.5", "reason": "no"]),
        Case(
            "system,info,account user a logged in from 192.0.2.1 via ssh logged in from 192.0.2.9 "
                + "via winbox",
            ["event": "login", "src_addr": "192.0.2.9", "service": "winbox"]),
        Case(
            "system,info,account user a logged in b logged out from 192.0.2.9 via winbox",
            ["event": "logout", "user_name": "a logged in b", "src_addr": "192.0.2.9"]),
    ])
    func areNoOtherMessages(example: Case) { RouterOSParserTests().check(example) }
}
