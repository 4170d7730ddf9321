#!/usr/bin/env python3
"""Measures what journals on disk cost beside journals in memory, under the same load, in turns.

Needs what peers.py needs, but no peer.

usage: Benchmarks/storage.py [--rounds N] [--seconds S] [CASE ...]
"""
import argparse
import pathlib
import shutil
import statistics
import tempfile

import peers


def run(collect, case, rounds, seconds):
    costs = {"memory": [], "filesystem": []}
    lost, peak = 0, 0
    for _ in range(rounds):
        for storage, values in costs.items():
            out = pathlib.Path(tempfile.mkdtemp(prefix="catchment-storage-"))
            for name in ("ours", "peer"):
                (out / name).mkdir()
            command = peers.commands(case, out, storage)[0]
            answer = peers.measure(
                collect, "catchment", command, case, seconds, out / "ours", "lines")
            shutil.rmtree(out, ignore_errors=True)
            values.append(answer["cpu_us_per_rec"])
            lost += answer["records"] - answer["got"]
            peak = max(peak, answer["rss_peak_mb"])
    ratios = [disk / memory for memory, disk in zip(*costs.values())]
    medians = [f"{statistics.median(values):.2f}" for values in costs.values()]
    return [case, *medians, f"{statistics.median(ratios):.2f}", "1.25", str(lost), f"{peak:.1f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", default=["syslog", "ipfix"], metavar="CASE")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10)
    arguments = parser.parse_args()
    collect = peers.harness()
    if collect is None or not shutil.which("gcc"):
        print("no comparison of storages: no load harness or no gcc")
        return
    rows = [["case", "memory us", "disk us", "ratio", "wanted", "lost", "peak MB"]]
    for case in arguments.cases:
        rows.append(run(collect, case, arguments.rounds, arguments.seconds))
    peers.show(rows)


if __name__ == "__main__":
    main()
