import Core
import Parsers
import TestKit
import Testing

/// Headers that no RFC knows, as devices and relays send them.
@Suite struct OddHeaderTests {
    @Test(arguments: [
        // Names in parentheses: children of systemd before they become a program.
        SyslogLine(
            "<86>Oct 11 22:14:15 h (sd-pam)[123]: pam_unix(systemd-user:session): closed",
            [
                "hostname": "h", "app_name": "(sd-pam)", "proc_id": "123",
                "message": "pam_unix(systemd-user:session): closed",
            ]),
        SyslogLine(
            "<86>Oct 11 22:14:15 h (systemd): x", ["app_name": "(systemd)", "message": "x"]),
        SyslogLine(
            "<86>Oct 11 22:14:15 h (root) CMD (x)", ["app_name": nil, "message": "(root) CMD (x)"]),
        SyslogLine("<86>Oct 11 22:14:15 h (a[1]: x", ["app_name": nil, "message": "(a[1]: x"]),
        // Times, dates and addresses are no tags.
        SyslogLine(
            "<13>Oct 11 22:14:15 h 10:22:33 up 3 days",
            ["app_name": nil, "message": "10:22:33 up 3 days"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h 00:11:22:33:44:55@wlan1: connected",
            ["app_name": nil, "message": "00:11:22:33:44:55@wlan1: connected"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h aa:bb:cc:dd:ee:ff left",
            ["app_name": nil, "message": "aa:bb:cc:dd:ee:ff left"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h 2001:db8::1 is away",
            ["app_name": nil, "message": "2001:db8::1 is away"]),
        SyslogLine(
            "<134>Oct 11 22:14:15 ns1 10/11/2026:22:14:14 GMT ns1 0-PPE-0 : default TCP x",
            ["app_name": nil, "message": "10/11/2026:22:14:14 GMT ns1 0-PPE-0 : default TCP x"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h feed:be sure", ["app_name": "feed", "message": "be sure"]),
        SyslogLine("<13>Oct 11 22:14:15 h 802:text", ["app_name": "802", "message": "text"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h 2026-10-11T22:14:14Z INFO x",
            ["app_name": nil, "message": "2026-10-11T22:14:14Z INFO x"]),
        // Hostnames that are addresses.
        SyslogLine("<13>Oct 11 22:14:15 ::1 app: x", ["hostname": "::1", "app_name": "app"]),
        SyslogLine("<13>Oct 11 22:14:15 :: app: x", ["hostname": "::", "app_name": "app"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 fe80::1%eth0 app: x",
            ["hostname": "fe80::1%eth0", "app_name": "app", "message": "x"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 [2001:db8::1] app: x",
            ["hostname": "2001:db8::1", "app_name": "app", "message": "x"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 [12345.678] usb: x",
            ["hostname": nil, "app_name": nil, "message": "[12345.678] usb: x"]),
        // Ubiquiti: address, model and version.
        SyslogLine(
            "<30>Oct 11 22:14:15 802aa8000000,U6-Lite-6.5.28+14491: hostapd[123]: x",
            ["hostname": "802aa8000000", "app_name": "hostapd", "proc_id": "123", "message": "x"]),
        SyslogLine(
            "<30>Oct 11 22:14:15 ap1 802aa8000000,UAP-AC-Pro-6.6.55+15189: hostapd[1]: x",
            ["hostname": "ap1", "app_name": "hostapd", "proc_id": "1", "message": "x"]),
        SyslogLine(
            "<30>Oct 11 22:14:15 relay U7PG2,802aa8000000,v4.3.28: hostapd: ath0: STA",
            ["hostname": "relay", "app_name": "hostapd", "message": "ath0: STA"]),
        SyslogLine(
            "<30>Oct 11 22:14:15 h a,802aa8000000,b: a,802aa8000000,c: x",
            ["app_name": "a,802aa8000000,b", "message": "a,802aa8000000,c: x"]),
        SyslogLine(
            "<30>Oct 11 22:14:15 ap1 not-hexadeci,x: hostapd[1]: x",
            ["app_name": "not-hexadeci,x", "message": "hostapd[1]: x"]),
        // Two times: of a relay and of the sender.
        SyslogLine(
            "<13>Oct 11 22:14:15 Oct 11 22:14:14 h app: x",
            ["hostname": "h", "app_name": "app", "message": "x", "time": "2026-10-11T22:14:15"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 Oct 11 22:14:14", ["hostname": nil, "message": ""]),
        SyslogLine("<13>Oct 11 22:14:15 jan app: x", ["hostname": "jan", "app_name": "app"]),
        SyslogLine(
            "<189>Oct 11 22:14:15 Oct 11 22:14:14.5: %SYS-5-CONFIG_I: x",
            ["hostname": nil, "vendor": "Cisco", "msg_id": "CONFIG_I", "message": "x"]),
        SyslogLine(
            "<189>Oct 11 22:14:15 rtr1 Oct 11 22:14:14.123: %SYS-5-CONFIG_I: x",
            ["hostname": "rtr1", "vendor": "Cisco", "msg_id": "CONFIG_I", "message": "x"]),
        SyslogLine(
            "<189>Oct 11 22:14:15 192.0.2.7 rtr1: *Oct 11 22:14:14.123: %SYS-5-CONFIG_I: x",
            ["hostname": "rtr1", "app_name": "%SYS-5-CONFIG_I", "message": "x"]),
        SyslogLine(
            "<189>Oct 11 22:14:15 192.0.2.7 RP/0/RP0/CPU0:Oct 11 22:14:14.1 UTC: bgp[1]: "
                + "%A-B-5-C : x",
            [
                "hostname": "192.0.2.7", "node": "RP/0/RP0/CPU0", "app_name": "bgp",
                "msg_id": "C", "message": "x",
            ]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h app: Oct 11 22:14:14 some text",
            ["hostname": "h", "app_name": "app", "message": "Oct 11 22:14:14 some text"]),
        SyslogLine(
            "<189>Oct 11 22:14:15 n9k : 2026 Oct 11 22:14:15 UTC: %ETHPORT-5-IF_UP: x",
            ["hostname": "n9k", "msg_id": "IF_UP", "message": "x"]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h Oct 11 22:14:14 some text",
            ["hostname": "h", "app_name": nil, "message": "Oct 11 22:14:14 some text"]),
    ])
    func readsNamesAndTags(example: SyslogLine) { #expect(SyslogRun().differences(example) == []) }

    @Test(arguments: [
        SyslogLine(
            "<13>Oct 11 22:14:15 h sshd[9]: message repeated 5 times: [ Failed password]",
            [
                "app_name": "sshd", "repeat_count": "5",
                "message": "message repeated 5 times: [ Failed password]",
            ]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h syslogd: last message repeated 2 times",
            [
                "app_name": "syslogd", "repeat_count": "2",
                "message": "last message repeated 2 times",
            ]),
        SyslogLine(
            "<13>Oct 11 22:14:15 h app: message repeated", ["repeat_count": nil]),
        SyslogLine("<13>Oct 11 22:14:15 h app: last call", ["message": "last call"]),
    ])
    func countsRepetitionsBehindTags(example: SyslogLine) {
        #expect(SyslogRun().differences(example) == [])
    }

    @Test(arguments: [
        // H3C with milliseconds.
        ("Oct 11 22:14:15:123 2026", "2026-10-11T22:14:15.123000000"),
        // Sophos UTM.
        ("2026:10:11-22:14:15", "2026-10-11T22:14:15"),
        ("2026/10/11 22:14:15", "2026-10-11T22:14:15"),
        ("2026/10/11 22:14:15.5", "2026-10-11T22:14:15.500000000"),
    ])
    func readsTimesOfVendors(text: String, expected: String) {
        let record = SyslogRun().read("<13>\(text) host app[7]: text")
        #expect(record["time"] == expected)
        #expect(record["hostname"] == "host")
        #expect(record["app_name"] == "app")
        #expect(record["proc_id"] == "7")
        #expect(record["message"] == "text")
    }

    @Test(arguments: [
        "<13>2026:10:11 22:14:15 h a: x", "<13>2026/10-11 22:14:15 h a: x",
        "<13>2026/10/11T22:14:15 h a: x", "<13>2026010011022:14:15 h a: x",
    ])
    func leavesOtherTimesAlone(line: String) {
        #expect(SyslogRun().read(line)["parse_status"] == "raw")
    }

    /// As rsyslog's template RSYSLOG_SyslogProtocol23Format sends on what it took for RFC 3164.
    @Test(arguments: [
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z r 45 - - -  *Oct 11 22:14:14.123 UTC: %SYS-5-CONFIG_I: x",
            [
                "format": "rfc5424", "hostname": "r", "app_name": "%SYS-5-CONFIG_I",
                "vendor": "Cisco", "msg_id": "CONFIG_I", "sequence": "45", "log_sequence": nil,
                "message": "x", "time": "2026-10-11T22:14:15", "parse_status": nil,
            ]),
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z r 45 - - -  SW1: 000046: Oct 11 22:14:14: %SYS-5-X: x",
            ["hostname": "SW1", "sequence": "45", "log_sequence": "46", "msg_id": "X"]),
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z r 77 - - -  RP/0/RP0/CPU0:Oct 11 22:14:14.1 UTC: "
                + "bgp[1]: %A-B-5-C : x",
            [
                "hostname": "r", "sequence": "77", "node": "RP/0/RP0/CPU0", "app_name": "bgp",
                "proc_id": "1", "msg_id": "C", "message": "x",
            ]),
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z r - - - -  2026 Oct 11 22:14:15 CET: %ETHPORT-5-IF_UP: x",
            ["hostname": "r", "msg_id": "IF_UP", "sequence": nil, "message": "x"]),
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z r %SYS-6-CONFIG_I - - -  Configured",
            [
                "hostname": "r", "app_name": "%SYS-6-CONFIG_I", "msg_id": "CONFIG_I",
                "severity": "6", "vendor_facility": "SYS", "message": "Configured",
            ]),
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z leaf1 Bgp - - -  %BGP-5-ADJCHANGE: peer",
            ["app_name": "Bgp", "vendor": "Arista", "msg_id": "ADJCHANGE", "message": "peer"]),
        SyslogLine(
            "<166>1 2026-10-11T22:14:15Z asa1 - - - -  %ASA-6-302013: Built",
            ["hostname": "asa1", "msg_id": "302013", "message": "Built"]),
        SyslogLine(
            "<13>1 2026-10-11T22:14:15Z h CEF - - - 0|V|P|1|100|n|5|src=192.0.2.1",
            ["body_format": "cef", "vendor": "V", "event": "100", "fields": "{src:192.0.2.1}"]),
        SyslogLine(
            #"<13>1 2026-10-11T22:14:15Z h app - - -  {"a":1}"#,
            ["body_format": "json", "fields": "{a:1}", "message": #" {"a":1}"#]),
        SyslogLine(
            #"<13>1 2026-10-11T22:14:15Z h date=2026-10-11 - - -  time=22:14:15 devname="F" "#
                + #"devid="FG1" logid="1" type="traffic""#,
            ["vendor": "Fortinet", "event": "traffic"]),
        // Others have numbers and blanks as well.
        SyslogLine(
            "<13>1 2026-10-11T22:14:15Z h 45 - - -  some text",
            ["app_name": "45", "vendor": nil, "sequence": nil, "message": " some text"]),
        // 2⁶⁴ + 1, which is no number of a message.
        SyslogLine(
            "<189>1 2026-10-11T22:14:15Z r 18446744073709551617 - - -  *Oct 11 22:14:14: %SYS-5-X: x",
            ["vendor": "Cisco", "sequence": nil]),
        SyslogLine(
            "<13>1 2026-10-11T22:14:15Z h %d - - - text", ["app_name": "%d", "message": "text"]),
        SyslogLine(
            "<13>1 2026-10-11T22:14:15Z h CEF - - - text", ["app_name": "CEF", "message": "text"]),
        SyslogLine("<13>1 2026-10-11T22:14:15Z h - - - -  ", ["message": " "]),
    ])
    func readsWhatRelaysSendAsRFC5424(example: SyslogLine) {
        #expect(SyslogRun().differences(example) == [])
    }

    static let corpus = [
        "<86>Oct 11 22:14:15 h (sd-pam)[123]: pam_unix(systemd-user:session): closed",
        "<13>Oct 11 22:14:15 [2001:db8::1] 00:11:22:33:44:55@wlan1: connected",
        "<13>Oct 11 22:14:15 fe80::1%eth0 802aa8000000,U6-Lite-6.5.28+14491: hostapd[123]: x",
        "<189>Oct 11 22:14:15 Oct 11 22:14:14.5: %SYS-5-CONFIG_I: x",
        "<13>Oct 11 22:14:15 h sshd[9]: message repeated 5 times: [ Failed password]",
        "<4>Oct 11 22:14:15 h kernel: [1.5] [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1",
        "<189>2026:10:11-22:14:15 h %STKUNIT0-M:CP %IFMGR-5-OSTATE_UP: x",
        "<189>1 2026-10-11T22:14:15Z r 45 - - -  SW1: 000046: Oct 11 22:14:14: %SYS-5-X: x",
        "<189>1 2026-10-11T22:14:15Z r %SYS-6-CONFIG_I - - -  Configured",
        "<13>1 2026-10-11T22:14:15Z h CEF - - - 0|V|P|1|100|n|5|src=192.0.2.1",
        "<189>Oct 11 22:14:15:123 2026 h Ebra: 12: %LINEPROTO-5-UPDOWN: x",
    ]

    @Test(arguments: corpus)
    func survivesDamage(line: String) {
        #expect(SyslogRun().lost(damaging: line) == nil)
    }
}
