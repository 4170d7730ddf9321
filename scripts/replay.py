#!/usr/bin/env python3
"""Sends recorded traffic to an agent on this machine.

The UDP payloads of captures go to 127.0.0.1, to the port they were recorded with; raw datagram files
(.bin), TCP payloads and the lines of text files go to a port named on the command line:

    scripts/replay.py conf/samples/*.pcap conf/samples/*.pcapng
    scripts/replay.py --port-map 514=5140 --rate 500 router.pcap
    scripts/replay.py --datagram conf/samples/netflow-v9-datagram.bin 2055
    scripts/replay.py --tcp conf/samples/syslog-tcp-lines.bin 5140 --lines conf/samples/syslog.log 5140

Reads pcap and pcapng of either byte order with Ethernet (also VLAN-tagged), raw IP, Linux cooked v1
and v2 and BSD loopback frames, and joins IPv4 and IPv6 fragments. Needs nothing but Python 3.8. It sends
to loopback addresses only.
"""

import argparse
import gzip
import ipaddress
import socket
import struct
import sys
import time


class CaptureError(Exception):
    pass


# Link types by number in the capture: see the tcpdump group's list of LINKTYPE values.
NULL, ETHERNET, RAW, RAW_BSD, SLL, IPV4, IPV6, SLL2 = 0, 1, 101, 12, 113, 228, 229, 276
VLAN_TAGS = {0x8100, 0x88A8, 0x9100}


def frames(data):
    """Yields (link type, frame) for every packet of a pcap or pcapng file."""
    magic = data[:4]
    if magic == b"\x0a\x0d\x0d\x0a":
        yield from pcapng_frames(data)
        return
    for order in "<>":
        if struct.unpack(order + "I", magic)[0] in (0xA1B2C3D4, 0xA1B23C4D):
            break
    else:
        raise CaptureError("neither pcap nor pcapng")
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        kept = struct.unpack_from(order + "I", data, at + 8)[0]
        yield link, data[at + 16 : at + 16 + kept]
        at += 16 + kept


def pcapng_frames(data):
    at, order, links = 0, "<", []
    while at + 12 <= len(data):
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or at + length > len(data):
            raise CaptureError(f"damaged block at byte {at}")
        body = data[at + 8 : at + length - 4]
        if kind == 1:
            links.append(struct.unpack_from(order + "H", body)[0])
        elif kind == 6:
            interface, kept = struct.unpack_from(order + "I8xI", body)
            yield links[interface], body[20 : 20 + kept]
        elif kind == 3:
            yield links[0], body[4 : 4 + struct.unpack_from(order + "I", body)[0]]
        at += length


def network_packet(link, frame):
    """The IP packet in a frame, or None."""
    if link in (RAW, RAW_BSD, IPV4, IPV6):
        return frame
    if link == NULL:
        return frame[4:]
    if link == ETHERNET:
        kind, at = int.from_bytes(frame[12:14], "big"), 14
    elif link == SLL:
        kind, at = int.from_bytes(frame[14:16], "big"), 16
    elif link == SLL2:
        kind, at = int.from_bytes(frame[0:2], "big"), 20
    else:
        raise CaptureError(f"unknown link type {link}")
    while kind in VLAN_TAGS:
        kind, at = int.from_bytes(frame[at + 2 : at + 4], "big"), at + 4
    return frame[at:] if kind in (0x0800, 0x86DD) else None


class Reassembly:
    """Joins the fragments of IP packets; gives the UDP datagrams inside."""

    def __init__(self):
        self.parts = {}

    def udp(self, packet):
        """The UDP header and payload that this packet completes, or None."""
        if not packet:
            return None
        return self.ipv4(packet) if packet[0] >> 4 == 4 else self.ipv6(packet)

    def ipv4(self, packet):
        if len(packet) < 20 or packet[9] != 17:
            return None
        start = (packet[0] & 15) * 4
        length, identity, fragment = struct.unpack_from(">HHH", packet, 2)
        body = packet[start : length or len(packet)]
        if fragment & 0x3FFF == 0:
            return body
        key = (packet[12:20], identity)
        return self.join(key, (fragment & 0x1FFF) * 8, fragment & 0x2000 != 0, body)

    def ipv6(self, packet):
        if len(packet) < 40:
            return None
        kind, at = packet[6], 40
        end = at + struct.unpack_from(">H", packet, 4)[0]
        packet = packet[:end]
        while kind in (0, 43, 60) and at + 8 <= len(packet):
            kind, at = packet[at], at + (packet[at + 1] + 1) * 8
        if kind == 44 and at + 8 <= len(packet):
            inner, offset, identity = struct.unpack_from(">BxHI", packet, at)
            if inner != 17:
                return None
            key = (packet[8:40], identity)
            return self.join(key, offset & 0xFFF8, offset & 1 != 0, packet[at + 8 :])
        return packet[at:] if kind == 17 else None

    def join(self, key, offset, more, body):
        parts = self.parts.setdefault(key, {"last": None})
        parts[offset] = body
        if not more:
            parts["last"] = offset
        out, at = b"", 0
        while at in parts:
            out += parts[at]
            if at == parts["last"]:
                del self.parts[key]
                return out
            if not parts[at]:
                return None
            at = len(out)
        return None


