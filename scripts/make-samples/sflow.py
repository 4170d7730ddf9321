#!/usr/bin/env python3
"""Makes the sFlow datagrams in plugins/in_netflow/Tests/fixtures, and a capture of all of them.

    scripts/make-samples/sflow.py [PCAP]

The sampled packets are made with scapy, the datagrams around them here. With PCAP the datagrams are
written there instead, to be compared with what tshark reads (scripts/compare-decoders.py).
"""
import pathlib
import struct
import sys

from scapy.all import (
    ARP, GRE, ICMP, IP, TCP, UDP, Dot1AD, Dot1Q, Ether, ICMPv6EchoRequest, IPv6,
    IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, PPPoE, PPP, Raw, SCTP, wrpcap)
from scapy.contrib.mpls import MPLS
from scapy.layers.inet6 import PadN

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "plugins/in_netflow/Tests/fixtures"


def u32(*numbers):
    return struct.pack(f"!{len(numbers)}I", *(number & 0xffffffff for number in numbers))


def u64(*numbers):
    return struct.pack(f"!{len(numbers)}Q", *numbers)


def opaque(data):
    data = data.encode() if isinstance(data, str) else data
    return u32(len(data)) + data + bytes(-len(data) % 4)


def ip4(text):
    return bytes(int(part) for part in text.split("."))


def address(text):
    if ":" in text:
        import ipaddress
        return u32(2) + ipaddress.IPv6Address(text).packed
    return u32(1) + ip4(text)


def datagram(*samples, agent="192.0.2.1", sub_agent=3, sequence=100, uptime=3_600_000, count=None):
    return u32(5) + address(agent) + u32(
        sub_agent, sequence, uptime, len(samples) if count is None else count) + b"".join(samples)


def tagged(number, body, length=None, enterprise=0):
    return u32(enterprise << 12 | number, len(body) if length is None else length) + body


def flow(*records, sequence=1, source=5, rate=1000, pool=50_000, drops=2, input=5, output=6):
    return tagged(1, u32(sequence, source, rate, pool, drops, input, output, len(records))
                  + b"".join(records))


def expanded(*records, sequence=1, source=(0, 70_000), rate=2048, pool=1 << 31, drops=0,
             input=(0, 70_000), output=(0, 0x3fffffff)):
    return tagged(3, u32(sequence, *source, rate, pool, drops, *input, *output, len(records))
                  + b"".join(records))


def header(packet, kind=1, snap=128, stripped=4):
    data = bytes(packet)
    shown = data[:snap]
    return tagged(1, u32(kind, len(data) + stripped, stripped) + opaque(shown))


ETHER = Ether(src="00:00:5e:00:53:01", dst="00:00:5e:00:53:02")
V4 = dict(src="192.0.2.10", dst="198.51.100.20")
V6 = dict(src="2001:db8::10", dst="2001:db8:1::20")
PAYLOAD = Raw(bytes(range(64)))


def switch(source=100, destination=200):
    return tagged(1001, u32(source, 0, destination, 7))


def router():
    return tagged(1002, address("203.0.113.1") + u32(24, 22))


def packets():
    tcp = TCP(sport=443, dport=50123, flags="PA", seq=7, ack=9)
    udp = UDP(sport=53, dport=33000)
    made = [
        ETHER / IP(ttl=61, tos=0xb8, id=4711, **V4) / tcp / PAYLOAD,
        ETHER / IPv6(hlim=57, tc=0x28, fl=0x12345, **V6) / udp / PAYLOAD,
        ETHER / Dot1Q(vlan=809, prio=5) / IP(**V4) / TCP(sport=22, dport=1024, flags="S") / PAYLOAD,
        ETHER / Dot1AD(vlan=3000, prio=3) / Dot1Q(vlan=42, prio=1) / IP(**V4) / udp / PAYLOAD,
        ETHER / IP(**V4) / ICMP(type=0, code=0) / PAYLOAD,
        ETHER / IPv6(**V6) / ICMPv6EchoRequest(data=b"x" * 20),
        ETHER / IP(id=99, frag=185, proto=17, **V4) / PAYLOAD,
        ETHER / IP(id=98, flags="MF", **V4) / udp / PAYLOAD,
        ETHER / IPv6(**V6) / IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 4)])
        / IPv6ExtHdrFragment(offset=0, m=1, id=0xabcdef) / tcp / PAYLOAD,
        ETHER / IPv6(**V6) / IPv6ExtHdrFragment(offset=90, m=0, id=0xabcdef, nh=6) / PAYLOAD,
        ETHER / MPLS(label=16001, cos=5, s=0, ttl=60) / MPLS(label=24, s=1, ttl=60) / IP(**V4) / tcp,
        ETHER / IP(**V4) / SCTP(sport=2905, dport=2906) / PAYLOAD,
        ETHER / ARP(psrc="192.0.2.1", pdst="192.0.2.2"),
        ETHER / PPPoE(sessionid=5) / PPP(proto=0x21) / IP(**V4) / udp / PAYLOAD,
        ETHER / IP(**V4) / GRE() / IP(src="10.1.1.1", dst="10.2.2.2") / tcp,
        ETHER / IP(options=[b"\x94\x04\0\0"], **V4) / udp / PAYLOAD,
    ]
    return [packet.__class__(bytes(packet)) for packet in made]


