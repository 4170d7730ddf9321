#!/usr/bin/env python3
"""Measures starts with a large journal: time until the first record is delivered, time until all are,
and the most memory that the agent has on the way.

A journal is filled from a log file while the output cannot be opened; then the agent starts with an
output that can.

usage: Benchmarks/backlog.py [--gigabytes N] [--to file|null]
"""
import argparse
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
AGENT = ROOT / ".build/release/catchment"

CONFIG = """\
service: {{flush: 0.2, grace: 1, storage.path: {home}/storage, storage.type: filesystem}}
pipeline:
  inputs:
    - {{name: tail, tag: t, path: '{home}/in-*.log', read_from_head: on, exit_on_eof: {ends}}}
  outputs:
    - {{name: {output}}}
"""


def memory(pid):
    """The process's resident memory and its maximum so far, in MB."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "VmHWM")]


def journal_bytes(home):
    return sum(p.stat().st_size for p in (home / "storage/journal").rglob("*.segment"))


def run(home, output, ends):
    config = home / "agent.yaml"
    config.write_text(CONFIG.format(home=home, output=output, ends=ends))
    log = open(home / "log", "w")
    return subprocess.Popen([AGENT, "run", "-c", config], stderr=log, stdout=log)


def fill(home, size):
    """Writes log files until the journal has `size` bytes; returns the number of lines."""
    lines, part = 0, 0
    line = "2026-11-23T10:00:00Z router-{0} firewall,info: seq={0} forward: in:ether1 out:bridge, " \
           "proto TCP (SYN), 10.1.2.3:4567->93.184.216.34:443, len 60\n"
    while True:
        have = journal_bytes(home) if part else 0
        if have >= size:
            return lines
        with open(home / f"in-{part}.log", "w") as file:
            for _ in range(200):
                file.write("".join(line.format(n) for n in range(lines, lines + 10_000)))
                lines += 10_000
        process = run(home, f"file, match: '*', path: {home}/missing, file: o", "on")
        process.wait()
        (home / f"in-{part}.log").unlink()
        part += 1
        if sys.stderr.isatty():
            print(f"\rfilling: {have >> 20} MiB", end="", file=sys.stderr)


def ledger(home, process):
    """Records delivered and waiting, as the agent prints them."""
    log = home / "log"
    before = log.stat().st_size
    process.send_signal(signal.SIGUSR1)
    while log.stat().st_size == before:
        time.sleep(0.005)
    time.sleep(0.01)
    rows = re.findall(r"^\S+\.0  +tail\.0 +(.*)$", log.read_text()[before:], re.M)
    numbers = [int(n.replace(",", "")) for n in rows[0].split()]
    return numbers[1], numbers[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument("--to", choices=["file", "null"], default="file")
    parser.add_argument("--trace", action="store_true")
    arguments = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="catchment-backlog-"))
    try:
        lines = fill(home, int(arguments.gigabytes * 1e9))
        size = journal_bytes(home)
        output = f"file, match: '*', path: {home}/out, file: o, mkdir: on"
        if arguments.to == "null":
            output = "'null', match: '*'"
        # The output keeps its name, and so its place in the journal.
        output += ", alias: file.0"
        start = time.monotonic()
        process = run(home, output, "off")
        while "started:" not in (home / "log").read_text():
            time.sleep(0.002)
        first = None
        while True:
            delivered, waiting = ledger(home, process)
            if first is None and delivered > 0:
                first = time.monotonic() - start
            if waiting == 0 and delivered > 0:
                break
            if "--trace" in sys.argv: print(delivered, waiting, memory(process.pid), file=sys.stderr)
            time.sleep(0.02 if first is None else 0.2)
        end = time.monotonic() - start
        _, peak = memory(process.pid)
        process.terminate()
        process.wait()
        print(f"journal of {size / 1e9:.2f} GB, {lines} records: first delivered after "
              f"{first:.2f} s, all {delivered} after {end:.1f} s "
              f"({delivered / end / 1e6:.2f} million a second), at most {peak:.1f} MB resident")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
