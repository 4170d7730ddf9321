#!/usr/bin/env python3
"""Measures syslog over TLS: messages a second and the agent's CPU time per message.

One sender on the same machine has 100 connections; each of its TLS records holds one message, as
rsyslog sends them, or sixteen. Needs gcc, libssl-dev, openssl and a release build.

usage: Benchmarks/tls.py [MESSAGES]
"""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
AGENT = ROOT / ".build/release/catchment"
PORT = 56514


def wait_for_port():
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", PORT), 1).close()
        except OSError:
            time.sleep(0.05)
    sys.exit("the agent does not listen")


def measure(home, sender, messages, per_record):
    (home / "agent.yaml").write_text(f"""
pipeline:
  inputs:
    - name: syslog
      tag: logs
      mode: tcp
      listen: 127.0.0.1
      port: {PORT}
      tls: on
      tls.crt_file: {home}/s.crt
      tls.key_file: {home}/s.key
  outputs:
    - name: 'null'
      match: logs
""")
    agent = subprocess.Popen([AGENT, "run", "-c", home / "agent.yaml"], stderr=subprocess.PIPE)
    wait_for_port()
    start = time.monotonic()
    subprocess.run([sender, str(PORT), "100", str(messages), str(per_record)], check=True)
    agent.send_signal(signal.SIGTERM)
    report = agent.stderr.read().decode()
    _, _, usage = os.wait4(agent.pid, 0)
    seconds = time.monotonic() - start
    cpu = usage.ru_utime + usage.ru_stime
    is_whole = f"{messages:,}" in report
    print(f"{per_record:3} a record: {messages / seconds:9,.0f} messages/s, agent "
          f"{cpu / messages * 1e6:.2f} us of CPU each ({usage.ru_utime / messages * 1e6:.2f} user, "
          f"{usage.ru_stime / messages * 1e6:.2f} system), "
          f"{'all' if is_whole else 'NOT all'} received, {usage.ru_maxrss / 1024:.0f} MB")


def main():
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        sender = home / "tls"
        subprocess.check_call(["gcc", "-O2", "-Wall", "-o", sender, ROOT / "Benchmarks/load/tls.c",
                               "-lssl", "-lcrypto"])
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench",
                        "-keyout", home / "s.key", "-out", home / "s.crt"],
                       check=True, stderr=subprocess.DEVNULL)
        for per_record in [1, 16]:
            measure(home, sender, messages, per_record)


main()
