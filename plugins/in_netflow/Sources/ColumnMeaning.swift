/// What a column of flow records says, in a phrase, for `docs/35-flow-fields.md`.
struct ColumnMeaning: Sendable {
    /// Columns that are about one thing.
    struct Group: Sendable {
        var title: String
        var columns: [ColumnMeaning]
    }

    /// The flat name.
    var column: String
    /// Starts with the unit, if there is one.
    var phrase: String
    /// Where it is from, when not from elements that `ColumnRule` names.
    var origin: String?

    init(_ column: String, _ phrase: String, from origin: String? = nil) {
        self.column = column
        self.phrase = phrase
        self.origin = origin
    }
}

extension ColumnMeaning {
    /// Every column but those of counter samples, in the order of the page.
    static let flows = [
        Group(
            title: "Record and exporter",
            columns: [
                ColumnMeaning(
                    "record_type",
                    "`flow`, `nat_event`, `fw_event`, `options`; of sFlow also `counters`, `discard`",
                    from: "which elements there are"),
                ColumnMeaning(
                    "flow_type",
                    "`netflow_v1`, `netflow_v5`, `netflow_v7`, `netflow_v8`, `netflow_v9`, `ipfix`, "
                        + "`sflow_5`", from: "header"),
                ColumnMeaning("time_received", "when the message came here", from: "our clock"),
                ColumnMeaning(
                    "time_exported", "when the exporter sent the message; the event time",
                    from: "header"),
                ColumnMeaning(
                    "sampler_address", "who metered the flow",
                    from: "sender, or behind a trusted mediator"),
                ColumnMeaning("sampler_name", "the exporter's name", from: "`exporters.name`"),
                ColumnMeaning("peer_address", "who sent the datagram", from: "socket"),
                ColumnMeaning("peer_port", "from which port", from: "socket"),
                ColumnMeaning(
                    "observation_domain_id",
                    "part of the exporter: engine, source id, domain, sub-agent", from: "header"),
                ColumnMeaning(
                    "original_domain_id", "the domain behind a trusted mediator",
                    from: "405 originalObservationDomainId"),
                ColumnMeaning(
                    "template_id", "template of the record; in v8 the aggregation", from: "header"),
                ColumnMeaning(
                    "sequence_num", "number of the message or of its first flow", from: "header"),
                ColumnMeaning("sampler_uptime_ms", "ms; how long the agent has been running"),
            ]),
        Group(
            title: "Times",
            columns: [
                ColumnMeaning("time_flow_start", "first packet of the flow"),
                ColumnMeaning("time_flow_end", "last packet of the flow"),
                ColumnMeaning(
                    "time_source",
                    "how the two came about: `absolute`, `uptime`, `export`, `received`",
                    from: "which elements there are"),
                ColumnMeaning("duration_ms", "ms; from start to end"),
            ]),
        Group(
            title: "Addresses and ports",
            columns: [
                ColumnMeaning("src_addr", "source address"),
                ColumnMeaning("dst_addr", "destination address"),
                ColumnMeaning("src_net", "bits; prefix length of the source"),
                ColumnMeaning("dst_net", "bits; prefix length of the destination"),
                ColumnMeaning("src_port", "source port"),
                ColumnMeaning("dst_port", "destination port"),
                ColumnMeaning("proto", "IANA protocol number"),
                ColumnMeaning("transport", "its name: `tcp`, `udp`, `icmp`, ..."),
                ColumnMeaning(
                    "etype", "EtherType: 2048 IPv4, 34525 IPv6",
                    from: "else the family of the addresses"),
                ColumnMeaning("src_mac", "source MAC address"),
                ColumnMeaning("dst_mac", "destination MAC address"),
                ColumnMeaning("src_vlan", "VLAN at the ingress"),
                ColumnMeaning("dst_vlan", "VLAN at the egress"),
                ColumnMeaning("inner_src_addr", "source address in the tunnel"),
                ColumnMeaning("inner_dst_addr", "destination address in the tunnel"),
                ColumnMeaning("inner_proto", "IANA protocol number in the tunnel"),
                ColumnMeaning("inner_src_port", "source port in the tunnel"),
                ColumnMeaning("inner_dst_port", "destination port in the tunnel"),
            ]),
        Group(
            title: "Counters and sampling",
            columns: [
                ColumnMeaning("bytes", "bytes of layer 3, not multiplied by the sampling rate"),
                ColumnMeaning("packets", "packets, not multiplied"),
                ColumnMeaning("bytes_rev", "bytes of the other direction"),
                ColumnMeaning("packets_rev", "packets of the other direction"),
                ColumnMeaning("bytes_post", "bytes behind the observation point"),
                ColumnMeaning("packets_post", "packets behind the observation point"),
                ColumnMeaning("frame_bytes", "bytes of layer 2; of sFlow of the frame"),
                ColumnMeaning(
                    "counter_kind", "`total` when counters were not deltas",
                    from: "85 octetTotalCount, 86 packetTotalCount"),
                ColumnMeaning(
                    "bytes_l2", "true when `bytes` is of layer 2", from: "352 layer2OctetDeltaCount"
                ),
                ColumnMeaning("sampling_rate", "1-in-N", from: "options data, header, settings"),
                ColumnMeaning(
                    "sampling_source",
                    "who told the rate: `config`, `record`, `options`, `header`, `default`",
                    from: "where the rate is from"),
                ColumnMeaning(
                    "bytes_est", "bytes times sampling_rate", from: "`bytes`, `sampling_rate`"),
                ColumnMeaning(
                    "packets_est", "packets times sampling_rate",
                    from: "`packets`, `sampling_rate`"),
                ColumnMeaning("agent_sampling_rate", "1-in-N as sent, beside a configured rate"),
                ColumnMeaning("sample_sequence_num", "number of the sample of its source"),
                ColumnMeaning("source_id_type", "kind of the data source: 0 interface, 1 VLAN"),
                ColumnMeaning("source_id_index", "index of the data source"),
                ColumnMeaning("sample_pool", "packets that could have been sampled, in all"),
                ColumnMeaning("sample_drops", "samples dropped for want of resources, in all"),
            ]),
        Group(
            title: "Packet headers",
            columns: [
                ColumnMeaning("tcp_flags", "bits of all TCP flags seen"),
                ColumnMeaning("ip_tos", "type of service or traffic class, 8 bits"),
                ColumnMeaning("ip_ttl", "hops; lowest TTL or hop limit"),
                ColumnMeaning("ip_ttl_max", "hops; highest TTL or hop limit"),
                ColumnMeaning("icmp_type", "ICMP or ICMPv6 type"),
                ColumnMeaning("icmp_code", "ICMP or ICMPv6 code"),
                ColumnMeaning("ipv6_flow_label", "IPv6 flow label"),
                ColumnMeaning("fragment_id", "IP identification"),
                ColumnMeaning("fragment_offset", "8-byte units; fragment offset"),
                ColumnMeaning("mpls_label", "labels, from the top of the stack"),
            ]),
        Group(
            title: "Interfaces and routing",
            columns: [
                ColumnMeaning("in_if", "ifIndex of the ingress"),
                ColumnMeaning("out_if", "ifIndex of the egress"),
                ColumnMeaning("in_if_name", "its name", from: "options data"),
                ColumnMeaning("out_if_name", "its name", from: "options data"),
                ColumnMeaning("out_if_count", "interfaces that a packet left by"),
                ColumnMeaning("flow_direction", "`ingress` or `egress`"),
                ColumnMeaning("src_as", "AS of the source"),
                ColumnMeaning("dst_as", "AS of the destination"),
                ColumnMeaning("next_hop", "next router"),
                ColumnMeaning("bgp_next_hop", "next hop of the BGP route"),
                ColumnMeaning("router_as", "AS of the agent"),
                ColumnMeaning("src_peer_as", "AS that the source is reached by"),
                ColumnMeaning("dst_peer_as", "AS that the packet goes to next"),
                ColumnMeaning("as_path", "AS path to the destination; a set is a list in it"),
                ColumnMeaning("bgp_communities", "communities of the route"),
                ColumnMeaning("bgp_local_pref", "local preference of the route"),
                ColumnMeaning("in_vrf", "VRF of the ingress"),
                ColumnMeaning("out_vrf", "VRF of the egress"),
                ColumnMeaning("in_vrf_name", "its name", from: "options data"),
                ColumnMeaning("out_vrf_name", "its name", from: "options data"),
                ColumnMeaning("vrf_name", "name of the VRF, in the record itself"),
                ColumnMeaning("in_vni", "VXLAN network of the ingress"),
                ColumnMeaning("out_vni", "VXLAN network of the egress"),
                ColumnMeaning(
                    "forwarding_status", "bits 7 and 6: 1 forwarded, 2 dropped, 3 consumed; reason"),
                ColumnMeaning("drop_reason", "why the packet was dropped, number of sFlow"),
                ColumnMeaning(
                    "flow_end_reason",
                    "1 idle timeout, 2 active timeout, 3 end of flow, 4 forced, 5 no resources"),
            ]),
        Group(
            title: "Events and translation",
            columns: [
                ColumnMeaning(
                    "nat_event", "natEvent number",
                    from: "else that only a start or an end is told"),
                ColumnMeaning("nat_event_name", "its name: `create`, `delete`, ..."),
                ColumnMeaning("fw_event", "firewallEvent number"),
                ColumnMeaning("fw_event_name", "its name: `created`, `deleted`, `denied`, ..."),
                ColumnMeaning("post_nat_src_addr", "source address after translation"),
                ColumnMeaning("post_nat_dst_addr", "destination address after translation"),
                ColumnMeaning("post_nat_src_port", "source port after translation"),
                ColumnMeaning("post_nat_dst_port", "destination port after translation"),
                ColumnMeaning("port_block_start", "first port of a block"),
                ColumnMeaning("port_block_end", "last port of a block"),
                ColumnMeaning("port_block_step", "distance of the ports of a block"),
                ColumnMeaning("port_block_size", "ports of a block"),
                ColumnMeaning("nat_pool", "pool of addresses: name or number"),
                ColumnMeaning("nat_instance", "instance of the translation"),
            ]),
        Group(
            title: "Users and applications",
            columns: [
                ColumnMeaning("user_name", "user at the source"),
                ColumnMeaning("dst_user_name", "user at the destination"),
                ColumnMeaning("app_id", "application: engine, then selector"),
                ColumnMeaning("app_name", "its name", from: "else options data"),
                ColumnMeaning("url", "requested URL"),
                ColumnMeaning("url_host", "host of the URL"),
            ]),
    ]
}
