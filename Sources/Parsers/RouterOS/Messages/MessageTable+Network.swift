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
            ("interface_error", "%{interface} %{problem=excessive or late collision}, %{detail}"),
            (
                "loop_suspected",
                "%{interface}: %{problem=bridge RX looped packet} - MAC %{src_mac:mac} ->"
                    + " %{dst_mac:mac}%[ VID %{vlan_id:number}%]%[ ETHERTYPE %{ether_type:word}%]"
                    + "%[ %{detail}%]"
            ),
        ])

    static let bridge = MessageFamily(
        ["bridge", "interface"],
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

    /// `ether2:0`: the port and its instance.
    static let spanningTree = MessageFamily(
        ["stp"], needsTopics: true,
        [
            ("stp_port", "%{interface}:%{instance_id:number} becomes %{role}"),
            ("stp_port", "%{interface}:%{instance_id:number} %{state=discarding}"),
            ("stp_port", "%{interface}:%{instance_id:number} %{state=learning}"),
            ("stp_port", "%{interface}:%{instance_id:number} %{state=forwarding}"),
            ("stp_change", "%{interface}:%{instance_id:number} TCHANGE %{state}"),
        ])

    static let ipsec = MessageFamily(
        ["ipsec"],
        [
            (
                "ipsec_failed",
                "%{reason=phase1 negotiation failed due to time up} " + peers + "%[ %{cookies}%]"
            ),
            (
                "ipsec_failed",
                "%{reason=phase1 negotiation failed due to send error}. " + peers
                    + "%[ %{cookies}%]"
            ),
            ("ipsec_failed", "%{remote_addr:ip} %{reason=parsing packet failed}%[, %{detail}%]"),
            (
                "ipsec_failed",
                "%{remote_addr:ip} exchange %{mode}"
                    + " %{reason=not allowed in any applicable rmconf}%[.%]"
            ),
            ("ipsec_failed", "%{remote_addr:ip} %{reason=peer sent packet for dead phase2}%[.%]"),
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
            ("ipsec_failed", "%{reason=identity not found} for %{identity} peer: %{peer}"),
            ("ipsec_failed", "%{role:word} %{reason=can't find identity} for peer: %{peer}"),
            ("ipsec_failed", "%{reason=can't verify peer's certificate}%[ %{detail}%]"),
            ("ipsec_failed", "got fatal error: %{reason}"),
            ("ipsec_failed", "%{reason=EAP failed}%[: %{detail}%]"),
            ("ipsec_failed", "%{reason=no proposal chosen}%[.%]"),
            ("ipsec_failed", "%{reason=payload missing}: %{detail}"),
            ("ipsec_phase1", "%{verb=respond} new phase 1 (%{mode}): " + peers),
            ("ipsec_phase1", "%{verb=initiate} new phase 1 (%{mode}): " + peers),
            (
                "ipsec_sa",
                "ISAKMP-SA %{verb=established} " + dashedPeers + "%[ spi:%{spi}%]"
            ),
            (
                "ipsec_sa",
                "ISAKMP-SA %{verb=deleted} " + dashedPeers
                    + "%[ spi:%{spi:word}%]%[ rekey:%{rekey:number}%]"
            ),
            ("ipsec_sa", "%{verb=purging} ISAKMP-SA " + peers + " spi=%{spi}."),
            (
                "ipsec_address",
                "%{verb=acquired} %{client_ip:ip} address for %{remote_addr:ip}%[, %{peer}%]"
            ),
            ("ipsec_address", "%{verb=releasing} address %{client_ip:ip}"),
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
        ["vrrp"],
        [
            ("vrrp_state", "%{interface} now %{state:word}%[, %{reason}%]"),
            ("vrrp_sync", "%{interface} %{state=starting} CONNTRACK"),
            ("vrrp_sync", "%{interface} %{state=stop} CONNTRACK"),
        ])

    static let dns = MessageFamily(
        ["dns"],
        [
            ("dns_query", "local query: #%{query_id:number} %{qname} %{qtype:word}"),
            (
                "dns_query",
                "query from %{src:endpoint}: #%{query_id:number} %{qname} %{qtype:word}"
            ),
            ("dns_answer", "done query: #%{query_id:number} %{error=dns name does not exist}"),
            ("dns_answer", "done query: #%{query_id:number} %{error=dns server failure}"),
            (
                "dns_answer",
                "done query: #%{query_id:number}"
                    + " %{error=dns name exists, but no appropriate record}"
            ),
            ("dns_answer", "done query: #%{query_id:number} %{error=query timed out}"),
            ("dns_answer", "done query: #%{query_id:number} %{qname} %{answer}"),
            ("dns_failed", "DoH server connection error: %{reason}"),
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