def flow_samples():
    samples = [
        flow(header(packet), sequence=number, pool=1000 * number)
        for number, packet in enumerate(packets(), 1)]
    return [
        datagram(*samples[:8]),
        datagram(*samples[8:], sequence=101),
        # Extensions before and behind the header.
        datagram(
            flow(switch(), header(packets()[2]), router(), sequence=17),
            flow(router(), header(packets()[1], snap=60), sequence=18),
            # Cut inside TCP, inside IP, inside Ethernet; at words, because tshark reads padding too.
            *(flow(header(packets()[0], snap=snap), sequence=19 + number)
              for number, snap in enumerate((56, 44, 36, 32, 20, 12))),
            sequence=102),
    ]


def gateway(hop="203.0.113.9", segments=((2, (64500, 64501)),), communities=(64500 << 16 | 100,)):
    body = address(hop) + u32(64499, 64498, 64497, len(segments))
    for kind, numbers in segments:
        body += u32(kind, len(numbers), *numbers)
    return tagged(1003, body + u32(len(communities), *communities, 150))


def expanded_samples():
    packet = header(packets()[0])
    return [datagram(
        expanded(packet, gateway(), router()),
        expanded(packet, gateway(
            "2001:db8::9", ((2, (64500, 4200000001)), (1, (64510, 64511)), (2, (64520,))),
            (1, 2, 0xffffff01)), sequence=2),
        expanded(packet, gateway("203.0.113.9", (), ()), sequence=3),
        expanded(packet, tagged(1004, u32(106) + opaque("anna") + u32(106) + opaque("berta.x")),
                 tagged(1005, u32(1) + opaque("/index.html") + opaque("www.example.net")),
                 sequence=4),
        expanded(packet, tagged(1007, address("203.0.113.77") + address("198.51.100.88")),
                 tagged(1020, u32(40000, 8443)), sequence=5),
        expanded(packet, tagged(1029, u32(5001)), tagged(1030, u32(5002)), sequence=6),
        expanded(packet, output=(1, 257), sequence=7),
        expanded(packet, output=(2, 7), sequence=8),
        # The same compact: top 2 bits of the interface.
        flow(packet, output=1 << 30 | 259, source=6, sequence=1),
        flow(packet, output=2 << 30 | 3, source=6, sequence=2),
        agent="2001:db8::1", sub_agent=0, sequence=7)]


def agent_read():
    inner = packets()[0][IP]
    inner6 = packets()[1][IPv6]
    ethernet = tagged(2, u32(1514) + bytes.fromhex("00005e0053010000") + bytes.fromhex(
        "00005e0053020000") + u32(0x0800))
    sampled4 = tagged(3, u32(1480, 6) + ip4("192.0.2.31") + ip4("198.51.100.31")
                      + u32(443, 1025, 0x12, 0x10))
    import ipaddress
    sampled6 = tagged(4, u32(1200, 17) + ipaddress.IPv6Address("2001:db8::31").packed
                      + ipaddress.IPv6Address("2001:db8::32").packed + u32(53, 1026, 0, 5))
    icmp = tagged(3, u32(84, 1) + ip4("192.0.2.31") + ip4("198.51.100.31") + u32(0, 0, 0, 0))
    return [datagram(
        flow(ethernet, sequence=1),
        flow(ethernet, sampled4, switch(), sequence=2),
        flow(sampled6, sequence=3),
        flow(icmp, sequence=4),
        flow(header(inner, kind=11, stripped=18), sequence=5),
        flow(header(inner6, kind=12, stripped=18), sequence=6),
        flow(header(Raw(b"\xff\x03\x00\x21" + bytes(inner)), kind=7, stripped=0), sequence=7),
        flow(header(Raw(bytes(MPLS(label=77, s=1, ttl=9)) + bytes(inner)), kind=13), sequence=8),
        flow(header(Raw(bytes(40)), kind=15), sequence=9),
        # What the header says goes before what the agent read.
        flow(header(packets()[1]), sampled4, sequence=10),
        flow(sequence=11))]


NONE = 0xffffffff


def interface(index=5, **given):
    values = dict(
        type=6, speed=10_000_000_000, direction=1, status=3, in_octets=1 << 40, in_ucast=11,
        in_multicast=12, in_broadcast=13, in_discards=14, in_errors=15, in_unknown=NONE,
        out_octets=(1 << 41) + 1, out_ucast=21, out_multicast=22, out_broadcast=23, out_discards=24,
        out_errors=25, promiscuous=2) | given
    values = list(values.values())
    return tagged(1, u32(index, values[0]) + u64(values[1]) + u32(*values[2:4]) + u64(values[4])
                  + u32(*values[5:11]) + u64(values[11]) + u32(*values[12:]))


