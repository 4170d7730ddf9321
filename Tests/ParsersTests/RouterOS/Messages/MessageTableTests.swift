import Core
import TestKit
import Testing

@testable import Parsers

@Suite struct MessageTableTests {
    /// A line, the event it is, and its fields; no other field of the event is set.
    struct Case: CustomTestStringConvertible, Sendable {
        var line: String
        var event: String?
        var fields: [String: String]
        var testDescription: String { line }

        init(_ line: String, _ event: String?, _ fields: [String: String] = [:]) {
            self.line = line
            self.event = event
            self.fields = fields
        }
    }

    static let columns: [String: [String]] = {
        var columns: [String: [String]] = [:]
        for event in MessagePatternSet.stock.events {
            columns[event.name] = event.columns.map(\.name)
        }
        return columns
    }()

    static let system = [
        Case(
            "warning denied winbox/dude connect from 192.0.2.1", "access_denied",
            ["service": "winbox/dude", "src_addr": "192.0.2.1"]),
        Case(
            "system,info filter rule changed by admin", "config_change",
            [
                "object": "filter rule", "verb": "changed", "origin": "admin",
                "user_name": "admin",
            ]),
        Case(
            "system,info static dns entry added by scheduler:add-nas-dns (*2 = /ip dns static add "
                + "address=192.0.2.50 name=nas.lan)", "config_change",
            [
                "object": "static dns entry", "verb": "added", "method": "scheduler",
                "origin": "scheduler:add-nas-dns", "item_id": "*2",
                "command": "/ip dns static add address=192.0.2.50 name=nas.lan",
            ]),
        Case(
            "system,info address removed by tcp-msg(winbox):admin@192.168.2.250/terminal/action:133"
                + " (/ip address remove *5)", "config_change",
            [
                "object": "address", "verb": "removed", "method": "tcp-msg(winbox)",
                "origin": "tcp-msg(winbox):admin@192.168.2.250/terminal/action:133",
                "user_name": "admin", "src_addr": "192.168.2.250",
                "command": "/ip address remove *5",
            ]),
        Case(
            "system,info rule moved by ssh-cmd:u@192.0.2.7/action:4", "config_change",
            [
                "object": "rule", "verb": "moved", "method": "ssh-cmd", "user_name": "u",
                "origin": "ssh-cmd:u@192.0.2.7/action:4", "src_addr": "192.0.2.7",
            ]),
        Case(
            "system,info rule enabled by mac-msg(winbox):u@realm@00:00:5E:00:53:01",
            "config_change",
            [
                "object": "rule", "verb": "enabled", "method": "mac-msg(winbox)",
                "origin": "mac-msg(winbox):u@realm@00:00:5E:00:53:01", "user_name": "u@realm",
                "src_mac": "00:00:5e:00:53:01",
            ]),
        Case(
            "system,info rule disabled by api:u@::/action:9", "config_change",
            [
                "object": "rule", "verb": "disabled", "method": "api", "user_name": "u",
                "origin": "api:u@::/action:9",
            ]),
        Case(
            "system,info item added by scheduler:a/script:b/action:2", "config_change",
            [
                "object": "item", "verb": "added", "method": "scheduler",
                "origin": "scheduler:a/script:b/action:2",
            ]),
        Case(
            "system,info address list entry added by \u{430}\u{434}\u{43c}\u{438}\u{43d}",
            "config_change",
            [
                "object": "address list entry", "verb": "added",
                "origin": "\u{430}\u{434}\u{43c}\u{438}\u{43d}",
                "user_name": "\u{430}\u{434}\u{43c}\u{438}\u{43d}",
            ]),
        Case(
            "system,error,critical router rebooted without proper shutdown, probably power outage",
            "reboot",
            ["reason": "without proper shutdown", "detail": "probably power outage"]),
        Case(
            "system,error,critical router was rebooted without proper shutdown", "reboot",
            ["reason": "without proper shutdown"]),
        Case(
            "system,error,critical router rebooted without proper shutdown by watchdog timer",
            "reboot", ["reason": "without proper shutdown", "detail": "by watchdog timer"]),
        Case("system,info router rebooted", "reboot"),
        Case(
            "system,info router rebooted by winbox:admin@192.0.2.9", "reboot",
            [
                "method": "winbox", "origin": "winbox:admin@192.0.2.9", "user_name": "admin",
                "src_addr": "192.0.2.9",
            ]),
        Case(
            "system,info router shut down by admin", "shutdown",
            ["verb": "shut down", "origin": "admin", "user_name": "admin"]),
        Case(
            "system,critical,info cloud change time Aug/14/2026 04:33:16 => Aug/14/2026 22:05:45",
            "clock_change",
            [
                "method": "cloud", "old_time": "Aug/14/2026 04:33:16",
                "new_time": "Aug/14/2026 22:05:45", "offset_seconds": "63149",
            ]),
        Case(
            "system,info installed routeros-7.22", "package_installed",
            ["package": "routeros-7.22"]),
        Case("system,info uninstalled wireless", "package_removed", ["package": "wireless"]),
        Case(
            "system,info,critical Firmware upgraded successfully, please reboot for changes to "
                + "take effect!", "firmware_upgraded",
            ["detail": "for changes to take effect!"]),
        Case("script,info hello from script", "script"),
        Case(
            "script,error executing script backup from scheduler (nightly) failed, please check it "
                + "manually", "script_failed",
            ["script": "backup", "trigger": "scheduler (nightly)"]),
        Case(
            "e-mail,info sent <router is down> to: noc@example.net", "email_sent",
            ["subject": "<router is down>", "recipient": "noc@example.net"]),
        Case(
            "e-mail,error Error sending e-mail <a: b>: timeout", "email_failed",
            ["subject": "<a: b>", "reason": "timeout"]),
        Case(
            "netwatch,info event down [ type: simple, host: 192.0.2.1 ]", "netwatch",
            ["state": "down", "type": "simple", "host_addr": "192.0.2.1"]),
        Case(
            "netwatch,info event up [ type: icmp, host: www.example.net ]", "netwatch",
            ["state": "up", "type": "icmp", "host": "www.example.net"]),
        Case(
            "poe-out,info ether5 detected poe-out status: wait_for_load", "poe_state",
            ["interface": "ether5", "state": "wait_for_load"]),
        Case("system,error,critical fan of a kind unheard of", "critical"),
        Case("health,info nothing known", nil),
    ]

