#!/usr/bin/env python3
"""Measures what many exporters with templates of their own cost beside one, in turns.

Every exporter sends from an address of its own on loopback, announces its templates, then data
comes from exporters and templates in random order. Needs gcc.

usage: Benchmarks/exporters.py [--rounds N] [--exporters N] [--templates N] [--seconds S] [--to file|null]
"""
import argparse
import json
import os
import pathlib
import signal
import shutil
import statistics
import subprocess
import tempfile
import time

from collectors import AGENT, ROOT, Reserve, show

PORT = "5516"
RATE = 10_435


def status(process, name):
    for line in open(f"/proc/{process}/status"):
        if line.startswith(name):
            return int(line.split()[1]) / 1024


def cpu_seconds(process):
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def config(out, to):
    target = f"path: {out}/ours\n      file: flows.ndjson\n      mkdir: on" if to == "file" else ""
    text = f"""\
service:
  flush: 1
pipeline:
  inputs:
    - name: netflow
      tag: flows
      listen: 127.0.0.1
      port: {PORT}
  outputs:
    - name: {to}
      match: '*'
      {target}
"""
    path = out / "agent.yaml"
    path.write_text(text)
    return path


def measure(sender, exporters, templates, datagrams, to):
    """CPU microseconds a record while data comes, most memory in MB, records lost."""
    out = pathlib.Path(tempfile.mkdtemp(prefix="catchment-exporters-"))
    (out / "ours").mkdir()
    reserve = Reserve(out, 2200 if to == "file" else 0)
    agent = subprocess.Popen(
        [AGENT, "run", "-c", config(out, to)], stderr=open(out / "log", "w"),
        stdout=subprocess.DEVNULL)
    try:
        time.sleep(1.5)
        load = subprocess.Popen(
            [sender, PORT, str(exporters), str(templates), str(datagrams), str(RATE)],
            stdout=subprocess.PIPE)
        # The templates are announced before the data; only data counts.
        before = cpu_seconds(agent.pid)
        announcing = 0.2 + exporters / 32 * 0.0022
        time.sleep(announcing)
        reserve.give_all()
        before = cpu_seconds(agent.pid) if exporters > 1 else before
        sent = json.loads(load.communicate(timeout=120)[0])
        time.sleep(2.5)
        spent = cpu_seconds(agent.pid) - before
        memory = status(agent.pid, "VmHWM")
    finally:
        agent.send_signal(signal.SIGTERM)
        agent.wait(30)
    report = (out / "log").read_text()
    received = int(next(
        line for line in report.splitlines() if line.startswith("netflow")
    ).split()[1].replace(",", ""))
    shutil.rmtree(out, ignore_errors=True)
    return 1e6 * spent / sent["records"], memory, sent["records"] - received


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--exporters", type=int, default=10_000)
    parser.add_argument("--templates", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--to", default="file", choices=["file", "null"])
    arguments = parser.parse_args()
    if not shutil.which("gcc"):
        print("no comparison of exporters: no gcc")
        return
    with tempfile.TemporaryDirectory() as directory:
        sender = f"{directory}/exporters"
        subprocess.check_call(
            ["gcc", "-O2", "-Wall", "-o", sender, ROOT / "Benchmarks/load/exporters.c"])
        few, many, memory, lost = [], [], 0, 0
        for _ in range(arguments.rounds):
            load = (arguments.templates, RATE * arguments.seconds, arguments.to)
            one = measure(sender, 1, *load)
            all_of_them = measure(sender, arguments.exporters, *load)
            few.append(one[0])
            many.append(all_of_them[0])
            memory = max(memory, all_of_them[1])
            lost += one[2] + all_of_them[2]
    ratio = statistics.median(b / a for a, b in zip(few, many))
    show([
        ["exporters", "templates", "to", "us/record", "of one", "ratio", "wanted", "peak MB",
         "wanted", "lost"],
        [str(arguments.exporters), str(arguments.templates), arguments.to,
         f"{statistics.median(many):.3f}", f"{statistics.median(few):.3f}", f"{ratio:.2f}", "1.10",
         f"{memory:.1f}", "60", str(lost)]])


if __name__ == "__main__":
    main()
