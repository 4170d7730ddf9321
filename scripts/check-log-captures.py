#!/usr/bin/env python3
"""Compares what `catchment parse` reads from log captures with their manifests.

Usage: check-log-captures.py [-v] [DIR]

DIR (default: $CATCHMENT_CAPTURES) holds syslog/*/MANIFEST.json and routeros/MANIFEST.json. The
program is $CATCHMENT or .build/debug/catchment. Prints what differs by capture, and a table of all
values by the kind of their lines. Exit status: 0 when everything that is not listed as a known
difference agrees, or when there are no captures; 1 otherwise.
"""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("CATCHMENT", str(ROOT / ".build/debug/catchment"))

# What differs on purpose: (capture, line or None, field), and why.
KNOWN = {
    ("splunk-connect-for-syslog", 62, "hostname"): "Ubiquiti: the name ends at the first comma",
    ("splunk-connect-for-syslog", 63, "hostname"): "Ubiquiti: the name ends at the first comma",
    ("tcpdump", 1, "message"): "a NUL at the end of a datagram is no content",
    ("routeros-default.log", None, "action_prefix"):
        "a prefix cannot be told from text unless message_prefix names it",
    ("routeros-syslog.log", None, "action_prefix"):
        "a prefix cannot be told from text unless message_prefix names it",
    ("routeros-print.log", None, "action_prefix"):
        "a prefix cannot be told from text unless message_prefix names it",
}
# Reasons of differences that hold for any line of their kind.
TAG_SEVERITY = "the severity of a vendor's tag goes before that of the PRI"
LOOSE_TIME = "a colon or a mark at the time is accepted"
OWN_FORM = {"cisco", "cef", "leef", "kv", "json", "routeros", "raw"}
FORMATS = {"rfc3164": {"rfc3164"}, "rfc5424": {"rfc5424"}, "other": OWN_FORM}
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
        # By kind of line: lines, values that agree, that differ on purpose, and that do not.
        self.families, self.family = {}, None

    def begin(self, family):
        self.family = self.families.setdefault(family, [0, 0, 0, 0])
        self.family[0] += 1

    def count(self, column):
        if self.family:
            self.family[column] += 1

    def compare(self, line, field, expected, actual, reason=None):
        if (expected or None) == (actual or None):
            self.agree += 1
            self.count(1)
            return
        reason = (KNOWN.get((self.name, line, field)) or KNOWN.get((self.name, None, field))
                  or reason)
        if reason:
            self.known[reason] = self.known.get(reason, 0) + 1
            self.count(2)
        else:
            self.bad.append((line, field, expected, actual))
            self.count(3)

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


def print_families(tallies):
    total = {}
    for tally in tallies:
        for family, counts in tally.families.items():
            sums = total.setdefault(family, [0, 0, 0, 0])
            for column in range(4):
                sums[column] += counts[column]
    rows = [("family", "lines", "values", "agree", "on purpose", "differ")]
    for family, (lines, agree, known, bad) in sorted(total.items()):
        rows.append((family, lines, agree + known + bad, agree, known, bad))
    print()
    for row in rows:
        print(f"{row[0]:28}" + "".join(f"{cell:>12}" for cell in row[1:]))


def family_of(what):
    """`tests/test_cisco_ios.py #1` is of the family `cisco ios`."""
    found = re.search(r"test_([a-z0-9_]+?)(?:_rfc\d+)?\.py", what or "")
    return found.group(1).replace("_", " ") if found else None


IMPORTANCE = {"critical", "error", "warning", "info", "debug", "packet", "raw", "event"}


def topic_of(expected):
    """What a RouterOS line is about: its first topic that does not tell the importance."""
    if "firewall" in expected:
        return "routeros firewall"
    topics = [topic for topic in expected.get("topics") or [] if topic not in IMPORTANCE]
    return f"routeros {topics[0]}" if topics else "routeros without topics"


# What a timestamp in a header says: month by name, or ISO 8601.
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
BSD = re.compile(r"(?:(\d{4}) +)?([A-Za-z]{3}) +(\d+) (?:(\d{4}) )?(\d\d:\d\d:\d\d)(\.\d+)?")
ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):?(\d\d))?$")


def clock_parts(text):
    """Date and time of day of a timestamp, the fraction's digits, and whether it has a year.

    An offset is taken off; zones by name are not looked at.
    """
    if found := ISO.match(text):
        year, month, day, clock, fraction, sign, hours, minutes = found.groups()
        moment = datetime.datetime.fromisoformat(f"{year}-{month}-{day}T{clock}")
        if sign:
            offset = datetime.timedelta(hours=int(hours), minutes=int(minutes))
            moment += offset if sign == "-" else -offset
        return moment, (fraction or "")[1:].rstrip("0"), True
    if found := BSD.match(text):
        first, month, day, second, clock, fraction = found.groups()
        year = first or second
        number = MONTHS.index(month.lower()) + 1
        hour, minute, seconds = map(int, clock.split(":"))
        moment = datetime.datetime(int(year or 2024), number, int(day), hour, minute, seconds)
        return moment, (fraction or "")[1:].rstrip("0"), bool(year)
    return None


