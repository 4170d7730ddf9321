"""sFlow as tshark reads it."""
from . import tshark

SAMPLE = {
    "sflow.flow_sample.sequence_number": "sample_sequence_num",
    "sflow.counters_sample.sequence_number": "sample_sequence_num",
    "sflow.flow_sample.source_id_class": "source_id_type",
    "sflow.flow_sample.index": "source_id_index",
    "sflow.flow_sample.source_id_type": "source_id_type",
    "sflow.flow_sample.source_id_index": "source_id_index",
    "sflow.counters_sample.source_id_type": "source_id_type",
    "sflow.counters_sample.source_id_class": "source_id_type",
    "sflow.counters_sample.source_id_index": "source_id_index",
    "sflow.flow_sample.sampling_rate": "sampling_rate",
    "sflow.flow_sample.sample_pool": "sample_pool",
    "sflow.flow_sample.dropped_packets": "sample_drops",
    "sflow.flow_sample.input_interface": "in_if",
    "sflow.flow_sample.input_interface_value": "in_if",
    "sflow_245.header.frame_length": "frame_bytes",
    "sflow_245.vlan.in": "src_vlan", "sflow_245.vlan.out": "dst_vlan",
    "sflow_245.nexthop.src_mask": "src_net", "sflow_245.nexthop.dst_mask": "dst_net",
    "sflow_245.as": "router_as", "sflow_245.srcAS": "src_as", "sflow_245.peerAS": "src_peer_as",
    "sflow_245.localpref": "bgp_local_pref",
    "sflow_5.extended_user.source_user": "user_name",
    "sflow_5.extended_user.destination_user": "dst_user_name",
    "sflow_5.extended_url.url": "url", "sflow_5.extended_url.host": "url_host",
    "sflow_245.ethernet.packet_type": "etype",
    "sflow_245.ethernet.source_mac_address": "src_mac",
    "sflow_245.ethernet.destination_mac_address": "dst_mac",
}

COUNTERS = {
    "ifindex": "if_index", "iftype": "if_type", "ifspeed": "if_speed",
    "ifdirection": "if_direction", "ifinoct": "if_in_octets", "ifinpkt": "if_in_ucast_pkts",
    "ifinmcast": "if_in_multicast_pkts", "ifinbcast": "if_in_broadcast_pkts",
    "ifindisc": "if_in_discards", "ifinerr": "if_in_errors", "ifinunk": "if_in_unknown_protos",
    "ifoutoct": "if_out_octets", "ifoutpkt": "if_out_ucast_pkts",
    "ifoutmcast": "if_out_multicast_pkts", "ifoutbcast": "if_out_broadcast_pkts",
    "ifoutdisc": "if_out_discards", "ifouterr": "if_out_errors",
    "ifpromisc": "if_promiscuous_mode", "dot3StatsAlignmentErrors": "dot3_alignment_errors",
    "dot3StatsFCSErrors": "dot3_fcs_errors",
    "dot3StatsSingleCollisionFrames": "dot3_single_collision_frames",
    "dot3StatsMultipleCollisionFrames": "dot3_multiple_collision_frames",
    "dot3StatsSQETestErrors": "dot3_sqe_test_errors",
    "dot3StatsDeferredTransmissions": "dot3_deferred_transmissions",
    "dot3StatsLateCollisions": "dot3_late_collisions",
    "dot3StatsExcessiveCollisions": "dot3_excessive_collisions",
    "dot3StatsInternalMacTransmitErrors": "dot3_internal_mac_transmit_errors",
    "dot3StatsCarrierSenseErrors": "dot3_carrier_sense_errors",
    "dot3StatsFrameTooLongs": "dot3_frame_too_longs",
    "dot3StatsInternalMacReceiveErrors": "dot3_internal_mac_receive_errors",
    "dot3StatsSymbolErrors": "dot3_symbol_errors", "vlan_id": "vlan_id", "octets": "vlan_octets",
    "ucastPkts": "vlan_ucast_pkts", "multicastPkts": "vlan_multicast_pkts",
    "broadcastPkts": "vlan_broadcast_pkts", "discards": "vlan_discards", "cpu_5s": "cpu_5s",
    "cpu_1m": "cpu_1m", "cpu_5m": "cpu_5m", "total_memory": "memory_total",
    "free_memory": "memory_free",
}
SAMPLE |= {f"sflow_245.{name}": column for name, column in COUNTERS.items()}
SAMPLE |= {f"sflow_5.{name}": column for name, column in COUNTERS.items()}
SAMPLE |= {
    "sflow.lag_port.actor_system_id": "lag_actor_system",
    "sflow.lag_port.partner_oper_system_id": "lag_partner_system",
    "sflow.lag_port.attached_agg_id": "lag_attached_index",
    "sflow.lag_port.lacpdus.rx": "lag_pdus_rx", "sflow.lag_port.marker_pdus.rx": "lag_marker_pdus_rx",
    "sflow.lag_port.marker_response_pdus.rx": "lag_marker_response_pdus_rx",
    "sflow.lag_port.unknown.rx": "lag_unknown_rx", "sflow.lag_port.illegal.rx": "lag_illegal_rx",
    "sflow.lag_port.lacpdus.tx": "lag_pdus_tx", "sflow.lag_port.marker_pdus.tx": "lag_marker_pdus_tx",
    "sflow.lag_port.marker_response_pdus.tx": "lag_marker_response_pdus_tx",
}

