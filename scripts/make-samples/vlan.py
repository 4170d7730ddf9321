#!/usr/bin/python3
"""Copies an Ethernet capture with an 802.1Q tag inserted into every frame.

usage: vlan.py IN.pcap OUT.pcap VLAN
"""

import struct
import sys

tag = struct.pack(">HH", 0x8100, int(sys.argv[3]))
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as out:
    header = source.read(24)
    magic, linktype = struct.unpack_from("<I16xI", header)
    assert magic == 0xA1B2C3D4 and linktype == 1, "expects a little-endian Ethernet pcap"
    out.write(header)
    while record := source.read(16):
        seconds, micros, kept, length = struct.unpack("<IIII", record)
        frame = source.read(kept)
        out.write(struct.pack("<IIII", seconds, micros, kept + 4, length + 4))
        out.write(frame[:12] + tag + frame[12:])
