#!/usr/bin/env python3
"""Compares what `catchment parse` reads from log captures with their manifests.

Usage: check-log-captures.py [-v] [DIR]

DIR (default: $CATCHMENT_CAPTURES) holds syslog/*/MANIFEST.json and routeros/MANIFEST.json. The
program is $CATCHMENT or .build/debug/catchment. Exit status: 0 when everything that is not listed
as a known difference agrees, or when there are no captures; 1 otherwise.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("CATCHMENT", str(ROOT / ".build/debug/catchment"))

# What differs on purpose: (capture, line or None, field), and why.
KNOWN = {
    ("splunk-connect-for-syslog", 62, "hostname"): "Ubiquiti: the name ends at the first comma",
    ("splunk-connect-for-syslog", 63, "hostname"): "Ubiquiti: the name ends at the first comma",
    ("splunk-connect-for-syslog", 15, "form"): "a colon behind the time is accepted",
    ("splunk-connect-for-syslog", 40, "form"): "a colon behind the time is accepted",
    ("tcpdump", 1, "message"): "a NUL at the end of a datagram is no content",
    ("routeros-default.log", None, "action_prefix"):
        "a prefix cannot be told from text unless message_prefix names it",
    ("routeros-syslog.log", None, "action_prefix"):
        "a prefix cannot be told from text unless message_prefix names it",
    ("routeros-print.log", None, "action_prefix"):
        "a prefix cannot be told from text unless message_prefix names it",
}
# Bodies that are later work.
NOT_COVERED = {"cisco", "device_name_in_text", "device_time_text", "key_values"}
FORMATS = {"rfc3164": "rfc3164", "rfc5424": "rfc5424", "other": "raw"}
FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}


def parse(kind, path):
    result = subprocess.run(
        [PROGRAM, "parse", "--as", kind, "--format", "json", str(path)],
        capture_output=True, timeout=60)
    if result.returncode != 0:
        sys.exit(f"{PROGRAM} parse {path}: {result.stderr.decode(errors='replace')}")
    return [json.loads(line) for line in result.stdout.splitlines()]


class Tally:
    def __init__(self, name):
        self.name, self.agree, self.known, self.uncovered, self.bad = name, 0, {}, {}, []

    def compare(self, line, field, expected, actual):
        if (expected or None) == (actual or None):
            self.agree += 1
            return
        reason = KNOWN.get((self.name, line, field)) or KNOWN.get((self.name, None, field))
        if reason:
            self.known[reason] = self.known.get(reason, 0) + 1
        else:
            self.bad.append((line, field, expected, actual))

    def skip(self, field):
        self.uncovered[field] = self.uncovered.get(field, 0) + 1

    def report(self, verbose):
        total = self.agree + len(self.bad) + sum(self.known.values())
        print(f"{self.name}: {self.agree} of {total} values agree")
        for reason, count in sorted(self.known.items()):
            print(f"  {count} differ: {reason}")
        for field, count in sorted(self.uncovered.items()) if verbose else []:
            print(f"  {count} not covered: {field}")
        for line, field, expected, actual in self.bad:
            print(f"  line {line}: {field} is {actual!r}, expected {expected!r}")


def check_syslog(tally, line, expected, record):
    for field, value in expected.items():
        if field in ("pri", "version", "bom", "note", "peer_differs", "timestamp_text"):
            continue
        if field in NOT_COVERED:
            tally.skip(field)
        elif field == "form":
            tally.compare(line, field, FORMATS[value], record.get("format"))
        elif field in ("facility", "severity", "hostname", "app_name", "proc_id", "msg_id",
                       "message", "structured_data"):
            tally.compare(line, field, value, record.get(field))
        else:
            tally.skip(field)


FIREWALL = {
    "prefix": "rule_prefix", "chain": "chain", "in_interface": "in_if_name",
    "out_interface": "out_if_name", "connection_state": "connection_state",
    "connection_mark": "connection_mark", "src_ip": "src_addr", "dst_ip": "dst_addr",
    "src_port": "src_port", "dst_port": "dst_port", "nat_src_ip": "post_nat_src_addr",
    "nat_src_port": "post_nat_src_port", "nat_dst_ip": "orig_dst_addr",
    "nat_dst_port": "orig_dst_port", "length": "packet_length", "icmp_type": "icmp_type",
    "icmp_code": "icmp_code",
}


def check_firewall(tally, line, expected, record):
    for field, value in expected.items():
        if field == "protocol":
            tally.compare(line, field, value.lower(), record.get("transport"))
        elif field == "src_mac":
            tally.compare(line, field, value.lower(), record.get("src_mac"))
        elif field == "tcp_flags":
            tally.compare(line, field, sum(FLAGS[f] for f in value), record.get("tcp_flags"))
        elif field in FIREWALL:
            tally.compare(line, field, value, record.get(FIREWALL[field]))
        else:
            tally.skip("firewall." + field)


def check_login(tally, line, event, expected, record):
    tally.compare(line, "event", event, record.get("event"))
    tally.compare(line, "user", expected.get("user"), record.get("user_name"))
    address = record.get("src_addr") or record.get("src_mac")
    tally.compare(line, "address", (expected.get("address") or "").lower(), address)
    tally.compare(line, "via", expected.get("via"), record.get("service"))


def lease(expected):
    return "dhcp_" + expected["what"], {
        "server": expected["server"], "client_ip": expected["address"],
        "client_mac": expected["mac"].lower(), "client_name": expected.get("name")}


def failed_offer(expected):
    return "dhcp_failed", {
        "server": expected["server"], "client_ip": expected["address"],
        "client_mac": expected["mac"].lower()}


def ppp_session(expected):
    state = expected["what"].rstrip(".")
    return "ppp_" + state, {
        "interface": f"<{expected['session']}>", "state": state, "reason": expected.get("reason")}


def wireless(expected):
    event = {"connected": "wifi_connect", "disconnected": "wifi_disconnect",
             "reassociating": "wifi_reassociate"}[expected["what"]]
    reason, _, signal = expected.get("reason", "").rpartition("signal strength ")
    if not signal.lstrip("-").isdigit():
        reason, signal = expected.get("reason"), None
    return event, {
        "mac": expected["mac"].lower(), "interface": expected["interface"],
        "reason": reason and reason.rstrip(", "), "signal_dbm": signal and int(signal)}


def link(expected):
    speed = expected.get("speed")
    factor = {"K": 10**3, "M": 10**6, "G": 10**9}
    return "link_" + expected["state"], {
        "interface": expected["interface"],
        "speed_bps": speed and int(float(speed[:-1]) * factor[speed[-1]]),
        "duplex": (expected.get("duplex") or "").removesuffix(" duplex")}


def phase1(expected):
    values = {"mode": expected["mode"]}
    for side in ("local", "remote"):
        address, port = expected[side].rstrip("]").split("[")
        values[side + "_addr"], values[side + "_port"] = address, int(port)
    return "ipsec_phase1", values


# How the bodies of other families become an event and its fields.
FAMILIES = {
    "dhcp_lease": lease, "dhcp_offer_failed": failed_offer, "ppp_session": ppp_session,
    "wireless": wireless, "link": link, "ipsec_phase1_start": phase1,
}


def check_routeros(tally, line, expected, record):
    prefix = expected.get("action_prefix")
    for field, value in expected.items():
        if field == "message":
            actual = record.get("message")
            # Where the prefix is not known it stays in the text.
            if prefix and actual == f"{prefix}: {value}":
                actual = value
            tally.compare(line, field, value, actual)
        elif field == "severity_from_topics":
            tally.compare(line, field, value, record.get("severity"))
        elif field == "severity":
            if "severity_from_topics" not in expected:
                tally.compare(line, field, value, record.get("severity"))
        elif field in ("facility", "hostname", "topics"):
            tally.compare(line, field, value, record.get(field))
        elif field == "action_prefix":
            tally.compare(line, field, value, record.get("message_prefix"))
        elif field == "firewall":
            check_firewall(tally, line, value, record)
        elif field == "login_failure":
            check_login(tally, line, "login_failed", value, record)
        elif field in FAMILIES:
            event, values = FAMILIES[field](value)
            tally.compare(line, "event", event, record.get("event"))
            for name, wanted in values.items():
                tally.compare(line, name, wanted, record.get(name))
        elif field in ("login", "logout"):
            check_login(tally, line, field, value, record)
        elif field == "cef":
            tally.compare(line, "cef.product", value["product"], record.get("product"))
            tally.compare(
                line, "cef.version", value["device_version"], record.get("product_version"))
            pairs = dict(value["extension"])
            pairs.pop("msg", None)
            tally.compare(line, "cef.extension", pairs, record.get("fields"))
        elif field not in ("pri", "timestamp_text", "terminator_present", "note"):
            tally.skip(field)


def check_lines(tally, entry, kind, path, check):
    records = parse(kind, path)
    if len(records) != len(entry["line_entries"]):
        tally.bad.append((0, "records", len(entry["line_entries"]), len(records)))
        return
    for item, record in zip(entry["line_entries"], records):
        check(tally, item["line"], item["expected"], record)


def check_syslog_folder(folder):
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    tally = Tally(folder.name)
    for entry in manifest["files"]:
        path = folder / entry["name"]
        if "line_entries" in entry:
            check_lines(tally, entry, "syslog", path, check_syslog)
        elif path.suffix == ".pcap":
            records = parse("syslog", path)
            tally.compare(0, "records", entry["expected"]["udp_syslog_datagrams"], len(records))
            check_syslog(tally, 1, entry["expected"]["first"], records[0])
            check_syslog(tally, len(records), entry["expected"]["last"], records[-1])
        elif "UDP" in entry["kind"] and isinstance(entry["expected"].get("messages"), list):
            records = parse("syslog", path)
            for index, message in enumerate(entry["expected"]["messages"]):
                if index < len(records) and isinstance(message, dict):
                    check_syslog(tally, entry["name"], message, records[index])
        else:
            # TCP framing is not what `parse` does; see FramerTests.
            tally.skip("stream " + entry["name"])
    return tally


def check_routeros_folder(folder):
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    for entry in manifest["files"]:
        tally = Tally(entry["name"])
        if entry["name"] == "routeros-stream.log":
            tally.skip("no separator")
        else:
            check_lines(tally, entry, "routeros", folder / entry["name"], check_routeros)
        yield tally


def main():
    arguments = [a for a in sys.argv[1:] if a != "-v"]
    verbose = "-v" in sys.argv[1:]
    directory = arguments[0] if arguments else os.environ.get("CATCHMENT_CAPTURES", "")
    base = pathlib.Path(directory)
    if not directory or not (base / "syslog").is_dir():
        print("no captures: give a folder or set CATCHMENT_CAPTURES")
        return 0
    folders = sorted(p.parent for p in (base / "syslog").glob("*/MANIFEST.json"))
    tallies = [check_syslog_folder(folder) for folder in folders]
    if (base / "routeros/MANIFEST.json").is_file():
        tallies += check_routeros_folder(base / "routeros")
    for tally in tallies:
        tally.report(verbose)
    return 1 if any(tally.bad for tally in tallies) else 0


sys.exit(main())
