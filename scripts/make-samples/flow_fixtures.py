#!/usr/bin/env python3
"""Makes the datagrams in plugins/in_netflow/Tests/fixtures.

Some are the first datagrams of the recordings in conf/samples, the others are put together here to
have what real exporters are known to send: strings of variable length, fields of length 0, zeros
behind the last set, counts that are too high. `UPDATE_GOLDEN=1 swift test --filter FlowCorpusTests`
then writes the expected records, which are to be read before they are committed.
"""
import importlib.util
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "plugins/in_netflow/Tests/fixtures"

spec = importlib.util.spec_from_file_location("replay", ROOT / "scripts/replay.py")
replay = importlib.util.module_from_spec(spec)
sys.modules["replay"] = replay
spec.loader.exec_module(replay)

# Sample, folder, the datagrams to take.
RECORDED = [
    ("netflow-v5-softflowd.pcap", "v5-softflowd", [0]),
    ("netflow-v9-softflowd.pcapng", "v9-softflowd", [0, 1]),
    ("ipfix-softflowd.pcap", "ipfix-softflowd", [0, 1]),
    ("ipfix-softflowd-fragments6.pcap", "ipfix-biflow", [0]),
    ("netflow-v9-nfreplay.pcap", "v9-nfreplay", [0]),
    ("netflow-v9-pmacct-vlan.pcap", "v9-pmacct", [0, 1, 2]),
    ("ipfix-pmacct.pcap", "ipfix-pmacct", [0, 1, 2]),
    ("ipfix-routeros-7.pcap", "ipfix-routeros-7", [0, 1]),
    ("ipfix-routeros-6.pcap", "ipfix-routeros-6", [0, 1]),
]


def put(folder, datagrams):
    target = HOME / folder
    target.mkdir(parents=True, exist_ok=True)
    for number, datagram in enumerate(datagrams):
        (target / f"input-{number}.bin").write_bytes(datagram)


def flow_set(number, body, pad=0):
    return struct.pack("!HH", number, 4 + len(body) + pad) + body + bytes(pad)


def template(number, fields):
    return struct.pack("!HH", number, len(fields)) + b"".join(
        struct.pack("!HH", *field) for field in fields)


def v9(*sets, count=1, uptime=600_000, sequence=1, source=7):
    return struct.pack(
        "!HHIIII", 9, count, uptime, 1_790_000_000, sequence, source) + b"".join(sets)


def ipfix(*sets, sequence=1, domain=7):
    body = b"".join(sets)
    return struct.pack("!HHIII", 10, 16 + len(body), 1_790_000_000, sequence, domain) + body


def ip(text):
    return bytes(int(part) for part in text.split("."))


def variable(text, long_form=False):
    data = text.encode()
    if long_form or len(data) > 254:
        return b"\xff" + struct.pack("!H", len(data)) + data
    return bytes([len(data)]) + data


def count_beyond_packet():
    header = struct.pack("!HHIIIIBBH", 5, 30, 600_000, 1_790_000_000, 0, 9, 1, 2, 0x4000 | 100)
    record = ip("192.0.2.1") + ip("198.51.100.2") + ip("203.0.113.3") + struct.pack(
        "!HHIIIIHHBBBBHHBBH", 3, 4, 5, 600, 590_000, 599_000, 1234, 443, 0, 0x1b, 6, 0, 64500,
        64501, 24, 25, 0)
    return [header + record * 2 + record[:20]]


def zero_length_fields():
    fields = [(8, 4), (12, 4), (1, 4), (2, 4), (0, 0), (0, 0)]
    record = ip("192.0.2.10") + ip("198.51.100.20") + struct.pack("!II", 1500, 2)
    return [v9(flow_set(0, template(300, fields)), flow_set(300, record * 2), count=3)]


def zero_tail():
    fields = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 8), (2, 8)]
    record = ip("192.0.2.11") + ip("198.51.100.21") + struct.pack(
        "!HHBQQ", 5353, 53, 17, 1 << 33, 7)
    return [v9(flow_set(0, template(301, fields)), flow_set(301, record, pad=3), bytes(400))]


def variable_string_v9():
    fields = [(8, 4), (12, 4), (96, 65535), (1, 4)]
    records = b"".join(
        ip(f"192.0.2.{n}") + ip("198.51.100.22") + variable(name) + struct.pack("!I", 100 * n)
        for n, name in enumerate(["dns", "", "web browsing"], 1))
    return [v9(flow_set(0, template(302, fields)), flow_set(302, records))]


