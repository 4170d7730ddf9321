#!/usr/bin/python3
"""Makes a tap device (Ethernet) and a tun device (raw IP) and swallows whatever is sent to them.

usage: links.py TAP TUN

Exporters sending to an address behind these devices produce real frames which can be recorded, and
nobody answers with "port unreachable". Runs until it is killed; the devices vanish with it.
"""

import fcntl
import os
import select
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000


def device(name, kind):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), kind | IFF_NO_PI))
    return fd


poll = select.poll()
for fd in (device(sys.argv[1], IFF_TAP), device(sys.argv[2], IFF_TUN)):
    poll.register(fd, select.POLLIN)
print("ready", flush=True)
while True:
    for fd, _ in poll.poll():
        os.read(fd, 65536)