# What the sampled header has: the outermost counts, of a tunnel too.
HEADER = {
    "eth.dst": "dst_mac", "eth.src": "src_mac", "ip.dsfield": "ip_tos", "ip.len": "bytes",
    "ip.id": "fragment_id", "ip.frag_offset": "fragment_offset", "ip.ttl": "ip_ttl",
    "ip.proto": "proto", "ip.src": "src_addr", "ip.dst": "dst_addr", "ipv6.tclass": "ip_tos",
    "ipv6.flow": "ipv6_flow_label", "ipv6.hlim": "ip_ttl", "ipv6.src": "src_addr",
    "ipv6.dst": "dst_addr", "ipv6.fraghdr.offset": "fragment_offset",
    "ipv6.fraghdr.ident": "fragment_id", "tcp.srcport": "src_port", "tcp.dstport": "dst_port",
    "tcp.flags": "tcp_flags", "udp.srcport": "src_port", "udp.dstport": "dst_port",
    "sctp.srcport": "src_port", "sctp.dstport": "dst_port", "icmp.type": "icmp_type",
    "icmp.code": "icmp_code", "icmpv6.type": "icmp_type", "icmpv6.code": "icmp_code",
}


def number(text):
    try:
        return int(text, 0)
    except (TypeError, ValueError):
        return text


def expectations(fields):
    """Columns with the values that tshark has for them."""
    for source, column in SAMPLE.items():
        if source in fields:
            yield column, fields[source][0]
    has_ip = "ip.src" in fields or "ipv6.src" in fields
    taken = set()
    for source, column in HEADER.items():
        # Of IPv4 in IPv6 and the like, what comes first in the table may be the inner one.
        if source.startswith("ip.") and "ip.dst" not in fields:
            continue  # the header is cut: we leave out what is there of it
        if source[:3] in ("tcp", "udp") and "gre.proto" in fields:
            continue  # of the packet in the tunnel
        if source in fields and column not in taken:
            taken.add(column)
            yield column, fields[source][0]
    if "ipv6.plen" in fields and "ip.len" not in fields:
        yield "bytes", str(int(fields["ipv6.plen"][0]) + 40)
        following = [fields[name][0] for name in ("ipv6.fraghdr.nxt", "ipv6.hopopts.nxt")
                     if name in fields]
        yield "proto", (following or fields["ipv6.nxt"])[0]
    types = fields.get("vlan.etype") or fields.get("eth.type") or fields.get("ieee8021ad.etype")
    if types:
        yield "etype", types[-1]
    for source, prefix in (("ieee8021ad", "dot1q"), ("vlan", "dot1q")):
        if f"{source}.id" in fields:
            is_inner = source == "vlan" and "ieee8021ad.id" in fields
            name = "dot1qCustomer" if is_inner else prefix
            yield f"ie.{name}VlanId", fields[f"{source}.id"][0]
            yield f"ie.{name}Priority", fields[f"{source}.priority"][0]
    if "sflow.flow_sample.output_interface_value" in fields:
        form = (fields.get("sflow.flow_sample.output_interface_format")
                or fields.get("sflow.flow_sample.output_interface.format"))[0]
        column = {"0": "out_if", "1": "drop_reason", "2": "out_if_count"}.get(form)
        if column:
            yield column, fields["sflow.flow_sample.output_interface_value"][0]
    for source, column in (("sflow_245.ifadmin_status", 1), ("sflow_245.ifoper_status", 2)):
        if source in fields:
            yield f"if_status&{column}", str(int(number(fields[source][0])) * column)
    if "sflow.lag_port.state" in fields:
        yield "lag_states", fields["sflow.lag_port.state"][0]
    if not has_ip and "sflow_245.ip.length" in fields:
        yield "bytes", fields["sflow_245.ip.length"][0]
        yield "proto", fields["sflow.ip_protocol"][0]
        if fields["sflow.ip_protocol"][0] in ("6", "17"):
            yield "src_port", fields["sflow_245.ip.source_port"][0]
            yield "dst_port", fields["sflow.ip.destination_port"][0]
        for family in ("ipv4", "ipv6"):
            if f"sflow_245.{family}_src" in fields:
                yield "src_addr", fields[f"sflow_245.{family}_src"][0]
                yield "dst_addr", fields[f"sflow_245.{family}_dst"][0]
    hops = fields.get("sflow_245.nexthop.v6", []) + fields.get("sflow_245.nexthop", [])
    if hops:
        yield "next hops", ",".join(sorted(set(hops)))
    if "mpls.label" in fields:
        yield "mpls_label", ",".join(fields["mpls.label"][:4])
    if "sflow_245.dstASentries" in fields:
        yield "path and communities", ",".join(fields.get("sflow_245.dstAS", []))


