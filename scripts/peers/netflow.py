"""NetFlow and IPFIX as tshark reads them."""
import calendar
import datetime
import re

from . import tshark

# tshark's names that are not those of IANA without capitals, and our members of `ie`.
MEMBERS = {
    "srcaddr": ["sourceIPv4Address"], "dstaddr": ["destinationIPv4Address"],
    "srcaddrv6": ["sourceIPv6Address"], "dstaddrv6": ["destinationIPv6Address"],
    "srcport": ["sourceTransportPort"], "dstport": ["destinationTransportPort"],
    "protocol": ["protocolIdentifier"], "tos": ["ipClassOfService"],
    "post_tos": ["postIpClassOfService"], "tcpflags": ["tcpControlBits"],
    "inputint": ["ingressInterface"], "outputint": ["egressInterface"],
    "octets": ["octetDeltaCount"], "packets": ["packetDeltaCount"],
    "permanent_octets": ["octetTotalCount"], "permanent_packets": ["packetTotalCount"],
    "post_octets": ["postOctetDeltaCount"], "post_packets": ["postPacketDeltaCount"],
    "nexthop": ["ipNextHopIPv4Address"], "nexthopv6": ["ipNextHopIPv6Address"],
    "bgpnexthop": ["bgpNextHopIPv4Address"], "bgpnexthopv6": ["bgpNextHopIPv6Address"],
    "srcas": ["bgpSourceAsNumber"], "dstas": ["bgpDestinationAsNumber"],
    "srcmask": ["sourceIPv4PrefixLength"], "dstmask": ["destinationIPv4PrefixLength"],
    "srcmaskv6": ["sourceIPv6PrefixLength"], "dstmaskv6": ["destinationIPv6PrefixLength"],
    "ipv6flowlabel": ["flowLabelIPv6"], "length_min": ["minimumIpTotalLength"],
    "length_max": ["maximumIpTotalLength"], "ttl_min": ["minimumTTL"], "ttl_max": ["maximumTTL"],
    "frag_ident": ["fragmentIdentification"], "direction": ["flowDirection"],
    "srcmac": ["sourceMacAddress"], "dstmac": ["destinationMacAddress"],
    "post_srcmac": ["postSourceMacAddress"], "post_dstmac": ["postDestinationMacAddress"],
    "if_name": ["interfaceName"], "if_descr": ["interfaceDescription"], "appl_name": ["applicationName"],
    "flow_exporter": ["exportingProcessId"], "mp_id": ["meteringProcessId"],
    "exporter_addr": ["exporterIPv4Address"], "exporter_addr_v6": ["exporterIPv6Address"],
    "od_id": ["observationDomainId"], "sys_init_time": ["systemInitTimeMilliseconds"],
    "icmp_ipv4_type": ["icmpTypeIPv4"], "icmp_ipv4_code": ["icmpCodeIPv4"],
    "icmp_ipv6_type": ["icmpTypeIPv6"], "icmp_ipv6_code": ["icmpCodeIPv6"],
    "tcp_seq_num": ["tcpSequenceNumber"], "tcp_ack_num": ["tcpAcknowledgementNumber"],
    "tcp_windows_size": ["tcpWindowSize"], "tcp_urg_ptr": ["tcpUrgentPointer"],
    "udp_length": ["udpMessageLength"], "ip_dscp": ["ipDiffServCodePoint"], "ip_header_words": ["ipv4IHL"],
    "ipv4_total_length": ["totalLengthIPv4"], "mpls_label_length": ["mplsLabelStackLength"],
    "routersc": ["ipv4RouterSc"], "scope_system": ["scopeSystem"], "scope_interface": ["scopeInterface"],
    "padding": ["paddingOctets"], "timestart": ["flowStartSysUpTime"], "timeend": ["flowEndSysUpTime"],
    "abstimestart": ["flowStartSeconds", "flowStartMilliseconds", "flowStartMicroseconds",
                     "flowStartNanoseconds"],
    "abstimeend": ["flowEndSeconds", "flowEndMilliseconds", "flowEndMicroseconds", "flowEndNanoseconds"],
    "toplabeltype": ["mplsTopLabelType"], "toplabeladdr": ["mplsTopLabelIPv4Address"],
    "toplabeladdr_v6": ["mplsTopLabelIPv6Address"], "mpls_vpn_rd": ["mplsVpnRouteDistinguisher"],
    "ipv6_exthdr": ["ipv6ExtensionHeaders"], "flowsexp": ["exportedFlowRecordTotalCount"],
    "packetsexp": ["exportedMessageTotalCount"], "octetsexp": ["exportedOctetTotalCount"],
}
FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ece": 64, "cwr": 128, "ns": 256}
LABELS = ["mplsTopLabelStackSection"] + [f"mplsLabelStackSection{number}" for number in range(2, 11)]

# What says how a message is built, not what it says; and what tshark adds.
STRUCTURE = re.compile(
    r"cflow\.(version|count|len|flowset_length|template_.*|option_length|option_scope_length"
    r"|scope_field_type|string_len_.*|sequence_analysis.*|unexpected_sequence_number|reserved"
    r"|sysuptime|unix_secs|unix_nsecs|exporttime|tcpflags\.(reserved|zero))$|_ws\..*|_ws$")


def nanoseconds(text):
    """Of `Nov 23, 2026 18:28:45.000000000 UTC` or RFC 3339."""
    match = re.match(r"(\w+) +(\d+), (\d+) (\d+):(\d+):(\d+)\.(\d+) UTC$", text)
    if match:
        month, day, year, hour, minute, second, fraction = match.groups()
        number = list(calendar.month_abbr).index(month)
        moment = datetime.datetime(int(year), number, int(day), int(hour), int(minute), int(second))
    else:
        moment, fraction = text.rstrip("Z"), "0"
        if "." in moment:
            moment, fraction = moment.split(".")
        moment = datetime.datetime.fromisoformat(moment)
    return calendar.timegm(moment.timetuple()) * 10**9 + int(fraction.ljust(9, "0"))


