/// Who joins the network, and how: leases, sessions, wireless stations, hotspot users.
extension MessageTable {
    static let dhcp = [
        MessageFamily(
            ["dhcp"],
            [
                (
                    "dhcp_request",
                    "%{server:name} received %{type:word} %[with %]id %{transaction_id:number} from"
                        + " %{src_addr:ip}%[ '%{client_id}'%]"
                ),
                (
                    "dhcp_reply",
                    "%{server:name} sending %{type:word} %[with %]id %{transaction_id:number} to"
                        + " %{client_ip:ip}%[ '%{client_id}'%]"
                ),
                (
                    "dhcp_assigned",
                    "%{server:name} assigned %{client_ip:ip} for %{client_mac:mac}%[ %{client_name}%]"
                ),
                (
                    "dhcp_assigned",
                    "%{server:name} assigned %{client_ip:ip} to %{client_mac:mac}%[ %{client_name}%]"
                ),
                (
                    "dhcp_deassigned",
                    "%{server:name} deassigned %{client_ip:ip} for %{client_mac:mac}%[ %{client_name}%]"
                ),
                (
                    "dhcp_deassigned",
                    "%{server:name} deassigned %{client_ip:ip} from %{client_mac:mac}"
                        + "%[ %{client_name}%]"
                ),
                (
                    "dhcp_failed",
                    "%{server:name} offering lease %{client_ip:ip} for %{client_mac:mac}%[ %{client_name}%]"
                        + " %{reason=without success}"
                ),
                (
                    "dhcp_failed",
                    "%{server:name} client %{client_mac:mac} %{reason=declines} IP address %{client_ip:ip}"
                ),
                (
                    "dhcp_client",
                    "%{client} on %{interface} %{state=got} IP address %{client_ip:ip}"
                ),
                (
                    "dhcp_client",
                    "%{client} on %{interface} %{state=lost} IP address %{client_ip:ip}"
                        + "%[ - %{reason}%]"
                ),
                (
                    "dhcp_failed",
                    "%{server:name}%[:%] failed to give out IP address: %{reason}"
                ),
                ("dhcp_client", "%{client} on %{interface} entering <%{state}> state"),
                (
                    "rogue_dhcp",
                    "dhcp alert on %{interface}: discovered unknown dhcp server, mac %{src_mac:mac},"
                        + " ip %{src_addr:ip}"
                ),
            ])
    ]

    private static let tunnels = ["ppp", "pppoe", "l2tp", "pptp", "sstp", "ovpn", "async", "isdn"]

    private static let portAndTarget = "%[, port: %{src_port:number}%[ to %{dst_addr:ip}%]%]"

