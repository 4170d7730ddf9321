#!/usr/bin/python3
"""Writes captures of what RouterOS routers send: Traffic Flow IPFIX and remote logging.

usage: routeros.py DIRECTORY

Synthesised, because no router runs here: the templates are those observed from RouterOS 6.39.2 and
7, and the log lines keep their shapes (routeros_lines.py).
"""

import ipaddress
import random
import struct
import sys
import time

from scapy.all import IP, UDP, Ether, Raw
from scapy.utils import PcapWriter

import routeros_lines

# (information element, length) in the order of the wire.
V6_IPV4 = [(60, 1), (22, 4), (21, 4), (2, 4), (1, 4), (7, 2), (11, 2), (10, 4), (14, 4), (4, 1), (6, 1),
           (8, 4), (12, 4), (15, 4), (225, 4), (226, 4)]
V6_IPV6 = V6_IPV4[:11] + [(27, 16), (28, 16), (62, 16)]
V7_HEAD = [(60, 1), (22, 4), (21, 4), (160, 8), (2, 8), (1, 8), (7, 2), (11, 2), (10, 4), (14, 4), (4, 1),
           (5, 1), (6, 1), (57, 6), (80, 6), (81, 6), (56, 6)]
V7_MIDDLE = [(192, 1), (206, 1), (189, 1), (224, 8), (205, 2), (184, 4), (185, 4), (186, 2), (33, 1)]
V7_IPV4 = (V7_HEAD + [(8, 4), (12, 4), (15, 4), (9, 1), (13, 1)] + V7_MIDDLE
           + [(176, 1), (177, 1), (225, 4), (226, 4), (227, 2), (228, 2)])
V7_IPV6 = (V7_HEAD + [(27, 16), (28, 16), (62, 16), (29, 1), (30, 1)] + V7_MIDDLE
           + [(178, 1), (179, 1), (31, 4)])

assert sum(length for _, length in V6_IPV4) == 51 and sum(length for _, length in V6_IPV6) == 79
assert len(V7_IPV4) == 37 and sum(length for _, length in V7_IPV4) == 124
assert len(V7_IPV6) == 34 and sum(length for _, length in V7_IPV6) == 152

UPTIME = 1_234_567_890  # ms: a router that has run for two weeks
PUBLIC = "198.51.100.200"


def address(text):
    return int(ipaddress.ip_address(text))


def flows(rng, count):
    """Pairs of flows, upload and download, of subscribers behind one public address."""
    out = []
    while len(out) < count:
        six = rng.random() < 0.25
        transport = rng.choices([6, 17, 58 if six else 1], [6, 4, 1])[0]
        ports = transport in (6, 17)
        subscriber = f"2001:db8:64::{rng.randrange(1, 99):x}" if six else f"100.64.0.{rng.randrange(2, 250)}"
        server = f"2001:db8:9::{rng.randrange(1, 9):x}" if six else f"203.0.113.{rng.randrange(1, 250)}"
        local, remote = (rng.randrange(1024, 65000), rng.choice([53, 80, 443, 443])) if ports else (0, 0)
        end = UPTIME - rng.randrange(1_000, 16_000)
        start = end - rng.randrange(0, 45_000)
        for upload in (True, False):
            packets = rng.randrange(1, 900)
            octets = packets * rng.randrange(52, 300 if upload else 1400)
            icmp = ((128 if upload else 129) if six else (8 if upload else 0), 0)
            row = {
                60: 6 if six else 4, 22: start, 21: end, 160: 0, 2: packets, 1: octets,
                7: local if upload else remote, 11: remote if upload else local,
                10: 9 if upload else 2, 14: 2 if upload else 9, 4: transport, 5: 0,
                6: rng.choice([0x1B, 0x1A, 0x02]) if transport == 6 else 0,
                57: 0x00005E005301, 80: 0x00005E005301, 81: 0x00005E005371, 56: 0x00005E005371,
                9: 0, 13: 0, 29: 0, 30: 0, 192: 63 if upload else 57, 206: 0, 189: 40 if six else 20,
                224: octets, 205: octets // packets - 20 if transport == 17 else 0,
                184: rng.getrandbits(32) if transport == 6 else 0,
                185: rng.getrandbits(32) if transport == 6 else 0,
                186: 502 if transport == 6 else 0, 33: 0, 31: 0,
                176: 0 if ports else icmp[0], 177: 0, 178: 0 if ports else icmp[0], 179: 0,
            }
            if six:
                ends = (address(subscriber), address(server))
                row[27], row[28] = ends if upload else ends[::-1]
                row[62] = address("2001:db8:9::fe")
            else:
                # Upload: the public address is the post-NAT source. Download: the destination is
                # the public address, and the subscriber appears as post-NAT destination only.
                row[8], row[12] = ((address(subscriber), address(server)) if upload
                                   else (address(server), address(PUBLIC)))
                row[225], row[226] = ((address(PUBLIC), address(server)) if upload
                                      else (address(server), address(subscriber)))
                row[227], row[228] = row[7], row[11]
                row[15] = address("198.51.100.1") if upload else 0
            out.append(row)
    return out[:count]


