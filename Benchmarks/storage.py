#!/usr/bin/env python3
"""Measures what journals on disk cost beside journals in memory, under the same load, in short turns.

Needs what peers.py needs, but no peer.

usage: Benchmarks/storage.py [--pairs N] [--seconds S] [CASE ...]
"""
import argparse
import pathlib
import shutil
import statistics
import tempfile

from collectors import in_turns, load_generator, median_range, show, verdict
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
    ratio, low, high = median_range([first / second for first, second in costs])
    on_disk, in_memory = (statistics.median(column) for column in zip(*costs))
    return [case, f"{in_memory:.2f}", f"{on_disk:.2f}", f"{ratio:.2f}", f"{low:.2f}-{high:.2f}", f"{WANTED:.2f}",
            verdict(low, high, WANTED), str(lost), f"{peak:.1f}"]


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
        rows = [["case", "memory us", "disk us", "ratio", "95 %", "wanted", "", "lost", "peak MB"]]
        for case in arguments.cases:
            rows.append(run(load, case, arguments.pairs, arguments.seconds))
        show(rows)


if __name__ == "__main__":
    main()