def counters(*records, sequence=1, source=5):
    return tagged(2, u32(sequence, source, len(records)) + b"".join(records))


def expanded_counters(*records, sequence=1, source=(0, 70_000)):
    return tagged(4, u32(sequence, *source, len(records)) + b"".join(records))


def counter_samples():
    ethernet = tagged(2, u32(*range(1, 14)))
    none = tagged(2, u32(*[NONE] * 13))
    lag = tagged(7, bytes.fromhex("00005e0053aa0000") + bytes.fromhex("00005e0053bb0000")
                 + u32(99) + bytes([0x3d, 0x3d, 0x3f, 0x3f]) + u32(*range(31, 39)))
    return [datagram(
        counters(interface(), ethernet),
        counters(interface(7, in_octets=(1 << 64) - 1, in_multicast=NONE), none, source=7),
        counters(tagged(1005, opaque("ether1/0")), interface(8),
                 tagged(1004, u64(0x1234567890) + u32(8)), source=8),
        expanded_counters(interface(70_000), lag),
        expanded_counters(tagged(5, u32(100) + u64(1 << 33) + u32(1, 2, 3, 4)), source=(1, 100)),
        expanded_counters(tagged(1001, u32(1234, 1100, NONE) + u64(1 << 34, 1 << 33)),
                          source=(2, 1))),
        datagram(counters(
            tagged(2000, opaque("host.example.net") + bytes(range(16)) + u32(3, 2)
                   + opaque("6.1.0")),
            tagged(2003, struct.pack("!3f", 0.25, 0.5, 1.75) + u32(2, 300, 4, 2400, 86_400, *range(
                101, 110))),
            tagged(2004, u64(*(1 << 30 + n for n in range(7))) + u32(1, 2, 3, 4)),
            tagged(2005, u64(1 << 39, 1 << 38) + u32(5000, 11) + u64(1 << 35) + u32(12, 13) + u64(
                1 << 36) + u32(14)),
            tagged(2006, u64(1 << 37) + u32(1, 2, 3) + u64(1 << 36) + u32(4, 5, 6)),
            source=2 << 24 | 1), sub_agent=100_000, sequence=1)]


def discards():
    sample = tagged(5, u32(1, 0, 9, 256, 3, 0, 262, 1) + header(packets()[0]))
    return [datagram(sample, sub_agent=9)]


def broken():
    packet = header(packets()[0])
    return [
        # Unknown samples and records, of enterprises and of later versions.
        datagram(tagged(9, bytes(12)), tagged(1, bytes(40), enterprise=8800),
                 flow(tagged(1012, bytes(8)), tagged(3, bytes(8), enterprise=4413), packet),
                 counters(tagged(77, bytes(16)))),
        # More and fewer samples than said.
        datagram(flow(packet), count=5, sequence=101),
        datagram(flow(packet, sequence=2), flow(packet, sequence=3), count=1, sequence=102),
        # A sample and a record longer than what there is; records shorter than their formats.
        datagram(flow(packet, sequence=4), tagged(1, bytes(32), length=4000), sequence=103),
        datagram(tagged(1, u32(5, 5, 1, 1, 0, 5, 6, 2) + packet + tagged(1001, bytes(16), 900)),
                 tagged(1, u32(6, 5, 1, 1, 0, 5, 6, 3) + tagged(1001, bytes(8))
                        + tagged(1003, address("192.0.2.1") + u32(1, 2, 3, 1 << 30)) + packet),
                 tagged(1, bytes(20)), tagged(2, u32(1, 5, 1) + tagged(1, bytes(40))),
                 sequence=104),
        # Numbers that are missing: three datagrams and two samples.
        datagram(flow(packet, sequence=9), sequence=108),
        # An agent without an address.
        u32(5, 0, 3, 1, 1000, 1) + flow(packet),
        # Only the header, and less than it.
        datagram(sequence=109), datagram()[:20], u32(5),
    ]


BUILT = {
    "sflow-headers": flow_samples, "sflow-expanded": expanded_samples,
    "sflow-agent-read": agent_read, "sflow-counters": counter_samples, "sflow-discards": discards,
    "sflow-broken": broken,
}


def main():
    built = {folder: build() for folder, build in BUILT.items()}
    if len(sys.argv) > 1:
        packets = [
            Ether(src="00:00:5e:00:53:01", dst="00:00:5e:00:53:02")
            / IP(src="192.0.2.1", dst="192.0.2.254") / UDP(sport=40000, dport=6343)
            / Raw(payload) for folder, datagrams in built.items() for payload in datagrams
            if folder != "sflow-broken"]
        for number, packet in enumerate(packets):
            packet.time = 1_790_000_000 + number  # the same capture on every run
        wrpcap(sys.argv[1], packets)
        return
    for folder, datagrams in built.items():
        target = HOME / folder
        target.mkdir(parents=True, exist_ok=True)
        for number, payload in enumerate(datagrams):
            (target / f"input-{number:02}.bin").write_bytes(payload)


if __name__ == "__main__":
    main()
