#!/usr/bin/python3
"""Counts what the samples hold and writes expected.json and the table in README.md.

usage: expect.py DIRECTORY

Flow records are counted by a small decoder here, which reads sets and templates and nothing else, and
checked against tshark's own dissector: both must agree on records and sums, or nothing is written.
tshark also strips the link layers and joins the fragments, so that none of this shares code with what
it is going to test.
"""

import gzip
import json
import os
import re
import struct
import subprocess
import sys

SUMMED = {1: "octetDeltaCount", 2: "packetDeltaCount"}
REVERSE = 29305

ABOUT = {
    "netflow-v5-softflowd.pcap": ("NetFlow v5", "softflowd", "Ethernet"),
    "netflow-v9-softflowd.pcapng": ("NetFlow v9", "softflowd", "pcapng, Ethernet, recorded by dumpcap"),
    "ipfix-softflowd.pcap": ("IPFIX", "softflowd", "Linux cooked v1"),
    "ipfix-softflowd-fragments.pcap":
        ("IPFIX", "softflowd -A milli", "Ethernet; IPv4 fragments, MTU 576"),
    "ipfix-softflowd-fragments6.pcap":
        ("IPFIX", "softflowd -A milli -b", "Ethernet; IPv6 fragments, MTU 1280; biflow"),
    "netflow-v5-nfreplay.pcap": ("NetFlow v5", "nfreplay", "Linux cooked v2"),
    "netflow-v9-nfreplay.pcap": ("NetFlow v9", "nfreplay", "raw IP"),
    "netflow-v9-pmacct-vlan.pcap": ("NetFlow v9", "pmacct", "Ethernet; 802.1Q tag 100, added afterwards"),
    "ipfix-pmacct.pcap": ("IPFIX", "pmacct", "Linux cooked v2"),
    "ipfix-routeros-7.pcap": ("IPFIX", "RouterOS 7 layout", "Ethernet, nanosecond pcap"),
    "ipfix-routeros-6.pcap": ("IPFIX", "RouterOS 6.39.2 layout", "raw IP, big-endian pcap"),
    "netflow-v9-datagram.bin": ("NetFlow v9", "softflowd", "one UDP payload, no capture header"),
    "syslog-rfc5424-logger.pcap": ("syslog RFC 5424", "logger", "Linux cooked v2"),
    "syslog-rfc3164-logger.pcap": ("syslog RFC 3164", "logger", "Linux cooked v1"),
    "syslog-rsyslog-forward.pcap":
        ("syslog RFC 3164, ISO time", "rsyslog", "Ethernet; RSYSLOG_ForwardFormat"),
    "syslog-tcp-octet-count.bin":
        ("syslog over TCP", "logger", "payload of three connections; octet counts"),
    "syslog-tcp-lines.bin": ("syslog over TCP", "logger", "payload of two connections; one line each"),
    "syslog-tcp-rsyslog.bin":
        ("syslog over TCP", "rsyslog", "payload of one connection; RFC 5424, octet counts"),
    "routeros-syslog-default.pcap": ("RouterOS log, default format", "RouterOS layout", "Ethernet"),
    "routeros-syslog-bsd.pcap": ("RouterOS log, BSD syslog", "RouterOS layout", "Ethernet"),
    "routeros-syslog-iso.pcap": ("RouterOS log, ISO time, topics", "RouterOS layout", "raw IP"),
    "routeros-syslog-cef.pcap": ("RouterOS log, CEF", "RouterOS layout", "Ethernet"),
    "routeros.log": ("RouterOS log, default format", "RouterOS layout", "text"),
    "syslog.log": ("syslog, both RFCs, vendors and damage", "written by hand", "text"),
    "syslog.log.gz": ("the same, gzip", "written by hand", "text"),
}
LONGEST, TOTAL = 60_000, 400_000


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def version(exporter):
    """The exporter with the version of its Debian package."""
    package = {"softflowd": "softflowd", "nfreplay": "nfdump", "pmacct": "pmacct", "logger": "bsdutils",
               "rsyslog": "rsyslog"}.get(exporter.split()[0])
    if not package:
        return exporter
    number = re.sub(r"^\d+:|[-+].*$", "", output("dpkg-query", "-W", "-f=${Version}", package))
    name, _, options = exporter.partition(" ")
    return f"{name} {number}" + (f" `{options}`" if options else "")


