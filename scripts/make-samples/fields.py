#!/usr/bin/env python3
"""Makes the captures in plugins/in_netflow/Tests/fixtures/peers: every protocol with many kinds of fields.

    scripts/make-samples/fields.py

What exporters send is in conf/samples; this is what they might: numbers of every length, text of variable
length, IPv6, MAC addresses, VLANs and MPLS labels, times of every kind, NAT events, both directions in a
record, options with sampling rates and interface names. The same bytes on every run.
scripts/compare-decoders.py compares what we and others read there; sflow.pcap is made by sflow.py.
"""
import pathlib
import random
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "plugins/in_netflow/Tests/fixtures/peers"
SECONDS = 1_790_000_000
UPTIME = 600_000
REVERSE = 29305
VARIABLE = 65535
NTP_EPOCH = 2_208_988_800


def frame(payload, number):
    """An Ethernet frame with a UDP datagram from an exporter to port 2055."""
    udp = struct.pack("!HHHH", 50000, 2055, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0,
                       bytes([192, 0, 2, 10]), bytes([192, 0, 2, 1]))
    total = sum(struct.unpack("!10H", head))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~total & 0xffff) + head[12:]
    return bytes.fromhex("00005e00530100005e00530a0800") + head + udp


def write(name, datagrams):
    HOME.mkdir(parents=True, exist_ok=True)
    out = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for number, payload in enumerate(datagrams, 1):
        data = frame(payload, number)
        out += struct.pack("<IIII", SECONDS + number, 1000 * number, len(data), len(data)) + data
    (HOME / name).write_bytes(out)
    print(f"{name}: {len(datagrams)} datagrams, {len(out)} bytes")


# How the value of an element is made up: IPv4, IPv6, MAC, text, seconds, milliseconds, NTP time, uptime,
# float, or a number below a limit. By element, with the length that its type has.
ELEMENTS = {
    1: ("n", 8), 2: ("n", 8), 4: ("proto", 1), 5: ("n", 1), 6: ("n", 1), 7: ("n", 2), 8: ("ip4", 4),
    9: ("mask4", 1), 10: ("n", 4), 11: ("n", 2), 12: ("ip4", 4), 13: ("mask4", 1), 14: ("n", 4),
    15: ("ip4", 4), 16: ("n", 4), 17: ("n", 4), 18: ("ip4", 4), 21: ("uptime end", 4), 22: ("uptime start", 4),
    23: ("n", 8), 24: ("n", 8), 25: ("n", 2), 26: ("n", 2), 27: ("ip6", 16), 28: ("ip6", 16),
    29: ("mask6", 1), 30: ("mask6", 1), 31: ("label20", 4), 32: ("n", 2), 34: ("n", 4), 35: ("two", 1),
    48: ("n", 1), 49: ("two", 1), 50: ("n", 4), 52: ("n", 1), 53: ("n", 1), 54: ("n", 4), 55: ("n", 1),
    56: ("mac", 6), 57: ("mac", 6), 58: ("vlan", 2), 59: ("vlan", 2), 60: ("four", 1), 61: ("bit", 1),
    62: ("ip6", 16), 63: ("ip6", 16), 70: ("label", 3), 71: ("label", 3), 72: ("label", 3),
    80: ("mac", 6), 81: ("mac", 6), 82: ("text", 16), 83: ("text", 24), 85: ("n", 8), 86: ("n", 8),
    88: ("off", 2), 89: ("fwd", 1), 94: ("text", 20), 95: ("app", 4), 96: ("text", 16), 128: ("n", 4),
    129: ("n", 4), 130: ("ip4", 4), 131: ("ip6", 16), 136: ("four1", 1), 139: ("n", 2),
    144: ("n", 4), 148: ("n", 8), 149: ("n", 4), 150: ("seconds start", 4), 151: ("seconds end", 4),
    152: ("millis start", 8), 153: ("millis end", 8), 154: ("ntp start", 8), 155: ("ntp end", 8), 156: ("ntp start", 8),
    157: ("ntp end", 8), 160: ("boot", 8), 161: ("n", 4), 176: ("n", 1), 177: ("n", 1), 178: ("n", 1),
    179: ("n", 1), 180: ("n", 2), 181: ("n", 2), 182: ("n", 2), 183: ("n", 2), 184: ("n", 4),
    185: ("n", 4), 186: ("n", 2), 187: ("n", 2), 189: ("n", 1), 190: ("n", 2), 192: ("n", 1),
    194: ("n", 1), 195: ("dscp", 1), 196: ("three", 1), 200: ("three", 1), 201: ("n", 4), 205: ("n", 2),
    206: ("bit", 1), 207: ("four", 1), 224: ("n", 8), 225: ("ip4", 4), 226: ("ip4", 4), 227: ("n", 2),
    228: ("n", 2), 230: ("natevent", 1), 231: ("n", 4), 232: ("n", 4), 233: ("fwevent", 1), 234: ("n", 4),
    235: ("n", 4), 236: ("text", 16), 239: ("two1", 1), 243: ("vlan", 2), 244: ("three", 1),
    245: ("vlan", 2), 246: ("three", 1), 252: ("n", 4), 253: ("n", 4), 254: ("vlan", 2), 256: ("etype", 2),
    281: ("ip6", 16), 282: ("ip6", 16), 298: ("n", 8), 299: ("n", 8), 302: ("n", 8), 304: ("alg", 2),
    305: ("n", 4), 306: ("n", 4), 311: ("float", 8), 322: ("seconds", 4), 323: ("millis", 8),
    352: ("n", 8), 361: ("n", 2), 362: ("n", 2), 363: ("n", 2), 364: ("n", 2), 371: ("text", 12),
    459: ("text", 8),
}


