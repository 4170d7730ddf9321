#!/usr/bin/env python3
"""Compares what `catchment parse` makes of flow captures with their manifests.

    scripts/check-flow-captures.py [DIR] [--binary PATH] [--only SET] [--verbose]

DIR (default: $CATCHMENT_CAPTURES) holds flow/<source>/MANIFEST.json files and the captures they
describe. For every set of NetFlow v5, v9, IPFIX or sFlow the record counts, the sums of the counters
and each sample record are compared. Exits 0 when all agree or there is nothing to compare.

The binary defaults to .build/{release,debug}/catchment. It runs with `ie_all` and `emit_options`,
so that every element of every record can be compared.
"""
import argparse
import csv
import datetime
import ipaddress
import json
import os
import pathlib
import re
import struct
import sys

from peers import ours

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "plugins" / "in_netflow" / "data"

# Sets that cannot agree: which differences, and why.
EXPLAINED = {
    "np-v9-partial": (
        r"0 options records|record 0 is missing",
        "the manifest's decoder takes an options template whose lengths are not multiples of 4; "
        "we refuse it"),
    "gl-v9-1": (
        r"6 data records|sum of",
        "the file holds two packets back to back; the manifest reads them as one"),
    "pn-v9-mixed": (
        r"8 data records", "data stands before its template in one packet; we decode it"),
    "ipfix-netscaler": (
        r"record 0: pen5951_ie158 ",
        "the table calls an element a time that holds a duration; it is shown as a time"),
    "gl-nprobe-4": (
        r"15 data records|sum of|record 1: ",
        "data stands before its template; we hold it and decode it"),
    "cs-flow2": (
        r"3 sflow records",
        "the file goes on behind its datagram with the beginning of the next; we decode it"),
}

# Fields of sFlow samples and their records in manifests, and their columns.
SFLOW_SAMPLE = {
    "sequence": "sample_sequence_num", "sourceIdType": "source_id_type",
    "sourceIdIndex": "source_id_index", "samplingRate": "sampling_rate", "samplePool": "sample_pool",
    "drops": "sample_drops", "dsClass": "source_id_type", "dsIndex": "source_id_index",
    "reason": "drop_reason", "frameLength": "frame_bytes", "dst_mac": "dst_mac",
    "src_mac": "src_mac", "ethertype": "etype", "src_ip": "src_addr", "dst_ip": "dst_addr",
    "protocol": "proto", "ttl": "ip_ttl", "tos": "ip_tos", "src_port": "src_port",
    "dst_port": "dst_port", "tcp_flags": "tcp_flags", "src_vlan": "src_vlan",
    "dst_vlan": "dst_vlan", "src_mask": "src_net", "dst_mask": "dst_net", "as": "router_as",
    "src_as": "src_as", "src_peer_as": "src_peer_as", "communities": "bgp_communities",
    "local_pref": "bgp_local_pref", "ifIndex": "if_index", "ifType": "if_type",
    "ifSpeed": "if_speed", "ifDirection": "if_direction", "ifStatus": "if_status",
    "ifInOctets": "if_in_octets", "ifInUcastPkts": "if_in_ucast_pkts",
    "ifOutOctets": "if_out_octets", "ifOutUcastPkts": "if_out_ucast_pkts",
}

# The columns that elements become, beside their place in `ie`. Zero may be null or give way.
COLUMNS = {
    "octetDeltaCount": "bytes", "packetDeltaCount": "packets",
    "protocolIdentifier": "proto", "tcpControlBits": "tcp_flags", "ipClassOfService": "ip_tos",
    "ingressInterface": "in_if", "egressInterface": "out_if",
    "sourceTransportPort": "src_port", "destinationTransportPort": "dst_port",
    "sourceIPv4Address": "src_addr", "destinationIPv4Address": "dst_addr",
    "sourceIPv6Address": "src_addr", "destinationIPv6Address": "dst_addr",
    "sourceIPv4PrefixLength": "src_net", "destinationIPv4PrefixLength": "dst_net",
    "ipNextHopIPv4Address": "next_hop", "bgpNextHopIPv4Address": "bgp_next_hop",
    "bgpSourceAsNumber": "src_as", "bgpDestinationAsNumber": "dst_as",
    "sourceMacAddress": "src_mac", "vlanId": "src_vlan", "ingressVRFID": "in_vrf",
    "postNATSourceIPv4Address": "post_nat_src_addr",
    "postNATDestinationIPv4Address": "post_nat_dst_addr",
    "postNAPTSourceTransportPort": "post_nat_src_port",
    "flowEndReason": "flow_end_reason", "forwardingStatus": "forwarding_status",
    "samplingInterval": "sampling_rate", "natEvent": "nat_event", "firewallEvent": "fw_event",
}
UNSET = (0, "0.0.0.0", "::", "00:00:00:00:00:00")