    static let links = [
        Case(
            "interface,info ether2 link up (speed 1G, full duplex)", "link_up",
            ["interface": "ether2", "speed_bps": "1000000000", "duplex": "full"]),
        Case(
            "interface,info my uplink link up (speed 2.5Gbps)", "link_up",
            ["interface": "my uplink", "speed_bps": "2500000000"]),
        Case(
            "interface,info a link up (speed 10M, half duplex, odd)", "link_up",
            [
                "interface": "a", "speed_bps": "10000000", "duplex": "half", "detail": "odd",
            ]),
        Case("interface,info wg1 link up", "link_up", ["interface": "wg1"]),
        Case(
            "interface,info a link up (at some speed)", "link_up",
            ["interface": "a", "detail": "at some speed"]),
        Case("interface,info ether1 link down", "link_down", ["interface": "ether1"]),
        Case(
            "interface,info ether1 detect INTERNET", "interface_detect",
            ["interface": "ether1", "state": "INTERNET"]),
        Case(
            "interface,warning ether1 fcs error on link", "interface_error",
            ["interface": "ether1", "problem": "fcs error"]),
        Case(
            "interface,warning sfp1 excessive broadcasts/multicasts, probably a loop",
            "loop_suspected",
            ["interface": "sfp1", "problem": "excessive broadcasts/multicasts"]),
        Case(
            "interface,warning sfp1 module auto-initialization failed, try forced-mode",
            "interface_error",
            [
                "interface": "sfp1", "problem": "module auto-initialization failed",
                "detail": "try forced-mode",
            ]),
        Case(
            "bridge,warning ether3: bridge port received packet with own address as source "
                + "address (00:00:5e:00:53:03), probably loop", "loop_suspected",
            [
                "interface": "ether3", "problem": "received packet with own address",
                "src_mac": "00:00:5e:00:53:03",
            ]),
        Case(
            "bridge,warning ether2: dropped IP packet on untrusted port - MAC/IP does not match "
                + "binding table entry (IP=192.0.2.55, MAC=00:00:5e:00:53:aa)", "source_guard",
            [
                "interface": "ether2", "src_addr": "192.0.2.55", "src_mac": "00:00:5e:00:53:aa",
                "reason": "MAC/IP does not match binding table entry",
            ]),
        Case(
            "bridge,warning LAN1: received DHCP server message on untrusted port from source IP "
                + "192.0.2.66, MAC 00:00:5E:00:53:66", "rogue_dhcp",
            [
                "interface": "LAN1", "src_addr": "192.0.2.66", "src_mac": "00:00:5e:00:53:66",
            ]),
        Case(
            "vrrp,info vrrp1 now MASTER, master down timer", "vrrp_state",
            ["interface": "vrrp1", "state": "MASTER", "reason": "master down timer"]),
        Case(
            "vrrp,info vrrp1 now BACKUP", "vrrp_state",
            ["interface": "vrrp1", "state": "BACKUP"]),
    ]