def datagrams(path):
    """(destination port, payload) of every UDP datagram, by tshark."""
    out = []
    for line in output("tshark", "-r", path, "-Y", "udp", "-T", "fields",
                       "-e", "udp.dstport", "-e", "udp.payload").splitlines():
        port, payload = line.split("\t")
        out.append((int(port), bytes.fromhex(payload)))
    return out


class Flows:
    """Counts records by structure alone: version 5 records, sets, templates, lengths."""

    def __init__(self):
        self.templates, self.definitions = {}, 0
        self.records, self.options = 0, 0
        self.sums = {name: 0 for name in SUMMED.values()}
        self.reverse, self.sequences = {}, []

    def datagram(self, data):
        version = struct.unpack_from(">H", data)[0]
        before = self.records + self.options
        if version == 5:
            count, sequence = struct.unpack_from(">H12xI", data, 2)
            assert len(data) == 24 + 48 * count, "length of a v5 datagram"
            for at in range(24, len(data), 48):
                packets, octets = struct.unpack_from(">II", data, at + 16)
                self.records += 1
                self.sums["packetDeltaCount"] += packets
                self.sums["octetDeltaCount"] += octets
            step = count
        elif version == 9:
            sequence, source = struct.unpack_from(">II", data, 12)
            self.sets(data, 20, (0, 1), (version, source))
            step = 1
        else:
            assert version == 10, version
            length, sequence, domain = struct.unpack_from(">H4xII", data, 2)
            assert length == len(data), "length of an IPFIX message"
            self.sets(data, 16, (2, 3), (version, domain))
            step = self.records + self.options - before
        self.sequences.append((sequence, step))

    def sets(self, data, at, template_sets, domain):
        while at + 4 <= len(data):
            number, length = struct.unpack_from(">HH", data, at)
            assert length >= 4 and at + length <= len(data), "length of a set"
            body = data[at + 4 : at + length]
            if number in template_sets:
                self.define(body, domain, options=number == template_sets[1])
            else:
                self.data(body, self.templates[(*domain, number)])
            at += length

    def define(self, body, domain, options):
        version, at = domain[0], 0
        while at + 4 <= len(body):
            number, count = struct.unpack_from(">HH", body, at)
            if number < 256:
                break  # padding
            at += 4
            if options and version == 9:
                scope, rest = count, struct.unpack_from(">H", body, at)[0]
                count, at = (scope + rest) // 4, at + 2
            elif options:
                at += 2
            fields = []
            for _ in range(count):
                element, length = struct.unpack_from(">HH", body, at)
                at, enterprise = at + 4, 0
                if version == 10 and element & 0x8000:
                    enterprise = struct.unpack_from(">I", body, at)[0]
                    element, at = element & 0x7FFF, at + 4
                assert length != 65535, "no sample has variable lengths"
                fields.append((enterprise, element, length))
            self.templates[(*domain, number)] = (options, fields)
            self.definitions += 1

    def data(self, body, template):
        options, fields = template
        size = sum(length for _, _, length in fields)
        for start in range(0, len(body) - size + 1, size):
            if options:
                self.options += 1
                continue
            self.records += 1
            at = start
            for enterprise, element, length in fields:
                value = int.from_bytes(body[at : at + length], "big")
                if enterprise == 0 and element in SUMMED:
                    self.sums[SUMMED[element]] += value
                elif enterprise == REVERSE and element in SUMMED:
                    name = "reverse " + SUMMED[element]
                    self.reverse[name] = self.reverse.get(name, 0) + value
                at += length

    def gaps(self):
        """Datagrams whose sequence number is not the one expected."""
        expected = [sequence + step for sequence, step in self.sequences]
        return sum(1 for a, (b, _) in zip(expected, self.sequences[1:]) if a != b)


def tshark_flows(path):
    """Records and sums of a capture as tshark's cflow dissector sees them."""
    text = output("tshark", "-r", path, "-d", "udp.port==2055,cflow", "-Y", "cflow", "-T", "fields",
                  "-E", "occurrence=a", "-E", "aggregator=/s",
                  "-e", "cflow.srcaddr", "-e", "cflow.srcaddrv6", "-e", "cflow.octets", "-e", "cflow.packets")
    records = octets = packets = 0
    for line in text.splitlines():
        columns = [column.split() for column in line.split("\t")]
        records += len(columns[0]) + len(columns[1])
        octets += sum(map(int, columns[2]))
        packets += sum(map(int, columns[3]))
    return records, octets, packets


