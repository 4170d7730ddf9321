#!/usr/bin/env python3
"""Measures what journals on disk cost beside journals in memory, under the same load, in short turns.

Needs what peers.py needs, but no peer.

usage: Benchmarks/storage.py [--pairs N] [--seconds S] [CASE ...]
"""
import argparse
import pathlib
import shutil
import tempfile

from collectors import compared, in_turns, load_generator, show
from peers import CASES, PORTS, agent

WANTED = 1.25


def run(load, case, pairs, seconds):
    mode, rate, _, _ = CASES[case]
    home = pathlib.Path(tempfile.mkdtemp(prefix="catchment-storage-"))
    disk = agent(case, home / "disk", "filesystem", PORTS["ours"])
    memory = agent(case, home / "memory", "memory", PORTS["peer"])
    costs, sent = in_turns(disk, memory, load, mode, rate, pairs, seconds, home)
    peak = max(disk.memory("VmHWM"), memory.memory("VmHWM"))
    disk.stop()
    memory.stop()
    lost = 2 * sent - disk.lines() - memory.lines()
    shutil.rmtree(home, ignore_errors=True)
    return [case, *compared(costs, WANTED), str(lost), f"{peak:.1f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=["syslog", "ipfix"], metavar="CASE")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.5, help="of load in each turn")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="catchment-load-") as directory:
        load = load_generator(directory)
        if load is None:
            print("no comparison of storages: no load generator or no gcc")
            return
        rows = [["case", "disk us", "memory us", "ratio", "95 %", "wanted", "", "lost", "peak MB"]]
        for case in arguments.cases:
            rows.append(run(load, case, arguments.pairs, arguments.seconds))
        show(rows)


if __name__ == "__main__":
    main()
