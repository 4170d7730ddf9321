import Core
import Parsers
import TestKit
import Testing

@Suite struct VendorTagTests {
    @Test(arguments: [
        // IOS and IOS-XE: number, name, second number, mark, fraction and zone may be missing.
        SyslogLine(
            "<189>123: HOST: *Oct 11 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured from console",
            [
                "format": "cisco", "vendor": "Cisco", "sequence": "123", "hostname": "HOST",
                "time": "2026-10-11T18:48:50.483000000", "time_suspect": "true",
                "facility": "23", "severity": "5", "severity_name": "notice",
                "vendor_facility": "SYS", "vendor_subfacility": nil, "msg_id": "CONFIG_I",
                "app_name": "%SYS-5-CONFIG_I", "message": "Configured from console",
                "parse_status": nil, "log_sequence": nil,
            ]),
        SyslogLine(
            "<189>29: rtr-a1: 6340004: Oct 11 02:35:28: %SEC-6-IPACCESSLOGP: list A permitted",
            [
                "sequence": "29", "log_sequence": "6340004", "hostname": "rtr-a1",
                "severity": "6", "facility": "23", "time": "2026-10-11T02:35:28",
                "time_suspect": nil, "message": "list A permitted",
            ]),
        SyslogLine(
            "<189>123: 456: .Oct 11 02:35:28.1 CDT: %LINK-3-UPDOWN: Interface Gi1, down",
            [
                "sequence": "123", "log_sequence": "456", "hostname": nil,
                "time_suspect": "true", "severity_name": "err",
                "message": "Interface Gi1, down",
            ]),
        SyslogLine(
            "<189>rtr-a1: 2026 Oct 11 02:35:28.123 CEST: %MODULE-2-MOD_FAIL: Module 13",
            [
                "hostname": "rtr-a1", "sequence": nil, "severity": "2",
                "time": "2026-10-11T00:35:28.123000000", "message": "Module 13",
            ]),
        SyslogLine(
            "<189>77: 10.1.1.1: Oct 11 02:35:28: %SYSMGR-STANDBY-3-SHUTDOWN_START: text",
            [
                "hostname": "10.1.1.1", "vendor_facility": "SYSMGR-STANDBY",
                "vendor_subfacility": "STANDBY", "msg_id": "SHUTDOWN_START", "severity": "3",
            ]),
        SyslogLine(
            "<189>77: 2001:DB8::1: Oct 11 02:35:28: %SYS-5-RESTART: System restarted",
            ["hostname": "2001:DB8::1", "sequence": "77", "msg_id": "RESTART"]),
        SyslogLine(
            "<189>Oct 11 02:35:28.123 UTC: %SYS-5-CONFIG_I: Configured",
            ["format": "rfc3164", "vendor": "Cisco", "hostname": nil, "msg_id": "CONFIG_I"]),
        SyslogLine(
            "<189>*Oct 11 02:35:28.123 EDT: %SYS-5-CONFIG_I: Configured",
            ["format": "cisco", "vendor": "Cisco", "time_suspect": "true", "hostname": nil]),
        SyslogLine(
            "<189>29: 00:01:01: %SYS-6-BOOTTIME: text",
            [
                "sequence": "29", "device_uptime": "00:01:01", "time_source": "received",
                "hostname": nil, "message": "text",
            ]),
        SyslogLine(
            "<189>1w2d: %SYS-6-BOOTTIME: text", ["device_uptime": "1w2d", "sequence": nil]),
        SyslogLine(
            "<189>29: rtr-a1: 1 2: %SYS-6-BOOTTIME: text",
            ["hostname": "rtr-a1", "device_uptime": "1 2", "msg_id": "BOOTTIME"]),
        // A name that `clock timezone` was given.
        SyslogLine(
            "<189>45: Oct 11 22:14:15.123 GMT+1: %CDP-4-X: y",
            ["sequence": "45", "app_name": "%CDP-4-X", "hostname": nil, "message": "y"]),
        SyslogLine(
            "<189>45: Oct 11 22:14:15.123 Paris: %CDP-4-X: y",
            ["app_name": "%CDP-4-X", "hostname": nil, "message": "y"]),
        SyslogLine(
            #"<189>45: [syslog@9 s_id="rtr:514"]: Oct 11 22:14:15: %CDP-4-X: y"#,
            ["sequence": "45", "msg_id": "X", "message": "y"]),
        SyslogLine(
            "<191>58: *Oct 11 02:35:28.123: OSPF-1 ADJ   Gi0/1: Interface going Up",
            [
                "format": "cisco", "sequence": "58", "severity": "7", "msg_id": nil,
                "message": "OSPF-1 ADJ   Gi0/1: Interface going Up",
            ]),
        SyslogLine(
            "000123: Oct 11 02:35:28: %SYS-5-CONFIG_I: from a file",
            ["sequence": "123", "severity": "5", "facility": nil, "pri_valid": "false"]),
        // Sent on by a relay that wrote a header of its own.
        SyslogLine(
            "<189>Oct 11 22:14:15 192.0.2.7 123: *Oct 11 22:14:14.5: %SYS-5-CONFIG_I: text",
            [
                "hostname": "192.0.2.7", "sequence": "123", "time": "2026-10-11T22:14:15",
                "msg_id": "CONFIG_I", "message": "text",
            ]),
        SyslogLine(
            "<189>51: Site 4 router: *Oct 11 18:48:50.483 UTC: %SYS-5-RESTART: System restarted",
            ["hostname": "Site 4 router", "sequence": "51", "msg_id": "RESTART"]),
        SyslogLine(
            "<187>4879: cm.example.com: Oct 11 2026 22:14:15.123 UTC :  %UC_RTMT-2-ALERT: %[a=b]: x",
            ["hostname": "cm.example.com", "vendor_facility": "UC_RTMT", "message": "%[a=b]: x"]),
        // Wireless controllers.
        SyslogLine(
            "<131>WLC-1: *Dot1x_NW_MsgTask_4: Oct 11 14:32:12.345: %DOT1X-3-ABORT_AUTH: a.c:3 x",
            [
                "hostname": "WLC-1", "app_name": "Dot1x_NW_MsgTask_4",
                "time": "2026-10-11T14:32:12.345000000", "msg_id": "ABORT_AUTH",
                "message": "a.c:3 x",
            ]),
    ])
    func readsIOS(example: SyslogLine) { #expect(SyslogRun().differences(example) == []) }

    @Test(arguments: [
        SyslogLine(
            "<189>77: RP/0/RSP0/CPU0:Oct 11 22:14:15.123 CEST: proc[123]: %FAC-SUB-6-MNEM : text",
            [
                "format": "cisco", "sequence": "77", "node": "RP/0/RSP0/CPU0",
                "app_name": "proc", "proc_id": "123", "vendor_facility": "FAC-SUB",
                "vendor_subfacility": "SUB", "severity": "6", "msg_id": "MNEM",
                "message": "text", "time": "2026-10-11T20:14:15.123000000", "vendor": "Cisco",
            ]),
        SyslogLine(
            "<189>77: HOST RP/0/RP0/CPU0:Dec  1 22:14:15.123 EDT: config[65539]: %MGBL-SYS-5-C : x",
            [
                "hostname": "HOST", "node": "RP/0/RP0/CPU0", "app_name": "config",
                "proc_id": "65539", "message": "x",
            ]),
        SyslogLine(
            "<189>:Oct 11 02:35:28: plat_sl_client[147]: %LICENSE-PLAT_CLIENT-2-SIA : Number",
            [
                "format": "cisco", "app_name": "plat_sl_client", "proc_id": "147",
                "severity": "2", "vendor_facility": "LICENSE-PLAT_CLIENT", "message": "Number",
            ]),
        SyslogLine(
            "<189>: 2026 Oct 11 22:14:15 CEST: %ETHPORT-5-IF_UP: Interface up",
            [
                "format": "cisco", "vendor_facility": "ETHPORT", "msg_id": "IF_UP",
                "time": "2026-10-11T20:14:15", "hostname": nil,
            ]),
        SyslogLine(
            "<189>: 2026 Oct 11 22:14:15 ET: %$VDC-1%$ %DAEMON-3-SYSTEM_MSG: ftp disabled",
            ["vendor": "Cisco", "severity": "3", "msg_id": "SYSTEM_MSG", "message": "ftp disabled"]),
        SyslogLine(
            "<189>Oct 11 22:14:15 n9k %LOG_LOCAL0-2-SYSTEM_MSG [F0110][soaking]",
            ["hostname": "n9k", "severity": "2", "message": "[F0110][soaking]"]),
        SyslogLine(
            "<166>Oct 11 2026 22:14:15 host : %ASA-6-302013: Built inbound TCP",
            [
                "format": "rfc3164", "hostname": "host", "severity": "6",
                "vendor_facility": "ASA", "msg_id": "302013", "message": "Built inbound TCP",
            ]),
        SyslogLine(
            "<166>Oct 11 22:14:15: %ASA-session-4-402119: IPSEC",
            [
                "format": "cisco", "hostname": nil, "severity": "4",
                "vendor_facility": "ASA-session", "message": "IPSEC",
            ]),
        SyslogLine(
            "<166>:Oct 11 22:14:15 UTC: %ASA-6-302015: Built outbound",
            ["format": "cisco", "severity": "6", "message": "Built outbound"]),
        SyslogLine(
            "<189>2026 Oct 11 22:14:15 n7k %$ VDC-1 %$ %VSHD-5-CONFIG_I: Configured",
            ["hostname": "n7k", "vendor_facility": "VSHD", "message": "Configured"]),
        SyslogLine(
            "<189>2026 Oct 11 22:14:15 n7k %$ VDC-1 %$  %AUTHPRIV-3-SYSTEM_MSG: x",
            ["hostname": "n7k", "msg_id": "SYSTEM_MSG", "message": "x"]),
        SyslogLine(
            "<189>: 2026 Oct 11 22:14:15 CEST: last message repeated 3 times",
            ["format": "cisco", "repeat_count": "3", "msg_id": nil]),
        SyslogLine(
            "<166>asa1 : %ASA-6-302013: Built", ["hostname": "asa1", "format": "cisco"]),
        SyslogLine(
            "<166>Oct 11 22:14:15 relay1 asa1: %ASA-6-302013: Built",
            ["hostname": "relay1", "app_name": "asa1", "vendor": "Cisco"]),
        SyslogLine("<166>%ASA-6-302013: Built", ["format": "cisco", "msg_id": "302013"]),
        SyslogLine(
            "2026-10-11T02:35:28.123Z rtr-a1  %FTD-6-430003: DeviceUUID: 90e1",
            [
                "hostname": "rtr-a1", "app_name": "%FTD-6-430003", "msg_id": "430003",
                "message": "DeviceUUID: 90e1",
            ]),
        SyslogLine(
            "<166>Oct 11 22:14:15 fw1: %FTD-6-430003: text", ["hostname": "fw1", "severity": "6"]),
        SyslogLine(
            "<189>1 2026-10-11T22:14:15.123Z xr bgp 123 - - %ROUTING-BGP-5-ADJCHANGE : neighbor",
            [
                "format": "rfc5424", "vendor": "Cisco", "hostname": "xr", "app_name": "bgp",
                "msg_id": "ADJCHANGE", "message": "neighbor",
            ]),
    ])
    func readsOtherCiscoSystems(example: SyslogLine) {
        #expect(SyslogRun().differences(example) == [])
    }

    @Test(arguments: [
        SyslogLine(
            "<189>Oct 11 2026 22:14:15+08:00 HW1 %%01IFNET/4/LINK_STATE(l)[123]:The line is down",
            [
                "vendor": "Huawei", "hostname": "HW1", "vendor_facility": "IFNET",
                "severity": "4", "msg_id": "LINK_STATE", "message": "The line is down",
                "time": "2026-10-11T14:14:15", "app_name": "%%01IFNET/4/LINK_STATE(l)[123]",
            ]),
        SyslogLine(
            "<189>Oct 11 22:14:15 2026 H3C %%10SHELL/5/SHELL_LOGIN: VTY logged in",
            ["vendor": "H3C", "hostname": "H3C", "severity": "5", "message": "VTY logged in"]),
        SyslogLine(
            "<29>Oct 11 22:14:15  host mgd[123]: %INTERACT-5-UI_COMMIT: User 'a'",
            [
                "vendor": "Juniper", "hostname": "host", "app_name": "mgd", "proc_id": "123",
                "msg_id": "UI_COMMIT", "message": "User 'a'",
            ]),
        SyslogLine(
            "<189>Oct 11 22:14:15 leaf1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol",
            [
                "vendor": "Arista", "hostname": "leaf1", "app_name": "Ebra",
                "vendor_facility": "LINEPROTO", "msg_id": "UPDOWN",
            ]),
        SyslogLine(
            "<189>Oct 11 22:14:15 leaf1 Lldp: 000045: %LLDP-5-NEIGHBOR_NEW: LLDP neighbor",
            [
                "vendor": "Arista", "hostname": "leaf1", "app_name": "Lldp",
                "log_sequence": "45", "msg_id": "NEIGHBOR_NEW", "message": "LLDP neighbor",
            ]),
        SyslogLine(
            "<189>Oct 11 22:14:15 s4048 %STKUNIT0-M:CP %IFMGR-5-OSTATE_UP: Te 0/1 is up",
            [
                "vendor": "Dell", "hostname": "s4048", "vendor_facility": "IFMGR",
                "severity": "5", "msg_id": "OSTATE_UP", "message": "Te 0/1 is up",
            ]),
        SyslogLine(
            "<189>Oct 11 22:14:15: %STKUNIT0-M:CP %SEC-5-LOGIN_SUCCESS: x",
            ["vendor": "Dell", "hostname": nil, "msg_id": "LOGIN_SUCCESS", "message": "x"]),
        SyslogLine(
            "<189>Oct 11 22:14:15:123 2026 SW5130 %%10IFNET/3/PHY_UPDOWN: x",
            [
                "vendor": "H3C", "hostname": "SW5130", "msg_id": "PHY_UPDOWN",
                "time": "2026-10-11T22:14:15.123000000",
            ]),
        SyslogLine(
            "<29>Oct 11 22:14:15  host mgd[123]: UI_COMMIT: User 'a'",
            ["hostname": "host", "app_name": "mgd", "message": "UI_COMMIT: User 'a'"]),
        SyslogLine(
            "<14> Oct 11 22:14:15 192.0.2.9 00076 ports: port 1 is now on-line",
            ["hostname": "192.0.2.9", "message": "00076 ports: port 1 is now on-line"]),
        SyslogLine(
            #"<30>Oct 11 22:14:15 ("U7LT,24a43c000000,v3.9.3.7537") hostapd: ath0: STA"#,
            ["hostname": "U7LT", "app_name": "hostapd", "message": "ath0: STA"]),
        SyslogLine(
            "<14>Oct 11 22:14:15 PA-220 1,2026/10/11 22:14:15,0011,TRAFFIC,end",
            ["hostname": "PA-220", "message": "1,2026/10/11 22:14:15,0011,TRAFFIC,end"]),
        SyslogLine(
            "<14>Oct 11 22:14:15 1,2026/10/11 22:14:15,0011,TRAFFIC,end",
            ["hostname": nil, "message": "1,2026/10/11 22:14:15,0011,TRAFFIC,end"]),
        SyslogLine(
            "<166>2026-10-11T22:14:15.123Z esx1 Hostd: info hostd[2] [Originator@6876 sub=V] Task",
            ["hostname": "esx1", "app_name": "Hostd", "vendor": nil]),
    ])
    func readsOtherVendors(example: SyslogLine) {
        #expect(SyslogRun().differences(example) == [])
    }

    @Test(arguments: [
        "<13>100%-5-x: y", "<13>app: 50% done", "<13>123: some text", "<13>%s: %d", "<13>%A-9-B: c",
        "<13>12:34:56 text", "<13>host app: text", "<13>: text", "<13>%%02X/4/Y: z",
        "<13>rtr: rtr: %SYS-5-X: y", "<13>99999999999: %SYS-5-X: y",
    ])
    func leavesOtherTextsAlone(line: String) {
        let record = SyslogRun().read(line)
        #expect(record["vendor"] == nil)
        #expect(record["message"] == line)
        #expect(record["parse_status"] == "raw")
    }

    @Test func doesNotBelieveMarkedClocksBlindly() {
        let record = SyslogRun().read("<189>5: *Mar  1 1993 00:00:15: %SYS-5-CONFIG_I: x")
        #expect(record["time"] == "2026-10-12T00:00:00")
        #expect(record["time_source"] == "received")
        #expect(record["time_device"] == "1993-03-01T00:00:15")
        #expect(record["time_suspect"] == "true")
    }

    static let corpus = [
        "<189>29: rtr-a1: 6340004: *Oct 11 02:35:28.123 UTC: %SEC-6-IPACCESSLOGP: list A permitted",
        "<189>77: HOST RP/0/RSP0/CPU0:Oct 11 22:14:15.123 CEST: proc[123]: %FAC-SUB-6-MNEM : text",
        "<189>: 2026 Oct 11 22:14:15 EDT: %$VDC-1%$ %ETHPORT-5-IF_UP: Interface up",
        "<166>Oct 11 2026 22:14:15 host : %ASA-6-302013: Built",
        "<189>Oct 11 2026 22:14:15+08:00 HW1 %%01IFNET/4/LINK_STATE(l)[123]:The line is down",
        "<189>29: rtr-a1: 101 21: %SYSMGR-STANDBY-3-SHUTDOWN_START: The System Manager",
    ]

    @Test(arguments: corpus)
    func survivesDamage(line: String) {
        #expect(SyslogRun().lost(damaging: line) == nil)
    }
}