def our_values(record, names):
    """Our values of some elements, in their order in the record; several of one element are a list."""
    found = []
    wanted = set(names) | {"reverse" + name[0].upper() + name[1:] for name in names}
    for name, value in record.get("ie", {}).items():
        if name in wanted:
            found += value if isinstance(value, list) else [value]
    return found


def messages(capture):
    """The header's values and the flows of each message, as (name, value) pairs."""
    for layer in tshark.layers(capture, "cflow"):
        head, flows = [], []
        for name, value in layer:
            if not isinstance(value, tshark.Fields):
                head.append((name, value))
            elif name.startswith("pdu "):
                flows.append((None, value))
            else:
                number = value.get("cflow.flowset_id")
                flows += [(number, flow) for key, flow in value if re.match(r"Flow \d+$", key)]
        yield head, flows


def comparisons(capture, records):
    """(record number, tshark's field, its value, ours) for every value that tshark gives."""
    members = {}
    for record in records:
        for name in record.get("ie", {}):
            members[name.lower()] = name
    at = 0
    for head, flows in messages(capture):
        for number, flow in flows:
            record = records[at] if at < len(records) else {"ie": {}}
            yield from header(at, head, number, record)
            for name, theirs in tshark.flatten(flow).items():
                yield from field(at, name, theirs, record, members)
            at += 1
    yield at, "records", str(at), len(records)


def header(at, head, number, record):
    head = dict(head)
    yield at, "cflow.version", head["cflow.version"], {
        "netflow_v1": 1, "netflow_v5": 5, "netflow_v7": 7, "netflow_v9": 9, "ipfix": 10,
    }.get(record.get("flow_type"))
    yield at, "cflow.timestamp", head["cflow.timestamp"], record.get("time_exported")
    if "cflow.sequence" in head:
        yield at, "cflow.sequence", head["cflow.sequence"], record.get("sequence_num")
    domain = head.get("cflow.source_id") or head.get("cflow.od_id")
    if domain:
        yield at, "cflow.source_id", domain, record.get("observation_domain_id")
    if "cflow.engine_id" in head:
        engine = int(head["cflow.engine_type"]) << 8 | int(head["cflow.engine_id"])
        yield at, "cflow.engine", str(engine), record.get("observation_domain_id")
    if head.get("cflow.samplerate", "0") != "0":
        yield at, "cflow.samplerate", head["cflow.samplerate"], record.get("sampling_rate")
    if number:
        yield at, "cflow.flowset_id", number, record.get("template_id")


def field(at, name, theirs, record, members):
    base = name.removeprefix("cflow.")
    if STRUCTURE.match(name):
        return
    if base.startswith("tcpflags."):
        bit = FLAGS[base.split(".")[1]]
        ours = [int(flags & bit != 0) for flags in our_values(record, ["tcpControlBits"])]
    elif base.startswith("mpls_") and base[5:] in ("label", "exp", "bos"):
        stack = [int(section, 16) for section in our_values(record, LABELS)]
        shift, mask = {"label": (4, 0xfffff), "exp": (1, 7), "bos": (0, 1)}[base[5:]]
        ours = [section >> shift & mask for section in stack]
    elif base.startswith("appl_id."):
        ours = our_values(record, ["applicationId"])
        ours = [int(one[:2], 16) if "engine" in base else one[2:] for one in ours]
    elif base.startswith("forwarding_status"):
        # The upper two bits are the status, the others the reason.
        whole = our_values(record, ["forwardingStatus"])
        ours = [one >> 6 if base == "forwarding_status" else one & 63 for one in whole]
    elif base.startswith("icmp_ipv"):
        # Numbers of their own, or both in one.
        pairs = our_values(record, ["icmpTypeCodeIPv" + base[8]])
        ours = our_values(record, MEMBERS[base]) + [
            one >> 8 if base.endswith("type") else one & 255 for one in pairs]
    elif base == "timedelta":
        ours = [record.get("duration_ms")] + our_values(record, ["flowDurationMilliseconds"])
    else:
        names = MEMBERS.get(base) or [members.get(base.replace("_", ""), base)]
        ours = our_values(record, names)
    for index in range(max(len(theirs), 1)):
        yield at, name, theirs[index], ours[index] if index < len(ours) else None


def agree(name, theirs, ours):
    """Whether a value of tshark and one of ours mean the same."""
    if ours is None:
        return False
    base = name.removeprefix("cflow.")
    if base in ("timestart", "timeend"):
        return round(float(theirs) * 1000) == ours
    if base == "timedelta":
        return int(float(theirs) * 1000 + 1e-6) == ours
    if theirs.endswith(" UTC"):
        # tshark rounds NTP times up.
        return abs(nanoseconds(theirs) - nanoseconds(ours)) <= 1
    if isinstance(ours, float):
        return abs(float(theirs) - ours) < 1e-9
    if isinstance(ours, int):
        text = theirs.replace(":", "") if re.match(r"([0-9a-f]{2}:)+[0-9a-f]{2}$", theirs) else theirs
        base = 16 if text is not theirs else 0
        try:
            return int(text, base) == ours
        except ValueError:
            return False
    # An IPv4 address in IPv6 is written as IPv4 by us.
    return theirs.removeprefix("::ffff:") == ours or theirs.replace(":", "") == ours