def check_time(tally, line, field, text, record, raw):
    """Compares a timestamp with the record's time; a zone's name may move it by whole hours."""
    wanted = clock_parts(text or "")
    actual = record.get("time_device") or record.get("time")
    if not wanted or not actual:
        return tally.compare(line, field, text, actual)
    found = clock_parts(actual)
    moment, fraction, has_year = wanted
    if not has_year:
        moment = moment.replace(year=found[0].year)
    rest = raw[raw.find(text) + len(text):] if text in raw else ""
    if re.match(r" [A-Z]{2,5}:", rest):
        moment = moment.replace(hour=0, day=1)
        found = (found[0].replace(hour=0, day=1), found[1], found[2])
    tally.compare(line, field, (str(moment), fraction), (str(found[0]), found[1]))


def check_cisco(tally, line, expected, record):
    tally.compare(line, "cisco.vendor", "Cisco", record.get("vendor"))
    tally.compare(line, "cisco.facility", expected["facility"], record.get("vendor_facility"))
    tally.compare(line, "cisco.severity", expected["severity"], record.get("severity"))
    tally.compare(line, "cisco.mnemonic", expected["mnemonic"], record.get("msg_id"))


def check_name(tally, line, name, record, raw):
    """The name of a device is the hostname, where it stands in front of the text, or a pair."""
    text = record.get("message", "")
    head = raw[:len(raw) - len(text)] if text and raw.endswith(text) else raw
    pairs = record.get("fields") or {}
    if re.search(rf"(?<![\w.-]){re.escape(name)}(?=[ :,])", head):
        tally.compare(line, "device_name_in_text", name, record.get("hostname"))
    elif "devname" in pairs:
        tally.compare(line, "device_name_in_text", name, pairs["devname"])
    else:
        # It is a word of the text; the text must still have it.
        tally.compare(line, "device_name_in_text", True, name in text or name in head)


def check_syslog(tally, line, expected, record, raw=""):
    has_tag = record.get("vendor_facility") is not None
    for field, value in expected.items():
        if field in ("pri", "version", "bom", "note", "peer_differs"):
            continue
        if field == "form":
            wanted = FORMATS[value]
            actual = record.get("format")
            tally.compare(
                line, field, True, actual in wanted or f"format {actual} for {value}",
                LOOSE_TIME if re.match(r"<\d+> *[*.]?\w{3} +[\d: .]+(\w+)?:", raw) else None)
        elif field == "severity":
            tally.compare(
                line, field, value, record.get(field), TAG_SEVERITY if has_tag else None)
        elif field == "cisco":
            check_cisco(tally, line, value, record)
        elif field in ("device_time_text", "timestamp_text"):
            if value is not None:
                check_time(tally, line, field, value, record, raw)
        elif field == "device_name_in_text":
            check_name(tally, line, value, record, raw)
        elif field == "key_values":
            pairs = record.get("fields") or {}
            tally.compare(line, "body_format", "kv" if value else None, record.get("body_format"))
            for key, text in value.items():
                tally.compare(line, f"key_values.{key}", text, pairs.get(key))
        elif field == "timestamp_unix_ns":
            seconds, rest = divmod(value, 10**9)
            moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
            text = moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{rest:09}" if rest else "") + "Z"
            check_time(tally, line, field, text, record, raw)
        elif field in ("facility", "hostname", "app_name", "proc_id", "msg_id", "message",
                       "structured_data"):
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


def check_routeros(tally, line, expected, record, raw=""):
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
    lines = path.read_bytes().decode(errors="replace").split("\n")
    if len(records) != len(entry["line_entries"]):
        tally.bad.append((0, "records", len(entry["line_entries"]), len(records)))
        return
    for item, record in zip(entry["line_entries"], records):
        family = topic_of(item["expected"]) if kind == "routeros" else path.parent.name
        tally.begin(family_of(item.get("what")) or family)
        check(tally, item["line"], item["expected"], record, lines[item["line"] - 1])


def check_syslog_folder(folder):
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    tally = Tally(folder.name)
    for entry in manifest["files"]:
        path = folder / entry["name"]
        if "line_entries" in entry:
            check_lines(tally, entry, "syslog", path, check_syslog)
        elif path.suffix == ".pcap":
            records = parse("syslog", path)
            tally.begin(folder.name)
            tally.compare(0, "records", entry["expected"]["udp_syslog_datagrams"], len(records))
            check_syslog(tally, 1, entry["expected"]["first"], records[0])
            check_syslog(tally, len(records), entry["expected"]["last"], records[-1])
        elif "UDP" in entry["kind"] and isinstance(entry["expected"].get("messages"), list):
            records = parse("syslog", path)
            for index, message in enumerate(entry["expected"]["messages"]):
                if index < len(records) and isinstance(message, dict):
                    tally.begin(folder.name)
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
    print_families(tallies)
    return 1 if any(tally.bad for tally in tallies) else 0


sys.exit(main())