def ours(record, column):
    if column.startswith("ie."):
        return record.get("ie", {}).get(column[3:])
    if column.startswith("if_status&"):
        return record["if_status"] & int(column[10:])
    if column == "lag_states":
        names = [f"lag_{side}_{kind}_state" for side in ("actor", "partner")
                 for kind in ("admin", "oper")]
        return int.from_bytes(bytes(record[name] for name in names), "big")
    if column == "next hops":
        return ",".join(sorted({record[name] for name in ("next_hop", "bgp_next_hop")
                                if name in record}))
    if column == "mpls_label":
        return ",".join(str(label) for label in record.get(column, []))
    if column == "path and communities":
        path = [one for part in record["as_path"]
                for one in (part if isinstance(part, list) else [part])]
        return ",".join(str(one) for one in path + record["bgp_communities"])
    return record.get(column)



# Unknown, the internal interface apart, is left out by us.
UNSET = (0, 0xffffffff, 0xffffffffffffffff)

HEAD = (("sflow_245.agent", "sampler_address"), ("sflow_245.agent.v6", "sampler_address"),
        ("sflow_245.sub_agent_id", "observation_domain_id"),
        ("sflow_245.sequence_number", "sequence_num"), ("sflow_245.sysuptime", "sampler_uptime_ms"))


def sample_number(fields):
    return number((fields.get("sflow.flow_sample.sequence_number")
                   or fields.get("sflow.counters_sample.sequence_number"))[0])


def comparisons(capture, records):
    """(record number, our column, tshark's value, ours) for every value that has a column."""
    at = 0
    for datagram in tshark.layers(capture, "sflow", "-o", "ip.defragment:false",
                                  "-o", "ipv6.defragment:false"):
        head = dict(datagram)
        samples = [value for name, value in datagram
                   if isinstance(value, tshark.Fields) and "sample" in name and "seq" in name]
        for sample in samples:
            fields = tshark.flatten(sample)
            wanted = number(head["sflow_245.sequence_number"]), sample_number(fields)
            # tshark gives up on a datagram behind some records that it does not know.
            place = next((index for index in range(at, len(records)) if wanted == (
                records[index]["sequence_num"], records[index].get("sample_sequence_num"))), None)
            if place is None:
                yield at, "samples", str(wanted[1]), None
                continue
            record, at = records[place], place + 1
            for column, text in expectations(fields):
                yield place, column, text, ours(record, column)
            for source, column in HEAD:
                if source in head:
                    yield place, column, head[source], ours(record, column)


def agree(column, theirs, value):
    return str(value) == theirs or number(theirs) == value or value is None and number(theirs) in UNSET