def csv_rows(name):
    with open(DATA / name, encoding="utf-8") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def element_names():
    """Manifest names that are not IANA's, as members of `ie`, and all types."""
    vendors = {row["pen"]: row["vendor"] for row in csv_rows("vendors.csv")}
    names, types = {}, {}
    by_number = {}
    for row in csv_rows("ipfix-elements.csv"):
        types[row["name"]] = row["type"]
        names[f"ie{row['id']}"] = row["name"]
        reverse = "reverse" + row["name"][0].upper() + row["name"][1:]
        types[reverse] = row["type"]
    for row in csv_rows("enterprise-elements.csv"):
        pen, number = row["pen"], int(row["id"])
        if pen == "0":
            member = row["vendor"].split()[0].lower().replace("palo", "paloalto") + "." + row["name"]
            names[f"v9field{number}"] = member
        elif pen in vendors:
            member = f"{vendors[pen]}.{row['name']}"
            names[f"pen{pen}_ie{number}"] = member
            by_number[pen, number] = member
            if pen == "9":
                names.setdefault(f"v9field{number + 32768}", member)
            if pen == "35632":
                names[f"v9field{number + 57472}"] = member
            if pen == "6871" and number < 16384:
                reverse = f"{vendors[pen]}.reverse{row['name'][0].upper()}{row['name'][1:]}"
                names.setdefault(f"pen{pen}_ie{number + 16384}", reverse)
                types[reverse] = row["type"]
        else:
            continue
        types[member] = row["type"]
    return names, types


NAMES, TYPES = element_names()


def member(name):
    """The member of `ie` for a manifest's field name, without `#2`."""
    base = name.split("#")[0]
    if base in NAMES:
        return NAMES[base]
    for pattern, made in ((r"pen(\d+)_ie(\d+)$", r"e\1id\2"), (r"v9field(\d+)$", r"v9t\1"),
                          (r"ie(\d+)$", r"e0id\1")):
        if re.match(pattern, base):
            return re.sub(pattern, made, base)
    return base


def nanoseconds(text):
    match = re.match(r"(\d+-\d+-\d+T\d+:\d+:\d+)(?:\.(\d+))?Z$", text)
    moment = datetime.datetime.fromisoformat(match.group(1) + "+00:00")
    return int(moment.timestamp()) * 10**9 + int((match.group(2) or "0").ljust(9, "0"))


def same(expected, got):
    """Whether a value of a manifest and one of ours mean the same."""
    if isinstance(expected, dict) and "ntp_seconds" in expected:
        raw = (expected["ntp_seconds"] << 32 | expected["ntp_fraction"]).to_bytes(8, "big")
        return got is not None and is_moment(raw, got)
    if isinstance(expected, dict):  # octets: hex, and the number they make
        if got is None:
            return set(expected.get("hex", "")) <= {"0"}
        if isinstance(got, dict):  # structured data, which the manifest has as octets
            return True
        if isinstance(got, bool):
            got = 1 if got else 2
        if isinstance(got, int):
            return got == expected.get("uint") or f"{int(got):x}" == expected["hex"].lstrip("0")
        raw = bytes.fromhex(expected["hex"])
        if isinstance(got, float):
            return abs(got - struct.unpack(">f", raw)[0]) < 1e-6 * abs(got) + 1e-9
        return got in (expected["hex"], raw.hex()) or got == raw.rstrip(b"\0").decode(
            "utf-8", "replace") or got.replace(":", "") == expected["hex"] or address(got) == raw \
            or is_moment(raw, got)
    if expected == got:
        return True
    if isinstance(expected, str) and expected.rstrip("\0") == (got or ""):
        return True
    if isinstance(expected, str) and isinstance(got, str):
        if "\0" in got and got.split("\0")[0] == expected:
            return True
        return address(expected) is not None and address(expected) == address(got)
    if isinstance(got, bool):
        return expected in (got, 1 if got else 2)
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return abs(expected - got) <= 1e-6 * abs(expected)
    if isinstance(expected, (int, float)) and isinstance(got, str) and got.endswith("Z"):
        moment = nanoseconds(got)
        return any(abs(moment - expected * scale) < 10**3 for scale in (10**9, 10**6, 10**3, 1)) \
            or is_moment(int(expected).to_bytes(8, "big"), got)
    if isinstance(expected, int) and isinstance(got, str):
        return expected == 0 and set(got) <= {"0"} or f"{expected:x}" == got.lstrip("0")
    return got is None and expected in (0, "", "0.0.0.0", "::", "00:00:00:00:00:00")