def octet_counted(data):
    count = at = 0
    while at < len(data):
        length = re.match(rb"[1-9]\d* ", data[at:])[0]
        at += len(length) + int(length)
        count += 1
    assert at == len(data), "octet counts"
    return count


def frames(path):
    return int(re.search(r"Number of packets: *(\d+)", output("capinfos", "-c", "-M", path))[1])


def expectation(path, name):
    protocol = ABOUT[name][0]
    if name.startswith(("netflow", "ipfix")):
        if name.endswith(".bin"):
            payloads, ports = [open(path, "rb").read()], {2055}
        else:
            sent = datagrams(path)
            payloads, ports = [payload for _, payload in sent], {port for port, _ in sent}
        flows = Flows()
        for payload in payloads:
            flows.datagram(payload)
        if not name.endswith(".bin"):
            # tshark files the reverse direction under the same names.
            ours = (flows.records, *(value + flows.reverse.get(f"reverse {element}", 0)
                                     for element, value in flows.sums.items()))
            theirs = tshark_flows(path)
            assert ours == theirs, f"{name}: counted {ours}, tshark {theirs}"
        out = {"packets": len(payloads), "frames": len(payloads) if name.endswith(".bin") else frames(path),
               "port": ports.pop(), "protocol": protocol, "records": flows.records,
               "optionRecords": flows.options, "templateDefinitions": flows.definitions,
               "templates": {str(key[-1]): len(fields) for key, (_, fields) in sorted(flows.templates.items())},
               "optionTemplates": [key[-1] for key, (options, _) in sorted(flows.templates.items()) if options],
               "sequenceGaps": flows.gaps(), "sums": flows.sums | flows.reverse}
        assert not ports
        return out
    if name.endswith((".pcap", ".pcapng")):
        sent = datagrams(path)
        (port,) = {port for port, _ in sent}
        return {"packets": len(sent), "frames": frames(path), "port": port, "protocol": protocol,
                "messages": len(sent)} | joined(name, sent)
    data = open(path, "rb").read()
    if name.endswith(".bin"):
        counted = name != "syslog-tcp-lines.bin"
        return {"port": 5140, "protocol": protocol, "bytes": len(data),
                "framing": "octet-counting" if counted else "newline",
                "messages": octet_counted(data) if counted else data.count(b"\n")}
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    assert data.endswith(b"\n")
    return {"port": 5141 if name.startswith("routeros") else 5140, "protocol": protocol,
            "messages": data.count(b"\n")}


def joined(name, sent):
    """Records of RouterOS messages without times: those of a dump are one."""
    if name != "routeros-syslog-default.pcap":
        return {}
    rest = sum(line.startswith(b"radius,debug,packet     ") for _, line in sent)
    return {"records": len(sent) - rest}


def table(expected):
    rows = ["| File | Protocol | Exporter | Recorded as | Port | Datagrams | Records |",
            "|---|---|---|---|---|---|---|"]
    for name, counts in expected.items():
        records = counts.get("records", counts.get("messages"))
        if counts.get("optionRecords"):
            records = f"{records} + {counts['optionRecords']} options"
        protocol, exporter, shape = ABOUT[name]
        rows.append(f"| `{name}` | {protocol} | {version(exporter)} | {shape} | {counts['port']} | "
                    f"{counts.get('packets', '–')} | {records} |")
    return "\n".join(rows)


def main():
    directory = sys.argv[1]
    expected, total = {}, 0
    for name in ABOUT:
        path = os.path.join(directory, name)
        size = os.path.getsize(path)
        assert size < LONGEST, f"{name} is {size} bytes"
        total += size
        expected[name] = expectation(path, name)
    assert total < TOTAL, f"{total} bytes in all"
    strangers = set(os.listdir(directory)) - set(ABOUT) - {"README.md", "expected.json"}
    assert not strangers, strangers
    with open(os.path.join(directory, "expected.json"), "w") as out:
        body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(counts)}" for name, counts in expected.items())
        out.write("{\n" + body + "\n}\n")
    readme = os.path.join(directory, "README.md")
    text = open(readme).read()
    begin, end = "<!-- table -->\n", "<!-- /table -->"
    head, tail = text.split(begin)[0], text.split(end)[1]
    with open(readme, "w") as out:
        out.write(head + begin + "\n" + table(expected) + "\n\n" + end + tail)
    print(f"{len(expected)} samples, {total} bytes")


main()
