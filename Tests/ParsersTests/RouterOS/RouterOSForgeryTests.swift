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
        Case(
            "<30>Oct  2 17:36:35 r <0010>: user \(line) authentication failed",
            ["event": "ppp_auth_failed", "user_name": line, "interface": "<0010>"]),
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

    /// Texts of other messages, and words that are no topics.
    static let texts = [
        "router rebooted", "ether1 link down", "rule changed by admin", "a logged in, 192.0.2.9",
        "vrrp1 now MASTER", "denied ssh connect from 192.0.2.9", "publickey accepted for user: x",
        "user x logged in from 192.0.2.9 via ssh", "ntp change time", "firewall,info x",
        "CEF:0|MikroTik|a|b|c|d|e|f=g", "lan assigned 192.0.2.9 for 00:00:5E:00:53:09",
    ]

    @Test(arguments: texts)
    func areNoneOfTheOthers(text: String) {
        let check = RouterOSParserTests().check
        for head in ["TOPICS ", "<30>Oct  2 17:36:35 r "] {
            func line(_ topics: String, _ message: String) -> String {
                head.replacing("TOPICS", with: topics) + message
            }
            let lease = "lan assigned 192.0.2.5 for 00:00:5E:00:53:05 \(text)"
            check(Case(line("dhcp,info", lease), ["event": "dhcp_assigned", "client_name": text]))
            let login = "login failure for user \(text) from 192.0.2.66 via ssh"
            check(Case(line("system,error,critical", login), ["event": "login_failed"]))
            let caller = "<0010>: user \(text) authentication failed"
            check(
                Case(line("pppoe,ppp,error", caller), ["user_name": text, "interface": "<0010>"]))
            let peer = "identity not found for peer: FQDN: \(text)"
            check(Case(line("ipsec,error", peer), ["event": "ipsec_failed"]))
        }
        let guest = "hotspot,info,debug \(text) (192.0.2.5): login failed: no"
        check(Case(guest, ["event": "hotspot_login_failed", "client_ip": "192.0.2.5"]))
        let session = "pppoe,ppp,info,account \(text) logged in, 192.0.2.7"
        check(Case(session, ["event": "session_start", "user_name": text]))
    }

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