def is_moment(raw, text):
    """Whether `raw` read as NTP time is what `text` says."""
    if not text.endswith("Z") or len(raw) != 8:
        return False
    seconds = int.from_bytes(raw[:4], "big") - 2_208_988_800
    fraction = int.from_bytes(raw[4:], "big") * 10**9 >> 32
    return abs(nanoseconds(text) - seconds * 10**9 - fraction) <= 1000


def address(text):
    try:
        made = ipaddress.ip_address(text)
    except ValueError:
        return None
    if made.version == 6 and made.ipv4_mapped:
        made = made.ipv4_mapped
    return made.packed


def occurrence(record, name):
    """Our value for a field of a manifest; `#2` is the second of an array."""
    value = record.get("ie", {}).get(member(name))
    if isinstance(value, list):
        index = int(name.split("#")[1]) - 1 if "#" in name else 0
        return value[index] if index < len(value) else None
    return value


def compare_record(sample, record):
    problems = []
    if (sample["kind"] == "options") != (record["record_type"] == "options"):
        problems.append(f"is {record['record_type']}, not {sample['kind']}")
    if "template" in sample and sample["template"] != record.get("template_id", sample["template"]):
        problems.append(f"template {record.get('template_id')}, not {sample['template']}")
    for name, expected in sample["fields"].items():
        got = occurrence(record, name)
        if not same(expected, got):
            problems.append(f"{name} is {got!r}, not {expected!r}")
        column = COLUMNS.get(name)
        if not column or record["record_type"] == "options" or expected in UNSET:
            continue
        # A tunnel's record has addresses of both families; the column shows the outer one.
        other = name.replace("IPv6", "IPv4") if "IPv6" in name else name.replace("IPv4", "IPv6")
        if other != name and sample["fields"].get(other, "::") not in UNSET:
            continue
        if not same(expected, record.get(column)):
            problems.append(f"column {column} is {record.get(column)!r}, not {expected!r}")
    return problems


def compare_set(entry, records):
    expected = entry["expected"]
    flows = [record for record in records if record["record_type"] != "options"]
    problems = []
    for kind, count, wanted in (
        ("data", len(flows), expected.get("data_records", 0)),
        ("options", len(records) - len(flows), expected.get("options_records", 0)),
    ):
        if count != wanted:
            problems.append(f"{count} {kind} records, not {wanted}")
    for name, wanted in expected.get("sum_over_data_records", {}).items():
        total = 0
        for record in flows:
            value = record.get("ie", {}).get(member(name))
            values = value if isinstance(value, list) else [value]
            total += sum(one for one in values if isinstance(one, int))
        if total != wanted:
            problems.append(f"sum of {name} is {total}, not {wanted}")
    for sample in expected.get("sample_records_index_from_0", []):
        index = sample["index"]
        if index >= len(records):
            problems.append(f"record {index} is missing")
            continue
        problems += [f"record {index}: {text}" for text in compare_record(sample, records[index])]
    return len(flows), len(records) - len(flows), problems


