#!/usr/bin/python3
"""Copies a little-endian pcapng file without the options that describe the recording machine.

usage: pcapng-anonymous.py IN.pcapng OUT.pcapng
"""

import struct
import sys

SECTION, INTERFACE = 0x0A0D0D0A, 1
# Options by block: start of the options, codes to leave out (hardware and operating system).
PRIVATE = {SECTION: (16, {2, 3}), INTERFACE: (8, {12, 15})}


def rewritten(kind, body):
    start, codes = PRIVATE[kind]
    out, at = body[:start], start
    while at + 4 <= len(body):
        code, length = struct.unpack_from("<HH", body, at)
        end = at + 4 + (length + 3) // 4 * 4
        if code not in codes:
            out += body[at:end]
        at = end
        if code == 0:
            break
    return out


data = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "wb") as out:
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        body = data[at + 8 : at + length - 4]
        if kind in PRIVATE:
            body = rewritten(kind, body)
        size = struct.pack("<I", len(body) + 12)
        out.write(struct.pack("<I", kind) + size + body + size)
        at += length