    static let leases = [
        Case(
            "dhcp,info lan assigned 192.0.2.61 for 00:00:5E:00:53:61 Anna's phone",
            "dhcp_assigned",
            [
                "server": "lan", "client_ip": "192.0.2.61", "client_mac": "00:00:5e:00:53:61",
                "client_name": "Anna's phone",
            ]),
        Case(
            "dhcp,info lan two assigned 192.0.2.61 to 00:00:5E:00:53:61", "dhcp_assigned",
            [
                "server": "lan two", "client_ip": "192.0.2.61",
                "client_mac": "00:00:5e:00:53:61",
            ]),
        Case(
            "dhcp,info lan deassigned 192.0.2.61 for 00:00:5E:00:53:61 x", "dhcp_deassigned",
            [
                "server": "lan", "client_ip": "192.0.2.61", "client_mac": "00:00:5e:00:53:61",
                "client_name": "x",
            ]),
        Case(
            "dhcp,info lan deassigned 192.0.2.61 from 00:00:5E:00:53:61", "dhcp_deassigned",
            ["server": "lan", "client_ip": "192.0.2.61", "client_mac": "00:00:5e:00:53:61"]),
        Case(
            "dhcp,warning lan offering lease 192.0.2.62 for 00:00:5E:00:53:62 without success",
            "dhcp_failed",
            [
                "server": "lan", "client_ip": "192.0.2.62", "client_mac": "00:00:5e:00:53:62",
                "reason": "without success",
            ]),
        Case(
            "dhcp,warning lan client 00:00:5E:00:53:62 declines IP address 192.0.2.62",
            "dhcp_failed",
            [
                "server": "lan", "client_ip": "192.0.2.62", "client_mac": "00:00:5e:00:53:62",
                "reason": "declines",
            ]),
        Case(
            "dhcp,info client1 on WAN1 got IP address 100.64.0.2", "dhcp_client",
            [
                "client": "client1", "interface": "WAN1", "state": "got",
                "client_ip": "100.64.0.2",
            ]),
        Case(
            "dhcp,info client1 on WAN1 lost IP address 100.64.0.2 - lease stopped locally",
            "dhcp_client",
            [
                "client": "client1", "interface": "WAN1", "state": "lost",
                "client_ip": "100.64.0.2", "reason": "lease stopped locally",
            ]),
        Case(
            "dhcp,debug,state dhcp-client on bridge entering <bound> state", "dhcp_client",
            ["client": "dhcp-client", "interface": "bridge", "state": "bound"]),
        Case(
            "dhcp,critical,error dhcp alert on Public: discovered unknown dhcp server, mac "
                + "00:00:5E:00:53:E7, ip 192.0.2.236", "rogue_dhcp",
            [
                "interface": "Public", "src_mac": "00:00:5e:00:53:e7",
                "src_addr": "192.0.2.236",
            ]),
        Case(
            "dhcp,debug lan received request id 2761716067 from 0.0.0.0 '1:0:0:5e:0:53:41'",
            "dhcp_request",
            [
                "server": "lan", "type": "request", "transaction_id": "2761716067",
                "src_addr": "0.0.0.0", "client_id": "1:0:0:5e:0:53:41",
            ]),
        Case("dhcp,debug,packet     Host-Name = \"x\"", nil),
    ]

