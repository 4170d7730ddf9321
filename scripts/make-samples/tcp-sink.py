#!/usr/bin/python3
"""Writes the bytes of TCP connections to 127.0.0.1:PORT to FILE, one connection after another.

usage: tcp-sink.py PORT FILE CONNECTIONS

Ends after that many connections, or after 20 quiet seconds.
"""

import socket
import sys

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
listener.settimeout(20)
print("ready", flush=True)
with open(sys.argv[2], "wb") as out:
    for _ in range(int(sys.argv[3])):
        connection, _ = listener.accept()
        connection.settimeout(20)
        while block := connection.recv(65536):
            out.write(block)