def template(number, fields):
    return (struct.pack(">HH", number, len(fields))
            + b"".join(struct.pack(">HH", element, length) for element, length in fields))


def record(row, fields):
    return b"".join(row[element].to_bytes(length, "big") for element, length in fields)


def messages(rows, ipv4, ipv6, now, boot):
    """IPFIX messages: templates first and every 20 messages; the sequence counts data records."""
    sequence, sent, out = 0, 0, []

    def message(sets, records):
        nonlocal sequence, sent
        body = b"".join(struct.pack(">HH", kind, len(content) + 4) + content for kind, content in sets)
        out.append(struct.pack(">HHIII", 10, len(body) + 16, int(now) + len(out) // 8, sequence, 0) + body)
        sequence += records
        sent += 1

    pending = {258: [], 259: []}

    def flush(number):
        if not pending[number]:
            return
        if sent % 20 == 0:
            message([(2, template(258, ipv4) + template(259, ipv6))], 0)
        fields = ipv4 if number == 258 else ipv6
        message([(number, b"".join(record(row, fields) for row in pending[number]))], len(pending[number]))
        pending[number] = []

    for row in rows:
        row[160] = boot
        number = 259 if row[60] == 6 else 258
        pending[number].append(row)
        # Short messages, so that the templates come round more than once in a small capture.
        if len(pending[number]) == 6:
            flush(number)
    flush(258)
    flush(259)
    return out


def write(path, payloads, source, source_port, port, now, ethernet=True, **options):
    with PcapWriter(path, linktype=1 if ethernet else 101, **options) as out:
        for number, payload in enumerate(payloads):
            packet = (IP(src=source, dst="192.0.2.1", id=number + 1, ttl=64)
                      / UDP(sport=source_port, dport=port) / Raw(payload))
            if ethernet:
                packet = Ether(src="00:00:5e:00:53:20", dst="00:00:5e:00:53:01") / packet
            packet.time = now + number * 0.125
            out.write(packet)
    print(f"{path}: {len(payloads)} datagrams")


def bsd_time(at):
    stamp = time.gmtime(at)
    return time.strftime("%b ", stamp) + f"{stamp.tm_mday:2d}" + time.strftime(" %H:%M:%S", stamp)


def iso_time(at, milliseconds):
    """RouterOS writes the offset without a colon."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at + 7200)) + f".{milliseconds:03d}+0200"


def cef(topics, text, stamp, identity):
    have = topics.split(",")
    level = "High" if "error" in have or "critical" in have else "Medium" if "warning" in have else "Low"
    number = {"system": 10, "firewall": 44, "dhcp": 16}.get(have[0], 20)
    message = text.replace("\\", "\\\\").replace("=", "\\=")
    extra = ""
    if text.startswith("login failure"):
        user, _, rest = text.removeprefix("login failure for user ").rpartition(" from ")
        where, _, service = rest.partition(" via ")
        extra = f" app={service} duser={user} outcome=failure src={where}"
    return (f"{stamp} {identity} CEF:0|MikroTik|hAP ax^2|7.20.4 (stable)|{number}|{topics}|{level}|"
            f"dvchost={identity} dvc=192.0.2.36 msg={message}{extra}\r\n")


def main():
    directory = sys.argv[1]
    rng = random.Random(258)
    now = time.time()
    boot = int(now * 1000) - UPTIME
    write(f"{directory}/ipfix-routeros-7.pcap", messages(flows(rng, 150), V7_IPV4, V7_IPV6, now, boot),
          "192.0.2.20", 40020, 2055, now, nano=True)
    write(f"{directory}/ipfix-routeros-6.pcap", messages(flows(rng, 150), V6_IPV4, V6_IPV6, now, boot),
          "192.0.2.21", 40021, 2055, now, ethernet=False, endianness=">")

    entries = routeros_lines.ENTRIES
    stamps = [now - len(entries) + n for n in range(len(entries))]
    default = [f"{topics} {text}" for topics, text in entries]
    bsd, iso, cefs = [], [], []
    for n, (at, (topics, text)) in enumerate(zip(stamps, entries)):
        priority = 24 + routeros_lines.severity(topics)
        # Every third entry as a router with add-topics-string sends it.
        shown = f"{topics} {text}" if n % 3 == 0 else text
        bsd.append(f"<{priority}>{bsd_time(at)} MikroTik {shown}")
        iso.append(f"<{priority}>{iso_time(at, n * 17 % 1000)} core-r1 {topics} {text}")
        stamp = bsd_time(at) if n % 2 else iso_time(at, n * 17 % 1000)
        cefs.append(cef(topics, text, stamp, "branch-7"))
    for name, lines, host in (("default", default, 30), ("bsd", bsd, 31), ("iso", iso, 32), ("cef", cefs, 36)):
        write(f"{directory}/routeros-syslog-{name}.pcap", [line.encode() for line in lines],
              f"192.0.2.{host}", 40000 + host, 5141, now, ethernet=name != "iso")


main()