class Maker:
    """Templates and records of one exporter, from a seed."""

    def __init__(self, version, seed):
        self.version, self.random = version, random.Random(seed)
        self.sequence, self.datagrams = 0, []

    def value(self, kind, length):
        pick = self.random.randrange
        # Flows end after they began.
        kind, _, side = kind.partition(" ")
        ago = pick(300) if side == "end" else pick(300, 600)
        if kind == "ip4":
            return bytes([*self.random.choice([(192, 0, 2), (198, 51, 100), (203, 0, 113)]), pick(256)])
        if kind == "ip6":
            return bytes.fromhex("20010db8") + bytes(pick(256) for _ in range(12))
        if kind == "mac":
            return bytes.fromhex("00005e0053") + bytes([pick(256)])
        if kind == "text":
            word = "".join(self.random.choice("abcdefghijklmnopqrstuvwxyz/.-0123456789")
                           for _ in range(pick(3, 12))).encode()
            return word[:length].ljust(length, b"\0")
        if kind == "seconds":
            return struct.pack("!I", SECONDS - ago)
        if kind == "millis":
            return struct.pack("!Q", (SECONDS - ago) * 1000 + pick(1000))
        if kind == "boot":
            return struct.pack("!Q", SECONDS * 1000 - UPTIME)
        if kind == "uptime":
            return struct.pack("!I", UPTIME - ago * 1000 + pick(1000))
        if kind == "ntp":
            return struct.pack("!II", SECONDS - ago + NTP_EPOCH, pick(2**32))
        if kind == "float":
            return struct.pack("!d", self.random.random())
        if kind == "app":
            return struct.pack("!I", 3 << 24 | pick(1024))
        if kind == "etype":
            return struct.pack("!H", 0x0800)
        if kind == "label":
            return struct.pack("!I", pick(2**24))[1:]
        limits = {"proto": (6, 17, 132), "mask4": range(33), "mask6": range(129), "two": (1, 2),
                  "two1": (1, 2), "bit": (0, 1), "four": (4,), "four1": range(1, 6), "vlan": range(1, 4095),
                  "off": range(8192), "fwd": (64, 65, 128), "dscp": range(64), "three": range(8),
                  "natevent": (1, 2, 4, 5), "fwevent": (1, 2, 3), "alg": (1, 3), "label20": range(2**20)}
        number = self.random.choice(limits[kind]) if kind in limits else pick(256**min(length, 6))
        return number.to_bytes(length, "big")

    def template(self, number, fields, scopes=0):
        """The set of a template; a field is an element, or element, length and enterprise."""
        parts = [field if isinstance(field, tuple) else (field,) for field in fields]
        body = b""
        for index, part in enumerate(parts):
            element = part[0]
            length = part[1] if len(part) > 1 and part[1] else ELEMENTS[element][1]
            pen = part[2] if len(part) > 2 else None
            body += struct.pack("!HH", element | (0x8000 if pen else 0), length)
            body += struct.pack("!I", pen) if pen else b""
        if scopes and self.version == 9:
            head = struct.pack("!HHH", number, scopes * 4, (len(parts) - scopes) * 4)
        elif scopes:
            head = struct.pack("!HHH", number, len(parts), scopes)
        else:
            head = struct.pack("!HH", number, len(parts))
        kind = (1 if scopes else 0) + (0 if self.version == 9 else 2)
        return self.set(kind, head + body), parts

    def set(self, number, body):
        body += bytes(-len(body) % 4)
        return struct.pack("!HH", number, 4 + len(body)) + body

    def record(self, parts, scopes=0):
        out = b""
        for index, part in enumerate(parts):
            kind, length = ELEMENTS.get(part[0], ("n", 4))
            if scopes > index and self.version == 9:
                kind, length = "n", 4  # a scope is no element
            if len(part) > 1 and part[1]:
                length = part[1]
            if length == VARIABLE:
                text = self.value("text", 30).rstrip(b"\0") * self.random.choice([1, 1, 25])
                out += bytes([len(text)]) if len(text) < 255 else b"\xff" + struct.pack("!H", len(text))
                out += text
            else:
                out += self.value(kind, length)
        return out

    def send(self, sets, records):
        body = b"".join(sets)
        if self.version == 9:
            head = struct.pack("!HHIIII", 9, len(sets), UPTIME, SECONDS, self.sequence, 11)
            self.sequence += 1
        else:
            head = struct.pack("!HHIII", 10, 16 + len(body), SECONDS, self.sequence, 11)
            self.sequence += records
        self.datagrams.append(head + body)

    def flows(self, number, fields, count=3, scopes=0):
        """A template and records of it, each in a datagram of its own."""
        template, parts = self.template(number, fields, scopes)
        self.send([template], 0)
        body = b"".join(self.record(parts, scopes) for _ in range(count))
        self.send([self.set(number, body)], count)