def variable_strings_ipfix():
    fields = [(8, 4), (371, 65535), (1, 4), (459, 65535), (12, 4)]
    records = ip("192.0.2.30") + variable("anna") + struct.pack("!I", 900) + variable(
        "GET", long_form=True) + ip("198.51.100.30")
    records += ip("192.0.2.31") + variable("x" * 300) + struct.pack("!I", 901) + variable(
        "") + ip("198.51.100.31")
    return [ipfix(flow_set(2, template(303, fields))), ipfix(flow_set(303, records), sequence=1)]


def firewall_events():
    fields = [(148, 4), (8, 4), (7, 2), (12, 4), (11, 2), (4, 1), (225, 4), (226, 4), (227, 2),
              (228, 2), (233, 1), (33002, 2), (323, 8), (40000, 20), (231, 4), (232, 4)]
    record = struct.pack("!I", 77) + ip("192.0.2.40") + struct.pack("!H", 40000) + ip(
        "198.51.100.40") + struct.pack("!HB", 443, 6) + ip("203.0.113.40") + ip(
        "198.51.100.40") + struct.pack("!HHBHQ", 50000, 443, 2, 2030, 1_790_000_000_123)
    record += b"anna".ljust(20, b"\0") + struct.pack("!II", 1000, 2000)
    return [v9(flow_set(0, template(304, fields))), v9(flow_set(304, record), sequence=2)]


def options_v9():
    scope = [(2, 4)]
    fields = [(82, 8), (34, 4)]
    options = struct.pack("!HHH", 305, 4 * len(scope), 4 * len(fields)) + b"".join(
        struct.pack("!HH", *field) for field in scope + fields)
    data = struct.pack("!I", 3) + b"ether3".ljust(8, b"\0") + struct.pack("!I", 100)
    flows = [(8, 4), (12, 4), (10, 4), (1, 4)]
    record = ip("192.0.2.50") + ip("198.51.100.50") + struct.pack("!II", 3, 5000)
    return [
        v9(flow_set(1, options), flow_set(305, data)),
        v9(flow_set(0, template(306, flows)), flow_set(306, record), sequence=2),
    ]


def lists_and_reverse():
    def enterprise(number, element, length):
        return struct.pack("!HHI", 0x8000 | element, length, number)
    definition = struct.pack("!HH", 307, 5) + struct.pack("!HHHH", 27, 16, 28, 16)
    definition += enterprise(29305, 1, 4) + enterprise(64999, 12, 4) + struct.pack("!HH", 291, 65535)
    record = bytes.fromhex("20010db8000000000000000000000001") + bytes.fromhex(
        "20010db8000000000000000000000002") + struct.pack("!I", 4242) + b"\x01\x02\x03\x04"
    record += variable("\x03\x00\x04\x00\x01\x06\x11")
    return [ipfix(flow_set(2, definition), flow_set(307, record))]


def withdrawal_and_redefinition():
    first = ipfix(flow_set(2, template(308, [(8, 4), (1, 4)])), sequence=0)
    withdrawal = ipfix(flow_set(2, struct.pack("!HH", 308, 0)), sequence=0)
    data = ipfix(flow_set(308, ip("192.0.2.60") + struct.pack("!I", 60)), sequence=0)
    second = ipfix(
        flow_set(2, template(308, [(12, 4), (2, 4)])),
        flow_set(308, ip("198.51.100.60") + struct.pack("!I", 61)), sequence=1)
    return [first, withdrawal, data, second]


BUILT = {
    "v5-count-beyond-packet": count_beyond_packet,
    "v9-zero-length-fields": zero_length_fields,
    "v9-zero-tail": zero_tail,
    "v9-variable-string": variable_string_v9,
    "v9-firewall-events": firewall_events,
    "v9-options": options_v9,
    "ipfix-variable-strings": variable_strings_ipfix,
    "ipfix-reverse-enterprise-list": lists_and_reverse,
    "ipfix-withdrawal": withdrawal_and_redefinition,
}


def main():
    for sample, folder, wanted in RECORDED:
        payloads = [item[-1] for item in replay.capture_datagrams(ROOT / "conf/samples" / sample)]
        put(folder, [payloads[number] for number in wanted])
    for folder, build in BUILT.items():
        put(folder, build())


if __name__ == "__main__":
    main()