    static let ppp = [
        MessageFamily(
            ["pppoe", "ppp"],
            [
                ("ppp_connect", "PPPoE connection established from %{src_mac:mac}"),
                (
                    "ppp_connect",
                    "PPPoE connection from %{src_mac:mac}"
                        + " %{detail=was already active - closing previous one}"
                ),
            ]),
        MessageFamily(
            tunnels,
            [
                (
                    "vpn_connect",
                    "%[%{interface}: %]first L2TP UDP packet received from %{src:endpoint}"
                        + "%[ port %{src_port:number}%]"
                ),
                (
                    "vpn_connect",
                    "%[%{interface}: %]TCP connection established from %{src:endpoint}"
                        + portAndTarget
                ),
                (
                    "vpn_connect",
                    "%[%{interface}: %]connection established from %{src:endpoint}" + portAndTarget
                ),
                ("vpn_encoding", "%{interface:tunnel}: using encoding - %{encoding}"),
                ("vpn_encoding", ": using encoding - %{encoding}"),
                // Who fails has chosen the name freely.
                (
                    "ppp_auth_failed",
                    "%{interface:dynamic}: user %{user_name:last} %{reason=authentication failed}"
                        + "%[ - %{detail}%]"
                ),
                (
                    "ppp_auth_failed",
                    "%{interface:dynamic}: user %{user_name:last} is %{reason=already active}"
                ),
                (
                    "ppp_auth_failed",
                    "%{interface}: user %{user_name:last} %{reason=authentication failed}"
                        + "%[ - %{detail}%]"
                ),
                (
                    "ppp_auth_failed",
                    "%{interface}: user %{user_name:last} is %{reason=already active}"
                ),
                (
                    "ppp_auth_failed",
                    "%{interface:tunnel}: %{reason=authentication failed}%[: %{detail}%]"
                ),
                (
                    "ppp_auth_failed",
                    "%{interface:tunnel}: %{reason=authentication failed} - %{detail}"
                ),
                (
                    "session_start",
                    "%{user_name:last} logged in, %{client_ip:ip}%[ from %{src:station}%]"
                ),
                (
                    "session_start",
                    "%{user_name:last} logged in, %{client_ip:ip} from %{caller_id}"
                ),
                (
                    "session_end",
                    "%{user_name:last} logged out, %{session_seconds:duration} %{in_bytes:number}"
                        + " %{out_bytes:number} %{in_packets:number} %{out_packets:number}"
                        + "%[ from %{src:station}%]"
                ),
                (
                    "session_end",
                    "%{user_name:last} logged out, %{session_seconds:duration} %{in_bytes:number}"
                        + " %{out_bytes:number} %{in_packets:number} %{out_packets:number}"
                        + " from %{caller_id}"
                ),
            ]),
        // Names of clients' own interfaces could be anything; topics tell that these are tunnels.
        MessageFamily(
            tunnels, needsTopics: true,
            [
                ("ppp_authenticated", "%{interface:tunnel}: %{state=authenticated}"),
                ("ppp_connected", "%{interface:tunnel}: %{state=connected}%[, %{detail}%]"),
                ("ppp_disconnected", "%{interface:tunnel}: %{state=disconnected}%[, %{reason}%]"),
                ("ppp_disconnected", "%{interface:tunnel}: %{state=disconnected} <%{reason}>"),
                ("ppp_terminating", "%{interface:tunnel}: %{state=terminating}...%[ - %{reason}%]"),
                ("ppp_state", "%{interface:tunnel}: %{state=initializing}..."),
                ("ppp_state", "%{interface:tunnel}: %{state=connecting}..."),
                ("ppp_state", "%{interface:tunnel}: %{state=dialing}...%[ %{detail}%]"),
                ("ppp_state", "%{interface:tunnel}: %{state=waiting} for %{detail}"),
            ]),
        // A dynamic interface tells so itself.
        MessageFamily(
            tunnels,
            [
                ("ppp_authenticated", "%{interface:dynamic}: %{state=authenticated}"),
                ("ppp_connected", "%{interface:dynamic}: %{state=connected}%[, %{detail}%]"),
                (
                    "ppp_disconnected",
                    "%{interface:dynamic}: %{state=disconnected}%[, %{reason}%]"
                ),
                ("ppp_disconnected", "%{interface:dynamic}: %{state=disconnected} <%{reason}>"),
                (
                    "ppp_terminating",
                    "%{interface:dynamic}: %{state=terminating}...%[ - %{reason}%]"
                ),
            ]),
    ]

    static let wireless = MessageFamily(["wireless", "caps", "wifi"], stations)
    static let caps = MessageFamily(
        ["caps", "wireless", "wifi"],
        [
            ("capsman", "%{state=selected} CAPsMAN %{name:last}@%{src_mac:mac}%[%%%{scope}%]"),
            ("capsman", "%{state=selected} CAPsMAN %{name}"),
            ("capsman", "%{state=connected} to %{name:last}@%{src_mac:mac}%[%%%{scope}%]"),
            ("capsman", "%{state=connected} to %{name}"),
            (
                "capsman",
                "%{state=disconnected} from %{name:last}@%{src_mac:mac}%[%%%{scope:word}%]"
                    + "%[, %{reason}%]"
            ),
        ])

    private typealias Texts = [(event: String, text: String)]

