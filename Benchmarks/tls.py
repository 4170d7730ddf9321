#!/usr/bin/env python3
"""Measures syslog over TLS: messages a second and the agent's CPU time per message.

One sender or two on the same machine have 100 connections; each of their TLS records holds one message, as
rsyslog sends them, or sixteen. They write one record with each system call, which limits one sender, or
several, which shows what the agent can take. With perf (Debian: linux-perf) the agent's time is split by
libraries. Needs gcc, libssl-dev, openssl and a release build.

usage: Benchmarks/tls.py [MESSAGES]
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
AGENT = ROOT / ".build/release/catchment"
PORT = 56514
CONNECTIONS = 100


def wait_for_port():
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", PORT), 1).close()
        except OSError:
            time.sleep(0.05)
    sys.exit("the agent does not listen")


def record_profile(agent, home):
    """perf at work on a process, or None where there is none."""
    if not shutil.which("perf"):
        return None
    return subprocess.Popen(["perf", "record", "-q", "-F", "499", "-p", str(agent.pid), "-o",
                             home / "perf.data"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def shares(profile, home):
    """Percentages of the agent's time by what the code belongs to."""
    profile.send_signal(signal.SIGINT)
    profile.wait()
    report = subprocess.run(["perf", "report", "-i", home / "perf.data", "--sort", "dso", "--stdio", "-q"],
                            capture_output=True, text=True).stdout
    parts = {}
    for percent, name in re.findall(r"([0-9.]+)%\s+(\S+)", report):
        name = "kernel" if name.startswith("[") else re.sub(r"\.so.*|-[0-9.]+$", "", name)
        parts[name] = parts.get(name, 0) + float(percent)
    order = sorted(parts, key=parts.get, reverse=True)
    return ", ".join(f"{name} {parts[name]:.0f} %" for name in order if parts[name] >= 1)


def measure(home, sender, senders, messages, per_record, per_write):
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
    profile = record_profile(agent, home)
    start = time.monotonic()
    loads = [
        subprocess.Popen([sender, str(PORT), str(CONNECTIONS // senders), str(messages // senders),
                          str(per_record), str(per_write)])
        for _ in range(senders)]
    sending = 0
    for load in loads:
        _, status, usage = os.wait4(load.pid, 0)
        if status:
            sys.exit("the sender failed")
        sending += usage.ru_utime + usage.ru_stime
    sent = time.monotonic() - start
    # Before it ends, the agent takes what the sockets hold.
    agent.send_signal(signal.SIGTERM)
    report = agent.stderr.read().decode()
    _, _, usage = os.wait4(agent.pid, 0)
    seconds = time.monotonic() - start
    split = shares(profile, home) if profile else "no perf"
    cpu = usage.ru_utime + usage.ru_stime
    is_whole = f"{messages:,}" in report
    print(f"{senders} sender{'s,' if senders > 1 else ', '} {per_record:2} a record, {per_write:2} records a write: {messages / seconds:9,.0f} messages/s, "
          f"{'all' if is_whole else 'NOT all'} received\n"
          f"    agent  {cpu / messages * 1e6:.2f} us of CPU each ({usage.ru_utime / messages * 1e6:.2f} user, "
          f"{usage.ru_stime / messages * 1e6:.2f} system), {cpu / seconds * 100:.0f} % of a core, "
          f"{usage.ru_maxrss / 1024:.0f} MB\n"
          f"           {split}\n"
          f"    sender {sending / messages * 1e6:.2f} us each, {sending / sent * 100:.0f} % of a core", flush=True)


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
        for senders, per_record, per_write in [(1, 1, 1), (2, 1, 1), (1, 1, 8), (1, 1, 64), (1, 16, 1)]:
            measure(home, sender, senders, messages, per_record, per_write)


main()