COMMON = [8, 12, 7, 11, 4, 5, 6, 10, 14, (1, 4), (2, 4), 21, 22]


def version9():
    maker = Maker(9, 9)
    maker.flows(256, COMMON + [15, 16, 17, 9, 13, 18, 52, 53, 54, 60, 61, 88, 89, 55, 32, 25, 26])
    # Numbers shorter and longer than usual.
    maker.flows(257, [8, 12, (7, 2), (11, 2), 4, (1, 8), (2, 8), (10, 2), (14, 2), (16, 2), (17, 2), 21, 22,
                      (85, 8), (86, 8), (23, 4), (24, 4)])
    maker.flows(258, [27, 28, 29, 30, 31, 62, 63, 7, 11, 4, 6, (1, 4), (2, 4), 21, 22, 139, (60, 1)])
    maker.flows(259, [56, 57, 80, 81, 58, 59, 70, 71, 72, 8, 12, 4, (1, 4), (2, 4), 21, 22])
    maker.flows(260, [323, 8, 12, 7, 11, 4, 225, 226, 227, 228, 230, 234, 235])
    maker.flows(261, [150, 151, 8, 12, 4, (1, 4), (2, 4), (82, 16), (83, 24), 95])
    maker.flows(262, [(1, 4), 48, 49, 50], count=2, scopes=1)
    maker.flows(263, [(1, 4), 34, 35], count=1, scopes=1)
    maker.flows(264, [(2, 4), (82, 16), (83, 24)], count=3, scopes=1)
    write("netflow-v9.pcap", maker.datagrams)