    static let sessions = [
        Case(
            "pppoe,info PPPoE connection established from 00:00:5E:00:53:71", "ppp_connect",
            ["src_mac": "00:00:5e:00:53:71"]),
        Case(
            "pppoe,ppp,info <pppoe-alice>: authenticated", "ppp_authenticated",
            ["interface": "<pppoe-alice>", "user_name": "alice", "state": "authenticated"]),
        Case(
            "pppoe,ppp,info <pppoe-alice>: connected", "ppp_connected",
            ["interface": "<pppoe-alice>", "user_name": "alice", "state": "connected"]),
        Case(
            "pppoe,ppp,info pppoe-out1: connected", "ppp_connected",
            ["interface": "pppoe-out1", "state": "connected"]),
        Case(
            "ovpn,info <203.0.113.159>: disconnected", "ppp_disconnected",
            ["interface": "<203.0.113.159>", "state": "disconnected"]),
        Case(
            "l2tp,ppp,info <l2tp-a-b>: terminating... - peer is not responding",
            "ppp_terminating",
            [
                "interface": "<l2tp-a-b>", "user_name": "a-b", "state": "terminating",
                "reason": "peer is not responding",
            ]),
        Case(
            "<30>Oct  2 17:36:35 r <sstp-x>: disconnected, hung up", "ppp_disconnected",
            [
                "interface": "<sstp-x>", "user_name": "x", "state": "disconnected",
                "reason": "hung up",
            ]),
        Case("<30>Oct  2 17:36:35 r anything: connected", nil),
        Case(
            "pptp,ppp,info site-b: initializing...", "ppp_state",
            ["interface": "site-b", "state": "initializing"]),
        Case(
            "pptp,ppp,info site-b: waiting for packets...", "ppp_state",
            ["interface": "site-b", "state": "waiting", "detail": "packets..."]),
        Case(
            "pppoe,ppp,error <0010>: user bob authentication failed", "ppp_auth_failed",
            [
                "interface": "<0010>", "user_name": "bob", "reason": "authentication failed",
            ]),
        Case(
            "pppoe,ppp,error <0010>: user bob authentication failed - radius timeout",
            "ppp_auth_failed",
            [
                "interface": "<0010>", "user_name": "bob", "reason": "authentication failed",
                "detail": "radius timeout",
            ]),
        Case(
            "pppoe,ppp,error <0010>: user bob is already active", "ppp_auth_failed",
            ["interface": "<0010>", "user_name": "bob", "reason": "already active"]),
        Case(
            "l2tp,info first L2TP UDP packet received from 198.51.100.44", "vpn_connect",
            ["src_addr": "198.51.100.44"]),
        Case(
            "l2tp,info first L2TP UDP packet received from 198.51.100.44 port 39626",
            "vpn_connect", ["src_addr": "198.51.100.44", "src_port": "39626"]),
        Case(
            "pptp,info pptp1: TCP connection established from 198.51.100.7", "vpn_connect",
            ["interface": "pptp1", "src_addr": "198.51.100.7"]),
        Case(
            "pppoe,ppp,info,account alice logged in, 100.64.0.17 from 00:00:5E:00:53:71",
            "session_start",
            [
                "user_name": "alice", "client_ip": "100.64.0.17",
                "src_mac": "00:00:5e:00:53:71",
            ]),
        Case(
            "l2tp,ppp,info,account a logged in, 192.0.2.1 logged in, 2001:db8::5 from 192.0.2.20",
            "session_start",
            [
                "user_name": "a logged in, 192.0.2.1", "client_ip": "2001:db8::5",
                "src_addr": "192.0.2.20",
            ]),
        Case(
            "async,ppp,info,account alice logged in, 100.64.0.17 from ttyS0", "session_start",
            ["user_name": "alice", "client_ip": "100.64.0.17", "caller_id": "ttyS0"]),
        Case(
            "pppoe,ppp,info,account alice logged in, 100.64.0.17", "session_start",
            ["user_name": "alice", "client_ip": "100.64.0.17"]),
        Case(
            "pppoe,ppp,info,account al ice logged out, 143 115036 112418 106 92 from "
                + "00:00:5E:00:53:71", "session_end",
            [
                "user_name": "al ice", "session_seconds": "143", "in_bytes": "115036",
                "out_bytes": "112418", "in_packets": "106", "out_packets": "92",
                "src_mac": "00:00:5e:00:53:71",
            ]),
        Case(
            "pppoe,ppp,info,account alice logged out, 1d02:03:04 0 18446744073709551 0 9",
            "session_end",
            [
                "user_name": "alice", "session_seconds": "93784", "in_bytes": "0",
                "out_bytes": "18446744073709551", "in_packets": "0", "out_packets": "9",
            ]),
        Case(
            "hotspot,info,debug carol (192.0.2.112): trying to log in by http-chap",
            "hotspot_attempt",
            ["user_name": "carol", "client_ip": "192.0.2.112", "method": "http-chap"]),
        Case(
            "hotspot,account,info,debug hs1: carol (192.0.2.112): logged in", "hotspot_login",
            ["server": "hs1", "user_name": "carol", "client_ip": "192.0.2.112"]),
        Case(
            "hotspot,account,info,debug user (192.0.2.112): logged in", "hotspot_login",
            ["user_name": "user", "client_ip": "192.0.2.112"]),
        Case(
            "hotspot,account,info,debug ->: 00:00:5E:00:53:01 (192.0.2.1): logged out: keepalive "
                + "timeout", "hotspot_logout",
            [
                "user_name": "00:00:5E:00:53:01", "client_ip": "192.0.2.1",
                "reason": "keepalive timeout",
            ]),
        Case(
            "hotspot,info,debug x (y) (192.0.2.1): login failed: RADIUS server is not responding",
            "hotspot_login_failed",
            [
                "user_name": "x (y)", "client_ip": "192.0.2.1",
                "reason": "RADIUS server is not responding",
            ]),
        Case(
            "radius,debug,packet received Access-Accept with id 64 from 192.0.2.3:1812", "radius",
            [
                "code": "Access-Accept", "packet_id": "64", "server_addr": "192.0.2.3",
                "server_port": "1812",
            ]),
        Case(
            "radius,debug,packet     Tunnel-Private-Group-ID = \"12\"", "radius_attribute",
            ["attribute": "Tunnel-Private-Group-ID", "value": "\"12\""]),
    ]

