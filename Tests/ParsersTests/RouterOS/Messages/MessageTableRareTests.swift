/// Messages that were seen later than the first, by family.
extension MessageTableTests {
    private static let mac = "00:00:5E:00:53:81"
    private static let lowerMAC = "00:00:5e:00:53:81"

    static let rare = rareSystem + rareLinks + rareLeases + rareStations + rareTunnels

    private static let rareSystem = [
        Case(
            "system,info script removed from scheduler by admin", "config_change",
            ["object": "script", "verb": "removed", "origin": "admin", "user_name": "admin"]),
        Case(
            "system,info changed scheduled script settings by tcp-msg(winbox):ops@192.0.2.9/action:1"
                + " (/system scheduler set *1 disabled=yes)", "config_change",
            [
                "object": "scheduled script settings", "verb": "changed",
                "method": "tcp-msg(winbox)", "user_name": "ops", "src_addr": "192.0.2.9",
                "origin": "tcp-msg(winbox):ops@192.0.2.9/action:1",
                "command": "/system scheduler set *1 disabled=yes",
            ]),
        Case(
            "script,error executing script from netwatch failed, please check it manually",
            "script_failed", ["trigger": "netwatch"]),
        Case(
            "script,error executing script x y from sys2 failed, please check it manually (not "
                + "enough permissions)", "script_failed",
            ["script": "x y", "trigger": "sys2", "reason": "not enough permissions"]),
        Case(
            "script,error could not run script x: not enough permissions", "script_failed",
            ["script": "x", "reason": "not enough permissions"]),
        Case("script,error executing script x", "script_failed", ["script": "x"]),
        Case(
            "netwatch,info event down [ name: a, type: icmp, host: 192.0.2.1 ]", "netwatch",
            ["state": "down", "detail": "name: a, type: icmp, host: 192.0.2.1"]),
        Case(
            "dns,error DoH server connection error: SSL: no trusted CA certificate found",
            "dns_failed", ["reason": "SSL: no trusted CA certificate found"]),
        Case(
            "dns,packet done query: #4 dns server failure", "dns_answer",
            ["query_id": "4", "error": "dns server failure"]),
        Case(
            "dns,packet done query: #4 query timed out", "dns_answer",
            ["query_id": "4", "error": "query timed out"]),
        Case(
            "dns,packet done query: #4 dns name exists, but no appropriate record", "dns_answer",
            ["query_id": "4", "error": "dns name exists, but no appropriate record"]),
    ]

    private static let rareLinks = [
        Case(
            "interface,warning ether1 excessive or late collision, link duplex mismatch?",
            "interface_error",
            [
                "interface": "ether1", "problem": "excessive or late collision",
                "detail": "link duplex mismatch?",
            ]),
        Case(
            "interface,warning sfp2: bridge RX looped packet - MAC \(mac) -> ff:ff:ff:ff:ff:ff VID 40"
                + " ETHERTYPE 0x0800 IP UDP 192.0.2.1:5678 -> 255.255.255.255:5678",
            "loop_suspected",
            [
                "interface": "sfp2", "problem": "bridge RX looped packet", "src_mac": lowerMAC,
                "dst_mac": "ff:ff:ff:ff:ff:ff", "vlan_id": "40", "ether_type": "0x0800",
                "detail": "IP UDP 192.0.2.1:5678 -> 255.255.255.255:5678",
            ]),
        Case(
            "interface,warning a: bridge RX looped packet - MAC \(mac) -> 33:33:00:00:00:01 ETHERTYPE "
                + "0x86dd", "loop_suspected",
            [
                "interface": "a", "problem": "bridge RX looped packet", "src_mac": lowerMAC,
                "dst_mac": "33:33:00:00:00:01", "ether_type": "0x86dd",
            ]),
        Case(
            "interface,warning a: bridge port received packet with own address as source address "
                + "(\(mac)), probably loop", "loop_suspected",
            [
                "interface": "a", "problem": "received packet with own address",
                "src_mac": lowerMAC,
            ]),
        Case(
            "vrrp,info vrrp 1 starting CONNTRACK", "vrrp_sync",
            ["interface": "vrrp 1", "state": "starting"]),
        Case(
            "vrrp,info vrrp1 stop CONNTRACK", "vrrp_sync",
            ["interface": "vrrp1", "state": "stop"]),
        Case(
            "bridge,stp my port:0 becomes Designated", "stp_port",
            ["interface": "my port", "instance_id": "0", "role": "Designated"]),
        Case(
            "bridge,stp sfp:12 forwarding", "stp_port",
            ["interface": "sfp", "instance_id": "12", "state": "forwarding"]),
        Case(
            "bridge,stp sfp:0 learning", "stp_port",
            ["interface": "sfp", "instance_id": "0", "state": "learning"]),
        Case(
            "bridge,stp sfp:0 discarding", "stp_port",
            ["interface": "sfp", "instance_id": "0", "state": "discarding"]),
        Case(
            "bridge,stp sfp:0 TCHANGE over", "stp_change",
            ["interface": "sfp", "instance_id": "0", "state": "over"]),
    ]