def capture_datagrams(path):
    """(destination port, payload) of every UDP datagram in a capture."""
    reassembly, out = Reassembly(), []
    for link, frame in frames(contents(path)):
        datagram = reassembly.udp(network_packet(link, frame))
        if datagram and len(datagram) >= 8:
            _, port, length = struct.unpack_from(">HHH", datagram)
            out.append((port, datagram[8 : length or len(datagram)]))
    if reassembly.parts:
        print(f"{path}: {len(reassembly.parts)} datagrams lack fragments", file=sys.stderr)
    return out


def contents(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


class Sender:
    """Sends at a steady rate: sleeps when it is ahead of the clock, never tries to catch up a backlog."""

    def __init__(self, address, rate):
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        self.address, self.interval = str(address), 1 / rate if rate else 0
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.due = time.monotonic()
        self.datagrams = self.octets = self.refused = 0

    def send(self, port, payload):
        now = time.monotonic()
        self.due = max(self.due + self.interval, now - 0.05)
        if self.due > now:
            time.sleep(self.due - now)
        try:
            self.socket.sendto(payload, (self.address, port))
        except ConnectionRefusedError:
            self.refused += 1
        self.datagrams += 1
        self.octets += len(payload)

    def stream(self, port, payload):
        with socket.create_connection((self.address, port), timeout=10) as connection:
            connection.sendall(payload)
            connection.shutdown(socket.SHUT_WR)
            try:
                connection.recv(1)  # wait until the agent has read to the end
            except OSError:
                pass


def port_pair(text):
    try:
        before, after = (int(part) for part in text.split("="))
        return before, after
    except ValueError:
        raise argparse.ArgumentTypeError("write it as FROM=TO, for example 514=5140") from None


def loopback(text):
    address = ipaddress.ip_address(text)
    if not address.is_loopback:
        raise argparse.ArgumentTypeError(f"{text} is not a loopback address")
    return address


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", metavar="CAPTURE", help="pcap or pcapng files")
    pair = {"nargs": 2, "action": "append", "default": [], "metavar": ("FILE", "PORT")}
    parser.add_argument("--tcp", **pair, help="send the bytes of FILE over one TCP connection")
    parser.add_argument("--lines", **pair, help="send each line of FILE, text or gzip, as a datagram")
    parser.add_argument("--datagram", **pair, help="send FILE as one datagram")
    parser.add_argument("--port-map", type=port_pair, action="append", default=[], metavar="FROM=TO",
                        help="send to port TO what the captures sent to FROM")
    parser.add_argument("--rate", type=float, default=2000, help="datagrams a second, 0 for no limit (2000)")
    parser.add_argument("--repeat", type=int, default=1, help="send everything this many times (1)")
    parser.add_argument("--address", type=loopback, default="127.0.0.1", help="loopback address (127.0.0.1)")
    parser.add_argument("--dry-run", action="store_true", help="count, but send nothing")
    options = parser.parse_args()
    if not (options.captures or options.tcp or options.lines or options.datagram):
        parser.error("nothing to send")
    ports = dict(options.port_map)

    datagrams, streams = [], []
    for path in options.captures:
        datagrams += [(ports.get(port, port), payload) for port, payload in capture_datagrams(path)]
    for path, port in options.datagram:
        datagrams.append((int(port), contents(path)))
    for path, port in options.lines:
        datagrams += [(int(port), line) for line in contents(path).split(b"\n") if line]
    streams = [(int(port), contents(path)) for path, port in options.tcp]

    sender, start = Sender(options.address, options.rate), time.monotonic()
    for _ in range(0 if options.dry_run else options.repeat):
        for port, payload in datagrams:
            sender.send(port, payload)
        for port, payload in streams:
            sender.stream(port, payload)
    seconds = time.monotonic() - start
    each = {}
    for port, _ in datagrams:
        each[port] = each.get(port, 0) + 1
    shown = ", ".join(f"{count} to {port}" for port, count in sorted(each.items()))
    sent = "would send" if options.dry_run else "sent"
    octets = sum(len(payload) for _, payload in datagrams + streams)
    print(f"{sent} {len(datagrams)} datagrams ({shown or 'none'}) and {len(streams)} streams, {octets} bytes"
          + (f", {options.repeat} times" if options.repeat > 1 else "")
          + f" in {seconds:.2f} s")


if __name__ == "__main__":
    try:
        main()
    except (OSError, CaptureError, struct.error, EOFError) as error:
        sys.exit(f"replay: {error}")