    static let stations = [
        Case(
            "wireless,info 00:00:5E:00:53:81@wifi1(off(ice)) connected, signal strength -52",
            "wifi_connect",
            [
                "mac": "00:00:5e:00:53:81", "interface": "wifi1", "ssid": "off(ice)",
                "signal_dbm": "-52",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wifi1(office) disconnected, connection lost, signal "
                + "strength -69, channel 2437/n", "wifi_disconnect",
            [
                "mac": "00:00:5e:00:53:81", "interface": "wifi1", "ssid": "office",
                "reason": "connection lost", "signal_dbm": "-69", "channel": "2437/n",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wifi1(office) roamed to 00:00:5E:00:53:81"
                + "@wifi2(lobby), signal strength -60", "wifi_roam",
            [
                "mac": "00:00:5e:00:53:81", "interface": "wifi1", "ssid": "office",
                "to_interface": "wifi2", "to_ssid": "lobby", "signal_dbm": "-60",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wlan1: disconnected, received deauth: sending station "
                + "leaving (3)", "wifi_disconnect",
            [
                "mac": "00:00:5e:00:53:81", "interface": "wlan1",
                "reason": "received deauth: sending station leaving (3)",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wlan1: disconnected, extensive data loss, signal "
                + "strength -60", "wifi_disconnect",
            [
                "mac": "00:00:5e:00:53:81", "interface": "wlan1",
                "reason": "extensive data loss", "signal_dbm": "-60",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wlan1: connected", "wifi_connect",
            ["mac": "00:00:5e:00:53:81", "interface": "wlan1"]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wlan1: connected, wants WDS", "wifi_connect",
            ["mac": "00:00:5e:00:53:81", "interface": "wlan1", "detail": "wants WDS"]),
        Case(
            "caps,info 00:00:5E:00:53:81@ap-1 connected, signal strength -36", "wifi_connect",
            ["mac": "00:00:5e:00:53:81", "interface": "ap-1", "signal_dbm": "-36"]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wlan1: reassociating", "wifi_reassociate",
            ["mac": "00:00:5e:00:53:81", "interface": "wlan1"]),
        Case(
            "wireless,info 00:00:5E:00:53:81@wlan1: rejected, forbidden by access-list",
            "wifi_reject",
            [
                "mac": "00:00:5e:00:53:81", "interface": "wlan1",
                "reason": "forbidden by access-list",
            ]),
        Case(
            "wireless,debug wlan1: 00:00:5E:00:53:81 attempts to associate", "wifi_attempt",
            ["mac": "00:00:5e:00:53:81", "interface": "wlan1", "attempt": "associate"]),
        Case(
            "wireless,info wlan1: lost connection, received disassoc: unspecified (1)",
            "wifi_link_lost",
            ["interface": "wlan1", "reason": "received disassoc: unspecified (1)"]),
        Case(
            "caps,info selected CAPsMAN core@00:00:5E:00:53:90", "capsman",
            ["state": "selected", "name": "core", "src_mac": "00:00:5e:00:53:90"]),
        Case(
            "caps,info selected CAPsMAN ax2@00:00:5E:00:53:90%*7", "capsman",
            [
                "state": "selected", "name": "ax2", "src_mac": "00:00:5e:00:53:90",
                "scope": "*7",
            ]),
        Case(
            "caps,info connected to core", "capsman", ["state": "connected", "name": "core"]),
    ]

    static let network = [
        Case(
            "ipsec,error phase1 negotiation failed due to time up 192.0.2.15[500]<=>"
                + "198.51.100.99[500] 9a3c:0000", "ipsec_failed",
            [
                "reason": "phase1 negotiation failed due to time up", "local_addr": "192.0.2.15",
                "local_port": "500", "remote_addr": "198.51.100.99", "remote_port": "500",
                "cookies": "9a3c:0000",
            ]),
        Case(
            "ipsec,error no suitable proposal found.", "ipsec_failed",
            ["reason": "no suitable proposal found"]),
        Case(
            "ipsec,error 198.51.100.162 failed to get valid proposal.", "ipsec_failed",
            ["remote_addr": "198.51.100.162", "reason": "failed to get valid proposal"]),
        Case(
            "ipsec,error 198.51.100.112 phase1 negotiation failed.", "ipsec_failed",
            ["remote_addr": "198.51.100.112", "reason": "phase1 negotiation failed"]),
        Case(
            "ipsec,info respond new phase 1 (Identity Protection): 192.0.2.221[500]<=>"
                + "198.51.100.162[54178]", "ipsec_phase1",
            [
                "verb": "respond", "mode": "Identity Protection", "local_addr": "192.0.2.221",
                "local_port": "500", "remote_addr": "198.51.100.162", "remote_port": "54178",
            ]),
        Case(
            "ipsec,info ISAKMP-SA established 192.0.2.1[4500]-198.51.100.9[4500] spi:12:34",
            "ipsec_sa",
            [
                "verb": "established", "local_addr": "192.0.2.1", "local_port": "4500",
                "remote_addr": "198.51.100.9", "remote_port": "4500", "spi": "12:34",
            ]),
        Case(
            "ipsec,info new ike2 SA (R): peer1 2001:db8::1[500]-2001:db8::2[500] spi:1:2",
            "ipsec_sa",
            [
                "verb": "new", "role": "R", "peer": "peer1", "local_addr": "2001:db8::1",
                "local_port": "500", "remote_addr": "2001:db8::2", "remote_port": "500",
                "spi": "1:2",
            ]),
        Case(
            "route,ospf,info default-v2 { version: 2 router-id: 192.0.2.15 } area0 { 0.0.0.0 } "
                + "interface { broadcast 192.0.2.15%ether3 } neighbor { router-id: 192.0.2.16 "
                + "state: Down } state change to Init", "ospf_neighbor",
            [
                "instance": "default-v2", "version": "2", "router_id": "192.0.2.15",
                "area_name": "area0", "area": "0.0.0.0", "network_type": "broadcast",
                "interface_addr": "192.0.2.15", "interface": "ether3",
                "neighbor_id": "192.0.2.16", "from_state": "Down", "to_state": "Init",
            ]),
        Case(
            "route,ospf,info v2 { version: 2 router-id: 192.0.2.1 } b { 0.0.0.0 } interface { "
                + "broadcast 192.0.2.1%lan } change DR: 192.0.2.2 BDR: me", "ospf_dr",
            [
                "instance": "v2", "version": "2", "router_id": "192.0.2.1", "area_name": "b",
                "area": "0.0.0.0", "network_type": "broadcast", "interface_addr": "192.0.2.1",
                "interface": "lan", "dr": "192.0.2.2", "bdr": "me",
            ]),
        Case(
            "route,ospf,info OSPFv2 neighbor 192.0.2.2: state change from 2-Way to Down",
            "ospf_neighbor",
            [
                "version": "2", "neighbor_id": "192.0.2.2", "from_state": "2-Way",
                "to_state": "Down",
            ]),
        Case(
            "route,bgp,info TCP connection established", "bgp", ["state": "established"]),
        Case(
            "route,bgp,info     RemoteAddress=192.0.2.1", "bgp", ["neighbor_addr": "192.0.2.1"]),
        Case("route,bgp,info whatever 7.30 says", "bgp"),
        Case(
            "dns,packet local query: #335407 abc.com. A", "dns_query",
            ["query_id": "335407", "qname": "abc.com.", "qtype": "A"]),
        Case(
            "dns,packet query from 192.0.2.8: #3 abc.com. AAAA", "dns_query",
            [
                "query_id": "3", "qname": "abc.com.", "qtype": "AAAA", "src_addr": "192.0.2.8",
            ]),
        Case(
            "dns,packet done query: #335407 abc.com 137.124.88.25", "dns_answer",
            ["query_id": "335407", "qname": "abc.com", "answer": "137.124.88.25"]),
        Case(
            "dns,packet done query: #4 dns name does not exist", "dns_answer",
            ["query_id": "4", "error": "dns name does not exist"]),
        Case(
            "web-proxy,account 192.0.2.14 GET http://example.com/ action=allow cache=MISS",
            "web_proxy",
            [
                "client_ip": "192.0.2.14", "method": "GET", "url": "http://example.com/",
                "action": "allow", "cache": "MISS",
            ]),
        Case(
            "wireguard,debug wg1: [b] AbC=: Handshake for peer did not complete after 5 seconds, "
                + "retrying (try 2)", "wireguard_handshake",
            [
                "interface": "wg1", "peer": "b", "public_key": "AbC=",
                "result": "did not complete after 5 seconds, retrying (try 2)",
            ]),
    ]

    /// Forms beside those above: later versions, and what else texts may hold.
    static let others = [
        Case(
            "system,clock,critical,info ntp change time 2026-10-12 00:00:30 => 2026-10-12 00:00:00",
            "clock_change",
            [
                "method": "ntp", "old_time": "2026-10-12 00:00:30",
                "new_time": "2026-10-12 00:00:00", "offset_seconds": "-30",
            ]),
        Case(
            "system,info,critical change time jan/02/1970 00:00:29 => jan/02/1970 00:01:29",
            "clock_change",
            [
                "old_time": "jan/02/1970 00:00:29", "new_time": "jan/02/1970 00:01:29",
                "offset_seconds": "60",
            ]),
        Case(
            "system,info new script scheduled by mac-msg(winbox):ops@00:00:5E:00:53:01/terminal "
                + "(*4 = /system scheduler add interval=10s name=x on-event=y)", "config_change",
            [
                "object": "new script", "verb": "scheduled", "method": "mac-msg(winbox)",
                "origin": "mac-msg(winbox):ops@00:00:5E:00:53:01/terminal", "user_name": "ops",
                "src_mac": "00:00:5e:00:53:01", "item_id": "*4",
                "command": "/system scheduler add interval=10s name=x on-event=y",
            ]),
        Case(
            "system,info log action changed by tcp-msg(winbox):ops@192.0.2.250/action:132 ()",
            "config_change",
            [
                "object": "log action", "verb": "changed", "method": "tcp-msg(winbox)",
                "origin": "tcp-msg(winbox):ops@192.0.2.250/action:132", "user_name": "ops",
                "src_addr": "192.0.2.250",
            ]),
        Case(
            "system,info add file by api:ops@::", "config_change",
            [
                "object": "file", "verb": "add", "method": "api", "origin": "api:ops@::",
                "user_name": "ops",
            ]),
        Case(
            "ssh,info publickey accepted for user: ops, fingerprint: SHA256:AbC/d=", "ssh_auth",
            [
                "method": "publickey", "result": "accepted", "user_name": "ops",
                "fingerprint": "SHA256:AbC/d=",
            ]),
        Case(
            "ssh,info 4d2e0 password failed for user: root", "ssh_auth",
            [
                "session": "4d2e0", "method": "password", "result": "failed",
                "user_name": "root",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:6A@wifi1(Guest (2.4)) connected, signal strength -40",
            "wifi_connect",
            [
                "mac": "00:00:5e:00:53:6a", "interface": "wifi1", "ssid": "Guest (2.4)",
                "signal_dbm": "-40",
            ]),
        Case(
            "wireless,info 00:00:5E:00:53:6A@5ghz-ap07(office) reconnecting, signal strength -68",
            "wifi_reassociate",
            [
                "mac": "00:00:5e:00:53:6a", "interface": "5ghz-ap07", "ssid": "office",
                "signal_dbm": "-68",
            ]),
        Case(
            "wireguard,info wg0: [branch 7] Handshake for peer did not complete after 5 seconds",
            "wireguard_handshake",
            [
                "interface": "wg0", "peer": "branch 7",
                "result": "did not complete after 5 seconds",
            ]),
        Case(
            "ipsec,error 198.51.100.99 failed to pre-process ph1 packet (side: 1, status 1).",
            "ipsec_failed",
            [
                "remote_addr": "198.51.100.99", "reason": "failed to pre-process ph1 packet",
                "detail": "side: 1, status 1",
            ]),
        Case(
            "ipsec,error identity not found for peer: FQDN: branch.example.net", "ipsec_failed",
            ["reason": "identity not found", "peer": "FQDN: branch.example.net"]),
        Case(
            "ipsec,error payload missing: SA", "ipsec_failed",
            ["reason": "payload missing", "detail": "SA"]),
        Case(
            "ovpn,info connection established from 198.51.100.45", "vpn_connect",
            ["src_addr": "198.51.100.45"]),
        Case(
            "ovpn,info <ovpn-dave>: using encoding - AES-256-CBC/SHA1", "vpn_encoding",
            ["interface": "<ovpn-dave>", "user_name": "dave", "encoding": "AES-256-CBC/SHA1"]),
        Case(
            "ovpn,info <198.51.100.45>: disconnected <peer disconnected>", "ppp_disconnected",
            [
                "interface": "<198.51.100.45>", "state": "disconnected",
                "reason": "peer disconnected",
            ]),
        Case(
            "sstp,ppp,info <sstp-erin>: disconnected <timeout>", "ppp_disconnected",
            [
                "interface": "<sstp-erin>", "user_name": "erin", "state": "disconnected",
                "reason": "timeout",
            ]),
        Case(
            "dhcp,info pool6 assigned 2001:db8:1::15 to 00:00:5E:00:53:61", "dhcp_assigned",
            [
                "server": "pool6", "client_ip": "2001:db8:1::15",
                "client_mac": "00:00:5e:00:53:61",
            ]),
        Case(
            "netwatch,info event up [ type: https-get, host: 2001:db8::80 ]", "netwatch",
            ["state": "up", "type": "https-get", "host_addr": "2001:db8::80"]),
        Case("container,info started", nil),
    ]

    static let all = others + system + links + leases + sessions + stations + network + rare

    @Test(arguments: all)
    func readsEveryForm(example: Case) {
        let record = RouterOSParserTests().read(Array(example.line.utf8))
        #expect(record["event"] == example.event)
        #expect(record["parse_status"] == nil)
        for name in Self.columns[example.event ?? ""] ?? [] {
            #expect(record[name] == example.fields[name], "\(name)")
        }
    }

    @Test func everyPatternHasAnExample() {
        let parser = RouterOSParser()
        for example in Self.all {
            _ = RouterOSParserTests().read(Array(example.line.utf8), parser: parser)
        }
        let unseen = Set(parser.patternCounts.filter { $0.count == 0 }.map(\.event))
        let seen = Set(parser.patternCounts.filter { $0.count > 0 }.map(\.event))
        #expect(unseen.subtracting(seen).isEmpty)
    }

    @Test func countsByPattern() {
        let parser = RouterOSParser()
        for _ in 0..<3 {
            _ = RouterOSParserTests().read(Array("interface,info a link down".utf8), parser: parser)
        }
        #expect(parser.patternCounts.filter { $0.count > 0 }.map(\.event) == ["link_down"])
        #expect(parser.patternCounts.map(\.count).reduce(0, +) == 3)
    }

    @Test func sharesOneShapeAmongTheFormsOfAnEvent() {
        let parser = RouterOSParser()
        let source = PayloadSource(
            peer: Endpoint(address: .loopback, port: 1), transport: .udp,
            received: RouterOSParserTests.received)
        var batch = RecordBatch()
        for example in Self.leases.prefix(2) {
            Array(example.line.utf8).withBytes { line in
                _ = parser.decode(line, from: source, into: &batch)
            }
        }
        #expect(batch.runs.count == 1)
    }

    @Test(arguments: all)
    func survivesDamage(example: Case) {
        let bytes = Array(example.line.utf8)
        for damaged in Array(Damage.truncations(of: bytes)) + Damage.flips(of: bytes, count: 100) {
            #expect(RouterOSParserTests().read(damaged)["message"] != nil)
        }
    }
}