    /// `MAC@IF(SSID)` of new drivers, then `MAC@IF:` of old ones and `MAC@IF` of CAPsMAN.
    private static let stations: Texts =
        roams + stationTexts("%{mac:mac}@%{interface}(%{ssid}) ")
        + stationTexts("%{mac:mac}@%{interface}: ") + stationTexts("%{mac:mac}@%{interface} ")
        + associations("%{mac:mac}@%{interface}(%{ssid}) ")
        + associations("%{mac:mac}@%{interface} ") + links

    private static let roams: Texts = [
        (
            "wifi_roam",
            "%{mac:mac}@%{interface}(%{ssid}) roamed to %{mac:mac}@%{to_interface}"
                + "%[(%{to_ssid})%]" + signal
        ),
        (
            "wifi_roam",
            "%{mac:mac}@%{interface} roamed to %{mac:mac}@%{to_interface}" + signal
        ),
    ]

    private static let signal = "%[, signal %[strength %]%{signal_dbm:signed}%[, %{detail}%]%]"

    /// What `debug` tells of new drivers; `connected` follows when the station may join.
    private static func associations(_ place: String) -> Texts {
        [
            ("wifi_associate", place + "associated" + signal),
            (
                "wifi_disassociate",
                place + "disassociated, %{reason:last}, signal strength %{signal_dbm:signed}"
            ),
            ("wifi_disassociate", place + "disassociated%[, %{reason}%]"),
            ("wifi_reassociate", place + "reauthenticating"),
        ]
    }

    private static let links: Texts = [
        ("wifi_attempt", "%{interface}: %{mac:mac} attempts to %{attempt}"),
        ("wifi_link_lost", "%{mac:mac}@%{interface}: lost connection, %{reason}"),
        ("wifi_link_lost", "%{interface}: lost connection, %{reason}"),
        (
            "wifi_link_up",
            "%{mac:mac}@%{interface} established connection on %{channel:word}%[, SSID %{ssid}%]"
        ),
        (
            "wifi_unknown_station",
            "%{interface}: data from unknown device %{mac:mac}%[, %{detail}%]"
        ),
    ]

    private static func stationTexts(_ place: String) -> Texts {
        [
            (
                "wifi_connect",
                place + "connected%[, signal strength %{signal_dbm:signed}%[, %{detail}%]%]"
            ),
            ("wifi_connect", place + "connected, %{detail}"),
            (
                "wifi_disconnect",
                place + "disconnected, %{reason:last}, signal strength %{signal_dbm:signed}"
                    + "%[, channel %{channel}%]"
            ),
            (
                "wifi_disconnect",
                place + "disconnected, signal strength %{signal_dbm:signed}"
                    + "%[, channel %{channel}%]"
            ),
            ("wifi_disconnect", place + "disconnected%[, %{reason}%]"),
            ("wifi_reassociate", place + "reassociating"),
            (
                "wifi_reassociate",
                place + "reconnecting%[, signal strength %{signal_dbm:signed}%[, %{detail}%]%]"
            ),
            ("wifi_reject", place + "rejected, %{reason}"),
        ]
    }

    static let hotspot = MessageFamily(
        ["hotspot"],
        [
            // Names are chosen by who tries: what fails goes before what takes more than a name.
            ("hotspot_attempt", hotspotUser + "trying to log in by %{method:word}"),
            ("hotspot_login", hotspotUser + "logged in"),
            ("hotspot_login_failed", hotspotUser + "login failed%[: %{reason}%]"),
            ("hotspot_logout", hotspotUser + "logged out%[: %{reason}%]"),
        ])

    private static let hotspotUser = "%[%{server}: %]%{user_name:last} (%{client_ip:ip}): "

    static let radius = MessageFamily(
        ["radius"],
        [
            (
                "radius",
                "received %{code:word} with id %{packet_id:number} from %{server:endpoint}"
            ),
            (
                "radius",
                "sending %{code:word} with id %{packet_id:number} to %{server:endpoint}"
            ),
        ])

    static let attributes = MessageFamily(
        ["radius"], needsTopics: true,
        [
            ("radius_attribute", "    %{attribute} = %{value}"),
            ("radius_timeout", "timeout for %{request_id:word}"),
        ])
}