def compare_sample(fields, record):
    """What differs between an sFlow sample of a manifest and our record of it."""
    problems = []

    def check(name, column, expected):
        got = record.get(column)
        unset = got is None and expected in (0, 0xffffffff, 0xffffffffffffffff)
        if not unset and got != expected and not (
                isinstance(expected, str) and same(expected, got)):
            problems.append(f"{name} is {got!r}, not {expected!r}")

    for side in ("input", "output"):
        if side in fields:
            form = fields.get(side + "Format", 0)
            column = {0: "in_if" if side == "input" else "out_if", 1: "drop_reason",
                      2: "out_if_count"}.get(form)
            check(side, column, fields[side])
    for part in [fields] + fields.get("records", []):
        for name, expected in part.items():
            if name in SFLOW_SAMPLE:
                check(name, SFLOW_SAMPLE[name], expected)
        kind = part.get("type")
        if kind == "extended_router":
            check("next_hop", "next_hop", part["next_hop"])
        if kind == "extended_gateway":
            check("next_hop", "bgp_next_hop", part["next_hop"])
            path = []
            for segment in part["as_path"]:
                path += [segment["as"]] if segment["type"] == 1 else segment["as"]
            check("as_path", "as_path", path)
        if part.get("vlans") and "extended_switch" not in [
                one.get("type") for one in fields["records"]]:
            check("vlans", "src_vlan", part["vlans"][0])
    return problems


def compare_sflow(entry, records):
    expected = entry["expected"]
    samples = [record for record in records if record["flow_type"] == "sflow_5"]
    wanted = sum(expected.get("samples", {}).values())
    problems = []
    if len(samples) != wanted:
        problems.append(f"{len(samples)} sflow records, not {wanted}")
    head = expected.get("first_header")
    if head and samples:
        for name, column in (("agent", "sampler_address"), ("subAgent", "observation_domain_id"),
                             ("sequence", "sequence_num"), ("uptimeMs", "sampler_uptime_ms")):
            if samples[0][column] != head[name]:
                problems.append(f"{column} is {samples[0][column]!r}, not {head[name]!r}")
    for sample in expected.get("sample_records_index_from_0", []):
        index = sample["index"]
        if index >= len(records):
            problems.append(f"record {index} is missing")
            continue
        record = records[index]
        found = compare_sample(sample["fields"], record) if record["flow_type"] == "sflow_5" \
            else compare_record(sample, record)
        problems += [f"record {index}: {text}" for text in found]
    return len(samples), 0, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", nargs="?", default=os.environ.get("CATCHMENT_CAPTURES"))
    parser.add_argument("--binary")
    parser.add_argument("--only")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if not options.directory or not pathlib.Path(options.directory).is_dir():
        print("no captures: give a directory or set CATCHMENT_CAPTURES")
        return 0
    return check(options, ours.find_binary(options.binary))


def check(options, binary):
    rows, bad = [], 0
    for manifest in sorted(pathlib.Path(options.directory).glob("**/MANIFEST.json")):
        for entry in json.loads(manifest.read_text()).get("sets", []):
            protocol = entry.get("protocol", "")
            if not re.search(r"NetFlow v5|NetFlow v9|IPFIX|sFlow", protocol):
                continue
            if options.only and entry["id"] != options.only:
                continue
            files = [manifest.parent / file["name"] for file in entry["files_in_feeding_order"]]
            status, records = ours.decode(binary, files)
            compare = compare_sflow if "sFlow" in protocol else compare_set
            flows, others, problems = compare(entry, records)
            if status < 0:
                problems.insert(0, f"killed by signal {-status}")
            state = "agrees"
            pattern, reason = EXPLAINED.get(entry["id"], (None, None))
            if problems:
                covered = pattern and all(re.match(pattern, text) for text in problems)
                state = "explained" if covered else "DIFFERS"
            bad += state == "DIFFERS"
            rows.append((entry["id"], protocol, flows, others,
                         len(entry["expected"].get("sample_records_index_from_0", [])), state))
            notes = problems if state == "DIFFERS" else []
            if state == "explained":
                notes = [reason]
            rows += [("", "", "", "", "", note) for note in
                     (notes if options.verbose else notes[:6])]
    width = max((len(row[0]) for row in rows), default=3)
    print(f"{'set':{width}}  {'protocol':16}  {'flows':>6} {'options':>7} {'samples':>7}  result")
    for name, protocol, flows, others, samples, state in rows:
        print(f"{name:{width}}  {protocol:16.16}  {flows:>6} {others:>7} {samples:>7}  {state}")
    total = sum(1 for row in rows if row[0])
    print(f"{total - bad} of {total} sets agree or are explained")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
