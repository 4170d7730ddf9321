#!/usr/bin/python3
"""Writes a capture of invented traffic for the flow probes to meter.

usage: traffic.py OUT.pcap [CONVERSATIONS]

Only documentation addresses appear (RFC 5737, RFC 3849). The generator is seeded, so the flows are the
same on every run; only their times move: the last packet is ten seconds old.
"""

import random
import sys
import time

from scapy.all import (ICMP, IP, TCP, UDP, Ether, ICMPv6EchoReply, ICMPv6EchoRequest, IPv6, Raw,
                       wrpcap)

CLIENTS4 = [f"198.51.100.{n}" for n in range(10, 40)]
SERVERS4 = [f"203.0.113.{n}" for n in (5, 17, 80, 81, 200)]
CLIENTS6 = [f"2001:db8:c::{n:x}" for n in range(16, 32)]
SERVERS6 = [f"2001:db8:5::{n:x}" for n in (1, 0x53, 0x443)]
CLIENT_MAC, SERVER_MAC = "00:00:5e:00:53:0a", "00:00:5e:00:53:01"


def conversation(rng, start):
    """One conversation as (time, packet) pairs in both directions."""
    six = rng.random() < 0.3
    client = rng.choice(CLIENTS6 if six else CLIENTS4)
    server = rng.choice(SERVERS6 if six else SERVERS4)
    network = IPv6 if six else IP
    up = Ether(src=CLIENT_MAC, dst=SERVER_MAC) / network(src=client, dst=server)
    down = Ether(src=SERVER_MAC, dst=CLIENT_MAC) / network(src=server, dst=client)
    port = rng.randrange(32768, 61000)
    kind = rng.choices(["tcp", "dns", "quic", "ping"], [5, 3, 1, 1])[0]
    at, out = start, []

    def add(packet):
        nonlocal at
        out.append((at, packet))
        at += rng.uniform(0.001, 0.2)

    if kind == "tcp":
        service = rng.choice([22, 80, 443, 443, 8080])
        up, down = up / TCP(sport=port, dport=service), down / TCP(sport=service, dport=port)

        def tcp(base, flags, size=0):
            packet = base.copy()
            packet[TCP].flags = flags
            add(packet / Raw(b"x" * size) if size else packet)

        tcp(up, "S"), tcp(down, "SA"), tcp(up, "A")
        for _ in range(rng.randrange(1, 4)):
            tcp(up, "PA", rng.randrange(40, 500))
            for _ in range(rng.randrange(1, 4)):
                tcp(down, "PA", rng.randrange(200, 1400))
            tcp(up, "A")
        tcp(up, "FA"), tcp(down, "FA"), tcp(up, "A")
    elif kind == "dns":
        add(up / UDP(sport=port, dport=53) / Raw(b"q" * rng.randrange(28, 60)))
        add(down / UDP(sport=53, dport=port) / Raw(b"r" * rng.randrange(60, 400)))
    elif kind == "quic":
        for _ in range(rng.randrange(3, 8)):
            add(up / UDP(sport=port, dport=443) / Raw(b"q" * rng.randrange(40, 1250)))
            add(down / UDP(sport=443, dport=port) / Raw(b"q" * rng.randrange(40, 1250)))
    else:
        echo = (ICMPv6EchoRequest, ICMPv6EchoReply) if six else None
        for n in range(rng.randrange(1, 5)):
            add(up / (echo[0](id=port, seq=n) if six else ICMP(type=8, id=port, seq=n)) / Raw(b"p" * 56))
            add(down / (echo[1](id=port, seq=n) if six else ICMP(type=0, id=port, seq=n)) / Raw(b"p" * 56))
    return out


def main():
    path, conversations = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 120
    rng = random.Random(7011)
    timed = [pair for _ in range(conversations) for pair in conversation(rng, rng.uniform(0, 50))]
    timed.sort(key=lambda pair: pair[0])
    shift = time.time() - 10 - timed[-1][0]
    packets = []
    for at, packet in timed:
        packet.time = at + shift
        packets.append(packet)
    wrpcap(path, packets)
    print(f"{path}: {len(packets)} packets of {conversations} conversations")


main()
