/// Links, tunnels, routing and names.
extension MessageTable {
    static let interface = MessageFamily(
        ["interface"],
        [
            (
                "link_up",
                "%{interface} link up%[ (speed %{speed_bps:speed}%[, %{duplex:word} duplex%]"
                    + "%[, %{detail}%])%]"
            ),
            ("link_up", "%{interface} link up (%{detail})"),
            ("link_down", "%{interface} link down%[ (%{detail})%]"),
            ("interface_detect", "%{interface} detect %{state:word}"),
            ("interface_error", "%{interface} %{problem=fcs error} on link"),
            (
                "loop_suspected",
                "%{interface} %{problem=excessive broadcasts/multicasts}, probably a loop"
            ),
            (
                "interface_error",
                "%{interface} %{problem=module auto-initialization failed}%[, %{detail}%]"
            ),
        ])

    static let bridge = MessageFamily(
        ["bridge"],
        [
            (
                "rogue_dhcp",
                "%{interface}: received DHCP server message on untrusted port from source IP"
                    + " %{src_addr:ip}, MAC %{src_mac:mac}"
            ),
            (
                "source_guard",
                "%{interface}: dropped IP packet on untrusted port - %{reason}"
                    + " (IP=%{src_addr:ip}, MAC=%{src_mac:mac})"
            ),
            (
                "loop_suspected",
                "%{interface}: bridge port %{problem=received packet with own address} as source"
                    + " address (%{src_mac:mac}), probably loop"
            ),
        ])

    static let ipsec = MessageFamily(
        ["ipsec"],
        [
            (
                "ipsec_failed",
                "%{reason=phase1 negotiation failed due to time up} " + peers + "%[ %{cookies}%]"
            ),
            ("ipsec_failed", "%{remote_addr:ip} %{reason=failed to get valid proposal}%[.%]"),
            ("ipsec_failed", "%{remote_addr:ip} %{reason=phase1 negotiation failed}%[.%]"),
            (
                "ipsec_failed",
                "%[%{remote_addr:ip} %]%{reason=no suitable proposal found}%[.%]"
            ),
            (
                "ipsec_failed",
                "%{remote_addr:ip} %{reason=failed to pre-process ph1 packet}%[ (%{detail})%]%[.%]"
            ),
            ("ipsec_failed", "%{reason=identity not found} for peer: %{peer}"),
            ("ipsec_failed", "%{reason=payload missing}: %{detail}"),
            ("ipsec_phase1", "%{verb=respond} new phase 1 (%{mode}): " + peers),
            ("ipsec_phase1", "%{verb=initiate} new phase 1 (%{mode}): " + peers),
            (
                "ipsec_sa",
                "ISAKMP-SA %{verb=established} " + dashedPeers + "%[ spi:%{spi}%]"
            ),
            ("ipsec_sa", "ISAKMP-SA %{verb=deleted} " + dashedPeers + "%[ spi:%{spi}%]"),
            (
                "ipsec_sa",
                "%{verb=new} ike2 SA (%{role}): %[%{peer} %]" + dashedPeers + "%[ spi:%{spi}%]"
            ),
            ("ipsec_sa", "%{verb=killing} ike2 SA: %[%{peer} %]" + dashedPeers + "%[ spi:%{spi}%]"),
            ("ipsec_sa", "peer %{verb=authorized}: %[%{peer} %]" + dashedPeers + "%[ spi:%{spi}%]"),
        ])

    private static let local = "%{local_addr:ip}[%{local_port:number}]"
    private static let remote = "%{remote_addr:ip}[%{remote_port:number}]"
    private static let peers = local + "<=>" + remote
    private static let dashedPeers = local + "-" + remote

    static let ospf = MessageFamily(
        ["ospf"],
        [
            (
                "ospf_neighbor",
                "%{instance} { version: %{version:number} router-id: %{router_id:ip} } %{area_name}"
                    + " { %{area:ip} } interface { %{network_type:word}"
                    + " %{interface_addr:ip}%[%%%{interface}%] } neighbor { router-id:"
                    + " %{neighbor_id:ip} state: %{from_state:word} } state change to %{to_state}"
            ),
            (
                "ospf_dr",
                "%{instance} { version: %{version:number} router-id: %{router_id:ip} } %{area_name}"
                    + " { %{area:ip} } interface { %{network_type:word}"
                    + " %{interface_addr:ip}%[%%%{interface}%] } change DR: %{dr:word} BDR: %{bdr:word}"
            ),
            (
                "ospf_neighbor",
                "OSPFv%{version:number} neighbor %{neighbor_id:ip}: state change from"
                    + " %{from_state:word} to %{to_state}"
            ),
        ])

    static let bgp = MessageFamily(
        ["bgp"], needsTopics: true,
        [
            ("bgp", "TCP connection %{state=established}"),
            ("bgp", "    RemoteAddress=%{neighbor_addr:ip}"),
        ])

    static let vrrp = MessageFamily(
        ["vrrp"], [("vrrp_state", "%{interface} now %{state:word}%[, %{reason}%]")])

    static let dns = MessageFamily(
        ["dns"],
        [
            ("dns_query", "local query: #%{query_id:number} %{qname} %{qtype:word}"),
            (
                "dns_query",
                "query from %{src:endpoint}: #%{query_id:number} %{qname} %{qtype:word}"
            ),
            ("dns_answer", "done query: #%{query_id:number} %{error=dns name does not exist}"),
            ("dns_answer", "done query: #%{query_id:number} %{qname} %{answer}"),
        ])

    static let proxy = MessageFamily(
        ["web-proxy"],
        [
            (
                "web_proxy",
                "%{client_ip:ip} %{method:word} %{url} action=%{action:word}%[ cache=%{cache}%]"
            )
        ])

    static let wireGuard = MessageFamily(
        ["wireguard"],
        [
            (
                "wireguard_handshake",
                "%{interface}: [%{peer}] %{public_key}: Handshake for peer %{result}"
            ),
            ("wireguard_handshake", "%{interface}: [%{peer}] Handshake for peer %{result}"),
        ])
}