def ipfix():
    maker = Maker(10, 10)
    maker.flows(256, [8, 12, 7, 11, 4, 5, 6, 10, 14, 1, 2, 152, 153, 15, 16, 17, 9, 13, 18, 136, 60, 61, 192,
                      189, 224, 190, 194, 195, 196, 207, 205, 206, 184, 185, 186, 187, 176, 177, 148, 149])
    # RFC 7011 6.2: numbers in as few bytes as they need.
    maker.flows(257, [8, 12, (7, 2), (11, 1), 4, (10, 1), (14, 2), (1, 3), (2, 1), (16, 3), (17, 1), 150, 151,
                      (85, 5), (86, 6), (23, 2), (24, 7)])
    maker.flows(258, [27, 28, 29, 30, 31, 62, 178, 179, 7, 11, 4, 6, 1, 2, 154, 155, 139])
    maker.flows(259, [56, 57, 80, 81, 58, 59, 243, 244, 245, 246, 254, 256, 70, 71, 72, 200, 201, 8, 12, 4,
                      1, 2, 156, 157, 352])
    maker.flows(260, [323, 8, 12, 7, 11, 4, 225, 226, 227, 228, 230, 234, 235, 361, 362, 363, 364])
    maker.flows(261, [322, 8, 12, 4, 281, 282, 227, 228, 230, 231, 232, 233, 298, 299])
    # Text of variable length, in both forms of its length.
    maker.flows(262, [8, 12, 4, 1, 2, 152, 153, (82, VARIABLE), (371, VARIABLE), (96, VARIABLE), 95,
                      (459, VARIABLE), (236, VARIABLE)], count=6)
    # Both directions (RFC 5103).
    maker.flows(263, [8, 12, 7, 11, 4, 1, 2, (1, 8, REVERSE), (2, 8, REVERSE), (6, 1, REVERSE), 6, 152, 153,
                      239, (136, 1)])
    maker.flows(264, [160, 21, 22, 8, 12, 4, 1, 2, 252, 253, 161])
    maker.flows(265, [149, 130, 131, 144], count=1, scopes=1)
    maker.flows(266, [302, 304, 305, 306, 311], count=2, scopes=1)
    maker.flows(267, [10, (82, VARIABLE), (83, VARIABLE)], count=3, scopes=1)
    write("ipfix.pcap", maker.datagrams)


def fixed():
    """NetFlow v1, v5 and v7."""
    maker = Maker(5, 5)
    pick = maker.random.randrange

    def record(version):
        value = maker.value
        head = value("ip4", 4) + value("ip4", 4) + value("ip4", 4)
        head += struct.pack("!HHII", pick(65536), pick(65536), pick(1, 2**20), pick(40, 2**30))
        first = UPTIME - pick(1000, 600_000)
        head += struct.pack("!IIHH", first, first + pick(1000), pick(65536), pick(65536))
        if version == 1:
            return head + struct.pack("!HBBB7x", 0, 6, pick(256), pick(64))
        tail = struct.pack("!BBBBHHBB", 0, pick(64), 6, pick(256), pick(65536), pick(65536), pick(33), pick(33))
        return head + tail + (struct.pack("!HI", 0, 0xc0000205) if version == 7 else bytes(2))

    for number, sampling in enumerate([0, 0x4000 | 100, 0x8000 | 1000]):
        records = [record(5) for _ in range(5)]
        head = struct.pack("!HHIIIIBBH", 5, 5, UPTIME, SECONDS, 250_000_000, 5 * number, 1, 2, sampling)
        maker.datagrams.append(head + b"".join(records))
    write("netflow-v5.pcap", maker.datagrams)
    records = [record(7) for _ in range(4)]
    write("netflow-v7.pcap", [struct.pack("!HHIIIII", 7, 4, UPTIME, SECONDS, 0, 0, 0) + b"".join(records)])
    records = [record(1) for _ in range(4)]
    write("netflow-v1.pcap", [struct.pack("!HHIII", 1, 4, UPTIME, SECONDS, 0) + b"".join(records)])


def sflow():
    target = HOME / "sflow.pcap"
    subprocess.run(["/usr/bin/python3", ROOT / "scripts/make-samples/sflow.py", target], check=True)


if __name__ == "__main__":
    version9()
    ipfix()
    fixed()
    sflow()
    sys.exit(0)