    private static let rareLeases = [
        Case(
            "dhcp,error lan: failed to give out IP address: pool <p> is empty", "dhcp_failed",
            ["server": "lan", "reason": "pool <p> is empty"]),
        Case(
            "dhcp,error lan failed to give out IP address: pool <p> is empty", "dhcp_failed",
            ["server": "lan", "reason": "pool <p> is empty"]),
        Case(
            "dhcp,debug lan received discover with id 7 from 0.0.0.0", "dhcp_request",
            ["server": "lan", "type": "discover", "transaction_id": "7", "src_addr": "0.0.0.0"]),
        Case(
            "dhcp,debug lan sending offer with id 7 to 192.0.2.5", "dhcp_reply",
            ["server": "lan", "type": "offer", "transaction_id": "7", "client_ip": "192.0.2.5"]),
        Case(
            "pppoe,warning PPPoE connection from \(mac) was already active - closing previous one",
            "ppp_connect",
            ["src_mac": lowerMAC, "detail": "was already active - closing previous one"]),
        Case(
            "ovpn,info : using encoding - AES-256-CBC/SHA1", "vpn_encoding",
            ["encoding": "AES-256-CBC/SHA1"]),
        Case(
            "ovpn,info connection established from 192.0.2.45, port: 51000 to 203.0.113.1",
            "vpn_connect",
            ["src_addr": "192.0.2.45", "src_port": "51000", "dst_addr": "203.0.113.1"]),
        Case(
            "l2tp,ppp,error <192.0.2.45>: authentication failed: peer didn't respond to CHAP challenge",
            "ppp_auth_failed",
            [
                "interface": "<192.0.2.45>", "reason": "authentication failed",
                "detail": "peer didn't respond to CHAP challenge",
            ]),
        Case(
            "pppoe,ppp,error <pppoe-a>: authentication failed - radius timeout", "ppp_auth_failed",
            [
                "interface": "<pppoe-a>", "user_name": "a", "reason": "authentication failed",
                "detail": "radius timeout",
            ]),
        Case("radius,debug timeout for 2d:07", "radius_timeout", ["request_id": "2d:07"]),
    ]

    private static let rareStations = [
        Case(
            "wireless,info \(mac)@wlan1: disconnected, signal strength -88", "wifi_disconnect",
            ["mac": lowerMAC, "interface": "wlan1", "signal_dbm": "-88"]),
        Case(
            "wireless,info \(mac)@ap-2G roamed to \(mac)@ap-5G, signal strength -66", "wifi_roam",
            [
                "mac": lowerMAC, "interface": "ap-2G", "to_interface": "ap-5G",
                "signal_dbm": "-66",
            ]),
        Case(
            "wireless,debug \(mac)@ap associated, signal strength -62", "wifi_associate",
            ["mac": lowerMAC, "interface": "ap", "signal_dbm": "-62"]),
        Case(
            "wireless,debug \(mac)@ap(x) disassociated, connection lost, signal strength -66",
            "wifi_disassociate",
            [
                "mac": lowerMAC, "interface": "ap", "ssid": "x", "reason": "connection lost",
                "signal_dbm": "-66",
            ]),
        Case(
            "wireless,debug \(mac)@ap disassociated", "wifi_disassociate",
            ["mac": lowerMAC, "interface": "ap"]),
        Case(
            "wireless,debug \(mac)@ap reauthenticating", "wifi_reassociate",
            ["mac": lowerMAC, "interface": "ap"]),
        Case(
            "wireless,info \(mac)@wlan1: lost connection, extensive data loss", "wifi_link_lost",
            ["mac": lowerMAC, "interface": "wlan1", "reason": "extensive data loss"]),
        Case(
            "wireless,info \(mac)@wlan1 established connection on 5745000, SSID my net",
            "wifi_link_up",
            ["mac": lowerMAC, "interface": "wlan1", "channel": "5745000", "ssid": "my net"]),
        Case(
            "wireless,info wlan1: data from unknown device \(mac), sent deauth",
            "wifi_unknown_station",
            ["mac": lowerMAC, "interface": "wlan1", "detail": "sent deauth"]),
        Case(
            "caps,info disconnected from ax2@\(mac)%*7, connection interrupted", "capsman",
            [
                "state": "disconnected", "name": "ax2", "src_mac": lowerMAC, "scope": "*7",
                "reason": "connection interrupted",
            ]),
    ]

    private static let peers = [
        "local_addr": "192.0.2.1", "local_port": "4500", "remote_addr": "198.51.100.1",
        "remote_port": "16146",
    ]

    private static let rareTunnels = [
        Case(
            "ipsec,info purging ISAKMP-SA 192.0.2.1[4500]<=>198.51.100.1[16146] spi=ab:cd.",
            "ipsec_sa", peers.merging(["verb": "purging", "spi": "ab:cd"]) { $1 }),
        Case(
            "ipsec,info ISAKMP-SA deleted 192.0.2.1[4500]-198.51.100.1[16146] spi:ab:cd rekey:1",
            "ipsec_sa",
            peers.merging(["verb": "deleted", "spi": "ab:cd", "rekey": "1"]) { $1 }),
        Case(
            "ipsec,info acquired 10.9.0.2 address for 198.51.100.1, bob@corp", "ipsec_address",
            [
                "verb": "acquired", "client_ip": "10.9.0.2", "remote_addr": "198.51.100.1",
                "peer": "bob@corp",
            ]),
        Case(
            "ipsec,info releasing address 10.9.0.2", "ipsec_address",
            ["verb": "releasing", "client_ip": "10.9.0.2"]),
        Case(
            "ipsec,error phase1 negotiation failed due to send error. "
                + "192.0.2.1[4500]<=>198.51.100.1[16146] ab:cd", "ipsec_failed",
            peers.merging([
                "reason": "phase1 negotiation failed due to send error", "cookies": "ab:cd",
            ]) { $1 }),
        Case(
            "ipsec,error 192.0.2.9 parsing packet failed, possible cause: wrong password",
            "ipsec_failed",
            [
                "remote_addr": "192.0.2.9", "reason": "parsing packet failed",
                "detail": "possible cause: wrong password",
            ]),
        Case(
            "ipsec,error 192.0.2.9 exchange Identity Protection not allowed in any applicable rmconf.",
            "ipsec_failed",
            [
                "remote_addr": "192.0.2.9", "mode": "Identity Protection",
                "reason": "not allowed in any applicable rmconf",
            ]),
        Case(
            "ipsec,error 192.0.2.9 peer sent packet for dead phase2", "ipsec_failed",
            ["remote_addr": "192.0.2.9", "reason": "peer sent packet for dead phase2"]),
        Case(
            "ipsec,error identity not found for responder: ADDR4:192.0.2.90 peer: ADDR4:192.0.2.16",
            "ipsec_failed",
            [
                "reason": "identity not found", "identity": "responder: ADDR4:192.0.2.90",
                "peer": "ADDR4:192.0.2.16",
            ]),
        Case(
            "ipsec,error initiator can't find identity for peer: t4", "ipsec_failed",
            ["role": "initiator", "reason": "can't find identity", "peer": "t4"]),
        Case(
            "ipsec,error can't verify peer's certificate from store", "ipsec_failed",
            ["reason": "can't verify peer's certificate", "detail": "from store"]),
        Case(
            "ipsec,error got fatal error: AUTHENTICATION_FAILED", "ipsec_failed",
            ["reason": "AUTHENTICATION_FAILED"]),
        Case("ipsec,error EAP failed", "ipsec_failed", ["reason": "EAP failed"]),
        Case(
            "ipsec,error no proposal chosen", "ipsec_failed", ["reason": "no proposal chosen"]),
    ]
}
